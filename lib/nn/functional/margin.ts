import { callback, flag, integer, number, orNull } from '../../argument/kind.js';
import { ordered } from '../../argument/ordered.js';
import { invalidArgument } from '../../error.js';
import { bind } from '../../native/ops.js';
import type { Tensor } from '../../tensor/index.js';
import { tensorKind } from '../../tensor/kinds.js';
import { pairwiseDistance } from './distance.js';
import { numberOf, oneWeightPerClass, pairArgs, reduced, reductionPart } from './reduction.js';

type Both = [input: Tensor, target: Tensor];
type Three = (a: Tensor, b: Tensor, target: Tensor, margin: number, reduction: number) => Tensor;

const ranked = {
  args: {
    input1: tensorKind,
    input2: tensorKind,
    target: tensorKind,
    /** What the difference has to reach. Default 0. */
    margin: number().or(0),
  },
  options: reductionPart,
};
type Ranked = [input1: Tensor, input2: Tensor, target: Tensor];

const marginRankingLossOp = bind<Three>('margin_ranking_loss');
/**
 * `max(0, −target · (input1 − input2) + margin)` of targets ±1; mirrors `torch.nn.functional.margin_ranking_loss`. By
 * name only: `reduction`.
 *
 * Shape: any, the same for all → a number, or that shape unreduced.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for tensors of different numbers of dimensions.
 * @example
 * const [x1, x2, target] = [torch.tensor([3, 1]), torch.tensor([1, 3]), torch.tensor([1, 1])];
 * nn.functional.marginRankingLoss(x1, x2, target, 1, { reduction: 'none' }); // → tensor([0., 3.])
 */
export const marginRankingLoss = ordered<Ranked, [margin?: number]>()(
  'marginRankingLoss',
  ranked,
  ({ input1, input2, target, margin, reduction }) => {
    if (input1.ndim !== input2.ndim || input1.ndim !== target.ndim) {
      throw invalidArgument('marginRankingLoss: all tensors should have the same dimensions');
    }
    return marginRankingLossOp(input1, input2, target, margin, numberOf(reduction));
  },
);

const cosineEmbeddingLossOp = bind<Three>('cosine_embedding_loss');
/**
 * `1 − cos` where the target is 1, `max(0, cos − margin)` where it is −1; mirrors
 * `torch.nn.functional.cosine_embedding_loss`. By name only: `reduction`.
 *
 * Shape: `(N, D)` or `(D)`, target `(N)` or `()` → a number, or the target's shape unreduced.
 *
 * @example
 * const [x1, x2] = [torch.tensor([[1, 0], [1, 0]]), torch.tensor([[0, 2], [3, 0]])];
 * nn.functional.cosineEmbeddingLoss(x1, x2, torch.tensor([1, -1]), { reduction: 'none' }); // → tensor([1., 1.])
 */
export const cosineEmbeddingLoss = ordered<Ranked, [margin?: number]>()(
  'cosineEmbeddingLoss',
  ranked,
  ({ input1, input2, target, margin, reduction }) =>
    cosineEmbeddingLossOp(input1, input2, target, margin, numberOf(reduction)),
);

const multilabelMarginLossOp =
  bind<(input: Tensor, target: Tensor, reduction: number) => Tensor>('multilabel_margin_loss');
/**
 * Hinge loss over the classes that a row of the target names before its first −1; mirrors
 * `torch.nn.functional.multilabel_margin_loss`. By name only: `reduction`.
 *
 * Shape: `(N, K)` or `(K)`, the target int64 → a number, or `(N)` unreduced.
 *
 * @example
 * const target = torch.tensor([[2n, -1n, 0n, 0n]]); // class 2
 * nn.functional.multilabelMarginLoss(torch.tensor([[0.5, 0, 1.25, 0]]), target); // → tensor(0.0625)
 */
export const multilabelMarginLoss = ordered<Both>()(
  'multilabelMarginLoss',
  { args: pairArgs, options: reductionPart },
  ({ input, target, reduction }) => {
    requireSome('multilabelMarginLoss', input, reduction);
    return multilabelMarginLossOp(input, target, numberOf(reduction));
  },
);

// libtorch's kernels write no number then: what is read is whatever the memory had.
function requireSome(name: string, input: Tensor, reduction: string): void {
  if (input.numel() > 0 || reduction === 'none') return;
  throw invalidArgument(`${name}: expected at least one example, got none`);
}

const multiMarginLossOp =
  bind<
    (
      input: Tensor,
      target: Tensor,
      p: number,
      margin: number,
      weight: Tensor | null,
      reduction: number,
    ) => Tensor
  >('multi_margin_loss');
/**
 * Hinge loss of one class against all others, to the power `p`, 1 or 2; mirrors
 * `torch.nn.functional.multi_margin_loss`. `weight` is that of each class. By name only: `reduction`.
 *
 * Shape: `(N, K)` or `(K)`, targets `(N)` or `()`, int64 0 … K−1 → a number, or `(N)` unreduced.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for another power, or a weight that is no vector.
 * @example
 * nn.functional.multiMarginLoss(torch.tensor([[0, 2, 2, 0]]), torch.tensor([1n])); // → tensor(0.2500)
 * nn.functional.multiMarginLoss(torch.tensor([[0, 2, 3, 0]]), torch.tensor([1n]), 2); // → tensor(1.)
 */
export const multiMarginLoss = ordered<
  Both,
  [p?: number, margin?: number, weight?: Tensor | null]
>()(
  'multiMarginLoss',
  {
    args: {
      ...pairArgs,
      /** 1 or 2. Default 1. */
      p: integer().or(1),
      /** By how much the right class is to be ahead. Default 1. */
      margin: number().or(1),
      ...oneWeightPerClass,
    },
    options: reductionPart,
  },
  ({ input, target, p, margin, weight, reduction }) => {
    requireMultiMargin('multiMarginLoss', p, weight);
    requireSome('multiMarginLoss', input, reduction);
    return multiMarginLossOp(input, target, p, margin, weight, numberOf(reduction));
  },
);

/** @throws {TypeError} `ERR_INVALID_ARG` @internal */
export function requireMultiMargin(name: string, p: number, weight: Tensor | null): void {
  if (p !== 1 && p !== 2) throw invalidArgument(`${name}: only p = 1 and p = 2 are supported`);
  if (weight === null || weight.ndim === 1) return;
  throw invalidArgument(`${name}: weight must be one-dimensional, got ${weight.ndim} dimensions`);
}

/** @throws {TypeError} `ERR_INVALID_ARG` @internal */
export function requireMargin(name: string, margin: number): void {
  if (margin > 0) return;
  throw invalidArgument(`${name}: margin must be greater than 0, got ${margin}`);
}

const triple = { anchor: tensorKind, positive: tensorKind, negative: tensorKind };
const far = {
  /** By how much the negative is to be farther away, above 0. Default 1. */
  margin: number().or(1),
};
const swapping = {
  /** Whether the positive stands in for the anchor where it is nearer to the negative. Default false. */
  swap: flag.or(false),
};
type Triple = [anchor: Tensor, positive: Tensor, negative: Tensor];

const tripletMarginLossOp =
  bind<
    (
      anchor: Tensor,
      positive: Tensor,
      negative: Tensor,
      margin: number,
      p: number,
      eps: number,
      swap: boolean,
      reduction: number,
    ) => Tensor
  >('triplet_margin_loss');
/**
 * `max(0, d(anchor, positive) − d(anchor, negative) + margin)` with the distance of norm `p`; mirrors
 * `torch.nn.functional.triplet_margin_loss`. `swap` takes the positive in the anchor's place where it is nearer to the
 * negative. By name only: `reduction`.
 *
 * Shape: `(N, D)`, the same for all → a number, or `(N)` unreduced.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` where `margin` is not positive.
 * @example
 * const [anchor, near, far] = [torch.zeros(1, 2), torch.tensor([[3, 4]]), torch.tensor([[3, 2]])];
 * nn.functional.tripletMarginLoss(anchor, near, far, { p: 1 }); // → tensor(3.)
 * nn.functional.tripletMarginLoss(anchor, near, far, { p: 1, swap: true }); // → tensor(6.0000)
 */
export const tripletMarginLoss = ordered<
  Triple,
  [margin?: number, p?: number, eps?: number, swap?: boolean]
>()(
  'tripletMarginLoss',
  {
    args: {
      ...triple,
      ...far,
      /** The p of the norm. Default 2. */
      p: number().or(2),
      /** What is added to differences. Default 1e-6. */
      eps: number().or(1e-6),
      ...swapping,
    },
    options: reductionPart,
  },
  ({ anchor, positive, negative, margin, p, eps, swap, reduction }) => {
    requireMargin('tripletMarginLoss', margin);
    const settings = [margin, p, eps, swap, numberOf(reduction)] as const;
    return tripletMarginLossOp(anchor, positive, negative, ...settings);
  },
);

/** A distance of two tensors' rows. */
export type DistanceFunction = (a: Tensor, b: Tensor) => Tensor;

/**
 * {@link tripletMarginLoss} with a distance of one's own; mirrors
 * `torch.nn.functional.triplet_margin_with_distance_loss`. By name only: `distanceFunction`, by default
 * {@link pairwiseDistance}, `margin`, `swap` and `reduction`.
 *
 * Shape: `(N, D)`, the same for all → a number, or `(N)` unreduced.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` where `margin` is not positive, or numbers of dimensions differ.
 * @example
 * const distanceFunction = (a: torch.Tensor, b: torch.Tensor) => a.sub(b).abs().amax(1);
 * const [anchor, near, far] = [torch.zeros(1, 2), torch.ones(1, 2), torch.tensor([[0, 2]])];
 * const options = { distanceFunction, margin: 2 };
 * nn.functional.tripletMarginWithDistanceLoss(anchor, near, far, options); // → tensor(1.)
 */
export const tripletMarginWithDistanceLoss = ordered<Triple>()(
  'tripletMarginWithDistanceLoss',
  {
    args: triple,
    options: {
      /** Default `null`: {@link pairwiseDistance}. */
      distanceFunction: orNull(callback<DistanceFunction>('a function of two tensors')).or(null),
      ...far,
      ...swapping,
      ...reductionPart,
    },
  },
  ({ anchor, positive, negative, distanceFunction, margin, swap, reduction }) => {
    requireMargin('tripletMarginWithDistanceLoss', margin);
    if (anchor.ndim !== positive.ndim || positive.ndim !== negative.ndim) {
      throw invalidArgument(
        'tripletMarginWithDistanceLoss: all tensors should have the same dimensions',
      );
    }
    const distance: DistanceFunction = distanceFunction ?? ((a, b) => pairwiseDistance(a, b));
    const near = distance(anchor, positive);
    const far = distance(anchor, negative);
    const least = swap ? far.minimum(distance(positive, negative)) : far;
    return reduced(near.sub(least).add(margin).clamp({ min: 0 }), reduction);
  },
);
