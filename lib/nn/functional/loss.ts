import type { OptionsOf } from '../../argument/arguments.js';
import { atMost } from '../../argument/atMost.js';
import { integer, oneOf, orNull, probability } from '../../argument/kind.js';
import { readOptions, type ValuesOf } from '../../argument/options.js';
import { bind } from '../../native/ops.js';
import { Tensor } from '../../tensor/index.js';
import { tensorKind } from '../../tensor/kinds.js';

type Optional = Tensor | null | undefined;

const crossEntropyOp =
  bind<
    (
      input: Tensor,
      target: Tensor,
      weight: Optional,
      reduction: number,
      ignoreIndex: number,
      labelSmoothing: number,
    ) => Tensor
  >('cross_entropy_loss');
const nllLossOp =
  bind<
    (
      input: Tensor,
      target: Tensor,
      weight: Optional,
      reduction: number,
      ignoreIndex: number,
    ) => Tensor
  >('nll_loss_nd');
const mseLossOp = bind<(input: Tensor, target: Tensor, reduction: number) => Tensor>('mse_loss');
const broadcastTensors = bind<(tensors: Tensor[]) => [Tensor, Tensor]>('broadcast_tensors');

/** What becomes of the losses of single samples: their mean, their sum, or nothing. */
export type Reduction = 'none' | 'mean' | 'sum';

// libtorch counts the reductions in this order.
const reductions = ['none', 'mean', 'sum'] as const;

export const reductionKind = oneOf(...reductions);

export const classWeight = {
  /** Weight of each class, `(K)`. Default: 1 each. */
  weight: orNull(tensorKind).or(null),
};

export const classLoss = {
  /** A target that does not count. Default −100. */
  ignoreIndex: integer().or(-100),
  /** `'mean'` (weighted, over the targets that count), `'sum'` or `'none'`. Default `'mean'`. */
  reduction: reductionKind.or('mean'),
};

export const smoothing = {
  /** Share of the target that is spread over all classes, 0 to 1. Default 0. */
  labelSmoothing: probability.or(0),
};

/** Options of the losses over classes. */
export interface ClassLossOptions
  extends OptionsOf<typeof classWeight>,
    OptionsOf<typeof classLoss> {}

/** Options of {@link crossEntropy}. */
export interface CrossEntropyOptions extends ClassLossOptions, OptionsOf<typeof smoothing> {}

const classLossSpec = { ...classWeight, ...classLoss };
const crossEntropySpec = { ...classLossSpec, ...smoothing };

// Python's third argument is the weight of each class.
const withWeight = <Options extends object>(options: Options | Tensor | undefined) =>
  options instanceof Tensor ? { weight: options } : options;

/**
 * Cross entropy of logits and targets; mirrors `torch.nn.functional.cross_entropy`.
 *
 * @param input - Logits `(N, K)`, `(K)` or `(N, K, …)`.
 * @param target - Class indices, int64 0 … K−1 without dimension K, or probabilities of input's shape.
 * @param options - Or the weight of each class alone, as in Python.
 */
export function crossEntropy(
  input: Tensor,
  target: Tensor,
  options?: CrossEntropyOptions | Tensor | null,
): Tensor {
  atMost('crossEntropy', 3, arguments.length);
  const read = readOptions('crossEntropy', crossEntropySpec, withWeight(options ?? undefined));
  return crossEntropyOf(input, target, read);
}

/** {@link crossEntropy} for who knows that its options are whole. @internal */
export function crossEntropyOf(
  input: Tensor,
  target: Tensor,
  { weight, reduction, ignoreIndex, labelSmoothing }: ValuesOf<typeof crossEntropySpec>,
): Tensor {
  const mode = reductions.indexOf(reduction);
  return crossEntropyOp(input, target, weight, mode, ignoreIndex, labelSmoothing);
}

/**
 * Negative log likelihood; mirrors `torch.nn.functional.nll_loss`.
 *
 * @param input - Log probabilities `(N, K)`, `(K)` or `(N, K, …)`.
 * @param target - Class indices, int64 0 … K−1.
 * @param options - Or the weight of each class alone, as in Python.
 */
export function nllLoss(
  input: Tensor,
  target: Tensor,
  options?: ClassLossOptions | Tensor | null,
): Tensor {
  atMost('nllLoss', 3, arguments.length);
  const read = readOptions('nllLoss', classLossSpec, withWeight(options ?? undefined));
  return nllLossOf(input, target, read);
}

/** {@link nllLoss} for who knows that its options are whole. @internal */
export function nllLossOf(
  input: Tensor,
  target: Tensor,
  { weight, reduction, ignoreIndex }: ValuesOf<typeof classLossSpec>,
): Tensor {
  return nllLossOp(input, target, weight, reductions.indexOf(reduction), ignoreIndex);
}

const mseLossSpec = { reduction: reductionKind.or('mean') };

/** Mean squared error; shapes broadcast. @param options.reduction - Default `'mean'`. */
export function mseLoss(
  input: Tensor,
  target: Tensor,
  options?: { reduction?: Reduction },
): Tensor {
  atMost('mseLoss', 3, arguments.length);
  const { reduction } = readOptions('mseLoss', mseLossSpec, options);
  const [a, b] = broadcastTensors([input, target]);
  return mseLossOp(a, b, reductions.indexOf(reduction));
}
