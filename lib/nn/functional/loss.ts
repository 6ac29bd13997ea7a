import type { OptionsOf } from '../../argument/arguments.js';
import { integer, orNull, probability } from '../../argument/kind.js';
import type { ValuesOf } from '../../argument/options.js';
import { ordered } from '../../argument/ordered.js';
import { bind } from '../../native/ops.js';
import type { Tensor } from '../../tensor/index.js';
import { tensorKind } from '../../tensor/kinds.js';
import { numberOf, oneWeightPerClass, pairArgs, reductionKind } from './reduction.js';

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

type ClassLossValues = ValuesOf<typeof classWeight & typeof classLoss>;
type CrossEntropyValues = ClassLossValues & ValuesOf<typeof smoothing>;

const args = { ...pairArgs, ...oneWeightPerClass };

/**
 * Cross entropy of logits and targets; mirrors `torch.nn.functional.cross_entropy`.
 *
 * Logits `(N, K)`, `(K)` or `(N, K, …)`; targets class indices, int64 0 … K−1 without dimension K, or probabilities of
 * the logits' shape. By name only: `ignoreIndex`, `reduction`, `labelSmoothing`.
 *
 * @example
 * nn.functional.crossEntropy(torch.zeros(2, 10), torch.tensor([3n, 7n])); // → tensor(2.3026)
 */
export const crossEntropy = ordered<[input: Tensor, target: Tensor], [weight?: Tensor | null]>()(
  'crossEntropy',
  { args, options: { ...classLoss, ...smoothing } },
  (given) => crossEntropyOf(given.input, given.target, given),
);

/** {@link crossEntropy} for who knows that its options are whole. @internal */
export function crossEntropyOf(
  input: Tensor,
  target: Tensor,
  { weight, reduction, ignoreIndex, labelSmoothing }: CrossEntropyValues,
): Tensor {
  return crossEntropyOp(input, target, weight, numberOf(reduction), ignoreIndex, labelSmoothing);
}

/**
 * Negative log likelihood; mirrors `torch.nn.functional.nll_loss`.
 *
 * Log probabilities `(N, K)`, `(K)` or `(N, K, …)`; targets int64 0 … K−1. By name only: `ignoreIndex`, `reduction`.
 *
 * @example
 * const logProbs = torch.tensor([[-1, -2, -3], [-4, -5, -6]]);
 * nn.functional.nllLoss(logProbs, torch.tensor([0n, 2n])); // → tensor(3.5000)
 * nn.functional.nllLoss(logProbs, torch.tensor([0n, 2n]), { reduction: 'none' }); // → tensor([1., 6.])
 */
export const nllLoss = ordered<[input: Tensor, target: Tensor], [weight?: Tensor | null]>()(
  'nllLoss',
  { args, options: classLoss },
  (given) => nllLossOf(given.input, given.target, given),
);

/** {@link nllLoss} for who knows that its options are whole. @internal */
export function nllLossOf(
  input: Tensor,
  target: Tensor,
  { weight, reduction, ignoreIndex }: ClassLossValues,
): Tensor {
  return nllLossOp(input, target, weight, numberOf(reduction), ignoreIndex);
}
