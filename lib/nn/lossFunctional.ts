import { bind } from '../ops.js';
import type { Tensor } from '../tensor/index.js';
import { requireOneOf } from './argument.js';

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

export const reductions: readonly Reduction[] = ['none', 'mean', 'sum'];

// libtorch counts the reductions in this order.
function reductionNumber(reduction: Reduction): number {
  return reductions.indexOf(requireOneOf('reduction', reduction, reductions));
}

/** Options of the losses over classes. */
export interface ClassLossOptions {
  /** Weight of each class, `(K)`. Default: 1 each. */
  weight?: Tensor | null;
  /** A target that does not count. Default −100. */
  ignoreIndex?: number;
  /** Default `'mean'`: weighted, over the targets that count. */
  reduction?: Reduction;
}

/** Options of {@link crossEntropy}. */
export interface CrossEntropyOptions extends ClassLossOptions {
  /** Share of the target that is spread over all classes, 0 to 1. Default 0. */
  labelSmoothing?: number;
}

/**
 * Cross entropy of logits and targets; mirrors `torch.nn.functional.cross_entropy`.
 *
 * @param input - Logits `(N, K)`, `(K)` or `(N, K, …)`.
 * @param target - Class indices, int64 0 … K−1 without dimension K, or probabilities of input's shape.
 */
export function crossEntropy(
  input: Tensor,
  target: Tensor,
  options: CrossEntropyOptions = {},
): Tensor {
  const { weight, ignoreIndex = -100, reduction = 'mean', labelSmoothing = 0 } = options;
  const mode = reductionNumber(reduction);
  return crossEntropyOp(input, target, weight, mode, ignoreIndex, labelSmoothing);
}

/**
 * Negative log likelihood; mirrors `torch.nn.functional.nll_loss`.
 *
 * @param input - Log probabilities `(N, K)`, `(K)` or `(N, K, …)`.
 * @param target - Class indices, int64 0 … K−1.
 */
export function nllLoss(input: Tensor, target: Tensor, options: ClassLossOptions = {}): Tensor {
  const { weight, ignoreIndex = -100, reduction = 'mean' } = options;
  return nllLossOp(input, target, weight, reductionNumber(reduction), ignoreIndex);
}

/** Mean squared error; shapes broadcast. @param options.reduction - Default `'mean'`. */
export function mseLoss(
  input: Tensor,
  target: Tensor,
  options: { reduction?: Reduction } = {},
): Tensor {
  const [a, b] = broadcastTensors([input, target]);
  return mseLossOp(a, b, reductionNumber(options.reduction ?? 'mean'));
}
