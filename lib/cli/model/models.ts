import type { Transform } from '../../data/transforms/transforms.js';
import type { Module } from '../../nn/index.js';
import type { Torch } from '../torch.js';

/** A network that the commands know by name. */
export interface KnownModel {
  /** @param settings - What neither keys nor shapes say, such as `squash`: texts of the weights' file. */
  make(settings: Readonly<Record<string, string>>): Module;
  /** Shape of one image as the network takes it. */
  readonly inputShape: readonly [number, number, number];
  /** What it was trained on, of uint8 `(N, 1, 28, 28)`. */
  transform(): Transform;
}

/** The networks that weights may belong to, by the name that a weights file carries as `model`. */
export function knownModels(torch: Torch): Readonly<Record<string, KnownModel>> {
  return {
    lenet: {
      make: () => new torch.LeNet(),
      inputShape: [1, 28, 28],
      transform: () => new torch.data.transforms.ToTensor(),
    },
    lenet5: {
      // The squashing function that `train` takes by default, too.
      make: ({ squash }) => new torch.LeNet5({ squash: squash === 'sigmoid' ? 'sigmoid' : 'tanh' }),
      inputShape: [1, 32, 32],
      transform: () => torch.LeNet5.transform(),
    },
  };
}
