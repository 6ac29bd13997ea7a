import type { Transform } from '../data/transforms.js';
import type { Module } from '../nn/index.js';
import type { Tensor } from '../tensor/index.js';
import type { Torch } from './torch.js';

/** A network that the commands know by name. */
export interface KnownModel {
  make(): Module;
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
  };
}
