import { atMost } from '../../argument/atMost.js';
import { callback, either, flag, instance, integer, number, orNull } from '../../argument/kind.js';
import type { Tensor } from '../../tensor/index.js';
import { cosineSimilarity, pairwiseDistance } from '../functional/distance.js';
import {
  type DistanceFunction,
  requireMargin,
  tripletMarginWithDistanceLoss,
} from '../functional/margin.js';
import { reductionPart } from '../functional/reduction.js';
import { type LayerOptions, layer } from '../layer.js';
import { Module } from '../module/module.js';

const angle = {
  args: {
    /** Along which the vectors lie. Default 1. */
    dim: integer().or(1),
  },
  options: {
    /** The least product of their lengths. Default 1e-8. */
    eps: number().or(1e-8),
  },
};

/** Options of {@link CosineSimilarity}. */
export interface CosineSimilarityOptions extends LayerOptions<typeof angle> {}

/**
 * Cosine of the angle between two tensors' vectors; mirrors `torch.nn.CosineSimilarity`.
 *
 * Shape: both the same, but for dimensions of 1; without `dim` in the result.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` when a value is not of its kind.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.CosineSimilarity.html
 * @example
 * const [x1, x2] = [torch.tensor([[1, 0], [1, 0]]), torch.tensor([[2, 0], [0, 3]])];
 * new nn.CosineSimilarity(1).forward(x1, x2); // → tensor([1., 0.])
 */
export class CosineSimilarity extends layer('CosineSimilarity', angle) {
  constructor(
    dim?: number | (CosineSimilarityOptions & { dim?: number }),
    options?: CosineSimilarityOptions,
  );
  constructor(...given: unknown[]) {
    super(...given);
  }

  forward(x1: Tensor, x2: Tensor): Tensor {
    atMost('CosineSimilarity.forward', 2, arguments.length);
    return cosineSimilarity(x1, x2, this.dim, this.eps);
  }
}

const rows = {
  args: {
    /** The norm. Default 2. */
    p: number().or(2),
  },
  options: {
    /** Added to differences. Default 1e-6. */
    eps: number().or(1e-6),
    /** Whether the last dimension stays, as 1. Default false. */
    keepdim: flag.or(false),
  },
};

/** Options of {@link PairwiseDistance}. */
export interface PairwiseDistanceOptions extends LayerOptions<typeof rows> {}

/**
 * Norm of the difference of two tensors' rows; mirrors `torch.nn.PairwiseDistance`.
 *
 * Shape: `(N, D)` or `(D)` → `(N)` or `()`.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` when a value is not of its kind.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.PairwiseDistance.html
 * @example
 * const [x1, x2] = [torch.tensor([[0, 0], [1, 1]]), torch.tensor([[3, 4], [1, 2]])];
 * new nn.PairwiseDistance().forward(x1, x2); // → tensor([5.0000, 1.0000])
 * new nn.PairwiseDistance(1).forward(x1, x2); // → tensor([7.0000, 1.0000])
 */
export class PairwiseDistance extends layer('PairwiseDistance', rows) {
  constructor(
    p?: number | (PairwiseDistanceOptions & { p?: number }),
    options?: PairwiseDistanceOptions,
  );
  constructor(...given: unknown[]) {
    super(...given);
  }

  forward(x1: Tensor, x2: Tensor): Tensor {
    atMost('PairwiseDistance.forward', 2, arguments.length);
    return pairwiseDistance(x1, x2, this.p, this.eps, this.keepdim);
  }
}

const moduleKind = instance<Module>(Module, 'a Module');
const distanceKind = orNull(
  either(moduleKind, callback<DistanceFunction>('a function of two tensors')),
);

const withDistance = {
  options: {
    /** How much nearer the positive should be, > 0. Default 1. */
    margin: number().or(1),
    /** Whether the positive takes the anchor's place where it is nearer to the negative. Default false. */
    swap: flag.or(false),
    ...reductionPart,
  },
  making: {
    /** A module or a function of two tensors. Default: {@link PairwiseDistance}. */
    distanceFunction: distanceKind.or(null),
  },
};

/** Options of {@link TripletMarginWithDistanceLoss}. */
export interface TripletMarginWithDistanceLossOptions extends LayerOptions<typeof withDistance> {}

/**
 * {@link TripletMarginLoss} with a distance of one's own; mirrors `torch.nn.TripletMarginWithDistanceLoss`.
 *
 * Shape: `(N, D)`, the same for all → a number, or `(N)` unreduced.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for an option out of range.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.TripletMarginWithDistanceLoss.html
 * @example
 * const distanceFunction = (a: torch.Tensor, b: torch.Tensor) => a.sub(b).abs().amax(1);
 * const loss = new nn.TripletMarginWithDistanceLoss({ distanceFunction, margin: 2 });
 * loss.forward(torch.tensor([[0, 0]]), torch.tensor([[1, 1]]), torch.tensor([[0, 2]])); // → tensor(1.)
 */
export class TripletMarginWithDistanceLoss extends layer(
  'TripletMarginWithDistanceLoss',
  withDistance,
) {
  // Python's name stands in the text.
  private distance_function: Module | DistanceFunction =
    this.making.distanceFunction ?? new PairwiseDistance();

  constructor(options?: TripletMarginWithDistanceLossOptions);
  constructor(...given: [TripletMarginWithDistanceLossOptions?]) {
    super(...given);
    requireMargin('TripletMarginWithDistanceLoss', this.margin);
  }

  /** The distance. */
  get distanceFunction(): Module | DistanceFunction {
    return this.distance_function;
  }

  forward(anchor: Tensor, positive: Tensor, negative: Tensor): Tensor {
    atMost('TripletMarginWithDistanceLoss.forward', 3, arguments.length);
    const { distance_function: distance, margin, swap, reduction } = this;
    const distanceFunction: DistanceFunction =
      distance instanceof Module ? (a, b) => distance.forward(a, b) as Tensor : distance;
    const options = { distanceFunction, margin, swap, reduction };
    return tripletMarginWithDistanceLoss(anchor, positive, negative, options);
  }
}
