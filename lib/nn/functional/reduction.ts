import { oneOf, orNull } from '../../argument/kind.js';
import { bind } from '../../native/ops.js';
import type { Tensor } from '../../tensor/index.js';
import { tensorKind } from '../../tensor/kinds.js';

/** What becomes of the losses of single samples: their mean, their sum, or nothing. */
export type Reduction = 'none' | 'mean' | 'sum';

// libtorch counts the reductions in this order.
const reductions = ['none', 'mean', 'sum'] as const;

export const reductionKind = oneOf(...reductions);

/** A reduction's number in libtorch. */
export const numberOf = (reduction: Reduction): number => reductions.indexOf(reduction);

export const reductionPart = {
  /** `'mean'`, `'sum'` or `'none'`. Default `'mean'`. */
  reduction: reductionKind.or('mean'),
};

/** Input and target, as most losses take them. */
export const pairArgs = { input: tensorKind, target: tensorKind };

export const optionalTensor = orNull(tensorKind).or(null);

export const elementWeight = {
  /** Of each element's loss. Default `null`: 1 each. */
  weight: optionalTensor,
};

export const oneWeightPerClass = {
  /** Of each class, `(K)`. Default `null`: 1 each. */
  weight: optionalTensor,
};

/** Losses of single elements, reduced. */
export function reduced(losses: Tensor, reduction: Reduction): Tensor {
  if (reduction === 'none') return losses;
  return reduction === 'sum' ? losses.sum() : losses.mean();
}

const broadcast = bind<(tensors: Tensor[]) => [Tensor, Tensor]>('broadcast_tensors');

/** Two tensors in their common shape. */
export const broadcastPair = (a: Tensor, b: Tensor): [Tensor, Tensor] => broadcast([a, b]);

export const sameSize = (a: Tensor, b: Tensor): boolean => String(a.shape) === String(b.shape);
