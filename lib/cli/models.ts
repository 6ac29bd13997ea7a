import type { Transform } from '../data/transforms.js';
import type { Module } from '../nn/index.js';
import type { Tensor } from '../tensor/index.js';
import type { Torch } from './torch.js';

/** A network that the commands know by name. */
export interface KnownModel {
  /** @param settings - Texts that a weights file carries beside its tensors, such as `squash`. */
  make(settings?: Readonly<Record<string, string>>): Module;
  /** Shape of one image as the network takes it. */
  readonly inputShape: readonly [number, number, number];
  /** What it was trained on, of uint8 `(N, 1, 28, 28)`. */
  transform(): Transform;
  /** Of its outputs `(N, K)`. */
  probabilities(outputs: Tensor): Tensor;
}

/** The networks that weights may belong to, by the name that a weights file carries. */
export function knownModels(torch: Torch): Readonly<Record<string, KnownModel>> {
  return {
    lenet: {
      make: () => new torch.LeNet(),
      inputShape: [1, 28, 28],
      transform: () => new torch.data.transforms.ToTensor(),
      probabilities: (outputs) => outputs.softmax(1),
    },
    lenet5: {
      // The default is that of `train`.
      make: ({ squash } = {}) =>
        new torch.LeNet5({ squash: squash === 'sigmoid' ? 'sigmoid' : 'tanh' }),
      inputShape: [1, 32, 32],
      transform: () => torch.LeNet5.transform(),
      // Its outputs are penalties.
      probabilities: (outputs) => outputs.neg().softmax(1),
    },
  };
}
