import { flag, number, oneOf } from '../../argument/kind.js';
import { ordered } from '../../argument/ordered.js';
import { invalidArgument } from '../../error.js';
import { bind } from '../../native/ops.js';
import type { Tensor } from '../../tensor/index.js';
import { logsigmoid } from './activation.js';
import {
  broadcastPair,
  elementWeight,
  numberOf,
  oneWeightPerClass,
  optionalTensor,
  pairArgs,
  reduced,
  reductionPart,
  sameSize,
} from './reduction.js';

type Optional = Tensor | null;
type Both = [input: Tensor, target: Tensor];

function requireSameSize(name: string, input: Tensor, target: Tensor): void {
  if (sameSize(input, target)) return;
  throw invalidArgument(
    `${name}: target size (${target.shape}) must be the same as input size (${input.shape})`,
  );
}

const binaryCrossEntropyOp =
  bind<(input: Tensor, target: Tensor, weight: Optional, reduction: number) => Tensor>(
    'binary_cross_entropy',
  );

/**
 * Cross entropy of probabilities and targets, both 0 … 1; mirrors `torch.nn.functional.binary_cross_entropy`. `weight`
 * broadcasts to the target. By name only: `reduction`.
 *
 * Shape: any, the same for both → a number, or that shape unreduced.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for a target of another size.
 * @example
 * const [input, target] = [torch.tensor([0.5, 0.25]), torch.tensor([0, 1])];
 * nn.functional.binaryCrossEntropy(input, target, { reduction: 'none' }); // → tensor([0.6931, 1.3863])
 */
export const binaryCrossEntropy = ordered<Both, [weight?: Optional]>()(
  'binaryCrossEntropy',
  { args: { ...pairArgs, ...elementWeight }, options: reductionPart },
  ({ input, target, weight, reduction }) => {
    requireSameSize('binaryCrossEntropy', input, target);
    const expanded = weight === null ? null : broadcastPair(weight, target)[0];
    return binaryCrossEntropyOp(input, target, expanded, numberOf(reduction));
  },
);

const withLogitsOp = bind<
  (
    input: Tensor,
    target: Tensor,
    weight: Optional,
    posWeight: Optional,
    reduction: number,
  ) => Tensor
>('binary_cross_entropy_with_logits');

/**
 * {@link binaryCrossEntropy} of logits, without overflow; mirrors
 * `torch.nn.functional.binary_cross_entropy_with_logits`. By name only: `reduction`, `posWeight`, the weight of targets
 * of 1.
 *
 * Shape: any, the same for both → a number, or that shape unreduced.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for a target of another size.
 * @example
 * const [input, target] = [torch.tensor([0, -100]), torch.tensor([1, 1])];
 * nn.functional.binaryCrossEntropyWithLogits(input, target, { reduction: 'none' }); // → tensor([ 0.6931, 100.0000])
 */
export const binaryCrossEntropyWithLogits = ordered<Both, [weight?: Optional]>()(
  'binaryCrossEntropyWithLogits',
  {
    args: { ...pairArgs, ...elementWeight },
    options: {
      ...reductionPart,
      /** Of targets of 1, broadcast to the target. Default `null`: 1. */
      posWeight: optionalTensor,
    },
  },
  ({ input, target, weight, posWeight, reduction }) => {
    requireSameSize('binaryCrossEntropyWithLogits', input, target);
    return withLogitsOp(input, target, weight, posWeight, numberOf(reduction));
  },
);

const klDivOp =
  bind<
    (input: Tensor, target: Tensor, reduction: number, options: { log_target: boolean }) => Tensor
  >('kl_div');

/** Reductions of {@link klDiv}. */
export const divergenceReduction = oneOf('mean', 'batchmean', 'sum', 'none');

/**
 * Kullback-Leibler divergence of log probabilities from a target; mirrors `torch.nn.functional.kl_div`. By name only:
 * `reduction`, of which `'batchmean'` is the sum over the batch's size, and `logTarget`, whether the target is a
 * logarithm too.
 *
 * Shape: any, the same for both → a number, or that shape unreduced.
 *
 * @example
 * const [input, target] = [torch.tensor([[0.5, 0.5]]).log(), torch.tensor([[0.25, 0.75]])];
 * nn.functional.klDiv(input, target, { reduction: 'batchmean' }); // → tensor(0.1308)
 * nn.functional.klDiv(input, target); // → tensor(0.0654)
 */
export const klDiv = ordered<Both>()(
  'klDiv',
  {
    args: pairArgs,
    options: {
      /** `'batchmean'` is the sum over the batch's size; `'mean'`, `'sum'` or `'none'`. Default `'mean'`. */
      reduction: divergenceReduction.or('mean'),
      /** Whether the target is a logarithm too. Default false. */
      logTarget: flag.or(false),
    },
  },
  ({ input, target, reduction, logTarget }) => {
    const options = { log_target: logTarget };
    if (reduction !== 'batchmean') return klDivOp(input, target, numberOf(reduction), options);
    const sum = klDivOp(input, target, numberOf('sum'), options);
    return input.ndim === 0 ? sum : sum.div(input.shape[0]!);
  },
);

const softMarginLossOp =
  bind<(input: Tensor, target: Tensor, reduction: number) => Tensor>('soft_margin_loss');

/**
 * `log(1 + e^(−target · input))` of targets ±1; mirrors `torch.nn.functional.soft_margin_loss`. By name only: `reduction`.
 *
 * Shape: any, the same for both → a number, or that shape unreduced.
 *
 * @example
 * const [input, target] = [torch.tensor([0, 2, 2]), torch.tensor([1, 1, -1])];
 * nn.functional.softMarginLoss(input, target, { reduction: 'none' }); // → tensor([0.6931, 0.1269, 2.1269])
 */
export const softMarginLoss = ordered<Both>()(
  'softMarginLoss',
  { args: pairArgs, options: reductionPart },
  ({ input, target, reduction }) => softMarginLossOp(input, target, numberOf(reduction)),
);

const hingeEmbeddingLossOp =
  bind<(input: Tensor, target: Tensor, margin: number, reduction: number) => Tensor>(
    'hinge_embedding_loss',
  );

/**
 * The input where the target is 1, `max(0, margin − input)` where it is −1; mirrors
 * `torch.nn.functional.hinge_embedding_loss`. By name only: `reduction`.
 *
 * Shape: any, the same for both → a number, or that shape unreduced.
 *
 * @example
 * const [input, target] = [torch.tensor([0.25, 0.25, 3]), torch.tensor([1, -1, -1])];
 * nn.functional.hingeEmbeddingLoss(input, target, { reduction: 'none' }); // → tensor([0.2500, 0.7500, 0.0000])
 */
export const hingeEmbeddingLoss = ordered<Both, [margin?: number]>()(
  'hingeEmbeddingLoss',
  {
    args: {
      ...pairArgs,
      /** Where the loss of a target of −1 ends. Default 1. */
      margin: number().or(1),
    },
    options: reductionPart,
  },
  ({ input, target, margin, reduction }) =>
    hingeEmbeddingLossOp(input, target, margin, numberOf(reduction)),
);

/**
 * Mean over the classes of {@link binaryCrossEntropyWithLogits}; mirrors
 * `torch.nn.functional.multilabel_soft_margin_loss`. `weight` is that of each class. By name only: `reduction`.
 *
 * Shape: `(N, K)`, the same for both → a number, or `(N)` unreduced.
 *
 * @example
 * const [input, target] = [torch.tensor([[0, 0], [2, 0]]), torch.tensor([[1, 0], [1, 0]])];
 * nn.functional.multilabelSoftMarginLoss(input, target, { reduction: 'none' }); // → tensor([0.6931, 0.4100])
 */
export const multilabelSoftMarginLoss = ordered<Both, [weight?: Optional]>()(
  'multilabelSoftMarginLoss',
  { args: { ...pairArgs, ...oneWeightPerClass }, options: reductionPart },
  ({ input, target, weight, reduction }) => {
    if (input.ndim === 0) {
      throw invalidArgument('multilabelSoftMarginLoss: expected at least 1 dimension, got 0');
    }
    const yes = target.mul(logsigmoid(input));
    const no = target.neg().add(1).mul(logsigmoid(input.neg()));
    const losses = yes.add(no).neg();
    const weighted = weight === null ? losses : losses.mul(weight);
    return reduced(weighted.sum(-1).div(input.shape.at(-1)!), reduction);
  },
);
