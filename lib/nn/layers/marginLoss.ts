import { atMost } from '../../argument/atMost.js';
import { flag, integer, number } from '../../argument/kind.js';
import type { Tensor } from '../../tensor/index.js';
import { ctcLoss, type Lengths } from '../functional/ctc.js';
import { classWeight } from '../functional/loss.js';
import {
  cosineEmbeddingLoss,
  marginRankingLoss,
  multilabelMarginLoss,
  multiMarginLoss,
  requireMargin,
  requireMultiMargin,
  tripletMarginLoss,
} from '../functional/margin.js';
import { reductionPart } from '../functional/reduction.js';
import { type LayerOptions, layer } from '../layer.js';

const declaredMarginRankingLoss = {
  options: {
    /** How far apart the inputs should be. Default 0. */
    margin: number().or(0),
    ...reductionPart,
  },
};

/** Options of {@link MarginRankingLoss}. */
export interface MarginRankingLossOptions extends LayerOptions<typeof declaredMarginRankingLoss> {}

/**
 * `max(0, −target · (input1 − input2) + margin)` of targets ±1; mirrors `torch.nn.MarginRankingLoss`.
 *
 * Shape: any, the same for all → a number, or that shape unreduced.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for an option out of range.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.MarginRankingLoss.html
 * @example
 * const loss = new nn.MarginRankingLoss({ margin: 1, reduction: 'none' });
 * loss.forward(torch.tensor([3, 1]), torch.tensor([1, 3]), torch.tensor([1, 1])); // → tensor([0., 3.])
 */
export class MarginRankingLoss extends layer('MarginRankingLoss', declaredMarginRankingLoss) {
  forward(input1: Tensor, input2: Tensor, target: Tensor): Tensor {
    atMost('MarginRankingLoss.forward', 3, arguments.length);
    return marginRankingLoss(input1, input2, target, this.margin, { reduction: this.reduction });
  }
}

const declaredCosineEmbeddingLoss = {
  options: {
    /** −1 to 1. Default 0. */
    margin: number().or(0),
    ...reductionPart,
  },
};

/** Options of {@link CosineEmbeddingLoss}. */
export interface CosineEmbeddingLossOptions
  extends LayerOptions<typeof declaredCosineEmbeddingLoss> {}

/**
 * `1 − cos` where the target is 1, `max(0, cos − margin)` where it is −1; mirrors `torch.nn.CosineEmbeddingLoss`.
 *
 * Shape: inputs `(N, D)` or `(D)`, target `(N)` or `()`.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for an option out of range.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.CosineEmbeddingLoss.html
 * @example
 * const [x1, x2] = [torch.tensor([[1, 0], [1, 0]]), torch.tensor([[0, 2], [3, 0]])];
 * new nn.CosineEmbeddingLoss({ reduction: 'none' }).forward(x1, x2, torch.tensor([1, -1])); // → tensor([1., 1.])
 */
export class CosineEmbeddingLoss extends layer('CosineEmbeddingLoss', declaredCosineEmbeddingLoss) {
  forward(input1: Tensor, input2: Tensor, target: Tensor): Tensor {
    atMost('CosineEmbeddingLoss.forward', 3, arguments.length);
    return cosineEmbeddingLoss(input1, input2, target, this.margin, { reduction: this.reduction });
  }
}

const declaredMultiLabelMarginLoss = {
  options: {
    ...reductionPart,
  },
};

/** Options of {@link MultiLabelMarginLoss}. */
export interface MultiLabelMarginLossOptions
  extends LayerOptions<typeof declaredMultiLabelMarginLoss> {}

/**
 * Hinge loss over the classes that a row of the target names before its first −1; mirrors `torch.nn.MultiLabelMarginLoss`.
 *
 * Shape: `(N, K)` or `(K)`, the target int64.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for an option out of range.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.MultiLabelMarginLoss.html
 * @example
 * const input = torch.tensor([[0.5, 0, 1.25, 0]]);
 * new nn.MultiLabelMarginLoss().forward(input, torch.tensor([[2n, -1n, 0n, 0n]])); // → tensor(0.0625)
 */
export class MultiLabelMarginLoss extends layer(
  'MultiLabelMarginLoss',
  declaredMultiLabelMarginLoss,
) {
  forward(input: Tensor, target: Tensor): Tensor {
    atMost('MultiLabelMarginLoss.forward', 2, arguments.length);
    return multilabelMarginLoss(input, target, { reduction: this.reduction });
  }
}

const declaredMultiMarginLoss = {
  options: {
    /** The power, 1 or 2. Default 1. */
    p: integer().or(1),
    /** How far the class should be ahead. Default 1. */
    margin: number().or(1),
    ...reductionPart,
  },
  making: classWeight,
};

/** Options of {@link MultiMarginLoss}. */
export interface MultiMarginLossOptions extends LayerOptions<typeof declaredMultiMarginLoss> {}

/**
 * Hinge loss of one class against all others; mirrors `torch.nn.MultiMarginLoss`.
 *
 * Shape: `(N, K)` or `(K)`, targets `(N)` or `()`.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for an option out of range.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.MultiMarginLoss.html
 * @example
 * new nn.MultiMarginLoss().forward(torch.tensor([[0, 2, 2]]), torch.tensor([1n])); // → tensor(0.3333)
 */
export class MultiMarginLoss extends layer('MultiMarginLoss', declaredMultiMarginLoss) {
  /** A buffer. */
  declare weight: Tensor | null;

  constructor(options?: MultiMarginLossOptions);
  constructor(...given: [MultiMarginLossOptions?]) {
    super(...given);
    requireMultiMargin('MultiMarginLoss', this.p, this.making.weight);
    this.registerBuffer('weight', this.making.weight);
  }

  forward(input: Tensor, target: Tensor): Tensor {
    atMost('MultiMarginLoss.forward', 2, arguments.length);
    return multiMarginLoss(input, target, this.p, this.margin, this.weight, {
      reduction: this.reduction,
    });
  }
}

const declaredTripletMarginLoss = {
  options: {
    /** How much nearer the positive should be, > 0. Default 1. */
    margin: number().or(1),
    /** The norm. Default 2. */
    p: number().or(2),
    /** Added to differences. Default 1e-6. */
    eps: number().or(1e-6),
    /** Whether the positive takes the anchor's place where it is nearer to the negative. Default false. */
    swap: flag.or(false),
    ...reductionPart,
  },
};

/** Options of {@link TripletMarginLoss}. */
export interface TripletMarginLossOptions extends LayerOptions<typeof declaredTripletMarginLoss> {}

/**
 * `max(0, d(anchor, positive) − d(anchor, negative) + margin)`; mirrors `torch.nn.TripletMarginLoss`.
 *
 * Shape: `(N, D)` or `(D)`, the same for all.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for an option out of range.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.TripletMarginLoss.html
 * @example
 * const [anchor, positive] = [torch.tensor([[0, 0]]), torch.tensor([[3, 4]])];
 * new nn.TripletMarginLoss().forward(anchor, positive, torch.tensor([[0, 2]])); // → tensor(4.0000)
 */
export class TripletMarginLoss extends layer('TripletMarginLoss', declaredTripletMarginLoss) {
  constructor(options?: TripletMarginLossOptions);
  constructor(...given: [TripletMarginLossOptions?]) {
    super(...given);
    requireMargin('TripletMarginLoss', this.margin);
  }

  forward(anchor: Tensor, positive: Tensor, negative: Tensor): Tensor {
    atMost('TripletMarginLoss.forward', 3, arguments.length);
    return tripletMarginLoss(anchor, positive, negative, {
      margin: this.margin,
      p: this.p,
      eps: this.eps,
      swap: this.swap,
      reduction: this.reduction,
    });
  }
}

const declaredCTCLoss = {
  options: {
    /** The class that stands for none. Default 0. */
    blank: integer().or(0),
    ...reductionPart,
    /** Whether losses of targets that do not fit are 0. Default false. */
    zeroInfinity: flag.or(false),
  },
};

/** Options of {@link CTCLoss}. */
export interface CTCLossOptions extends LayerOptions<typeof declaredCTCLoss> {}

/**
 * Negative log likelihood of all ways to read a sequence of classes off one of log probabilities; mirrors `torch.nn.CTCLoss`.
 *
 * Shape: log probabilities `(T, N, C)` or `(T, C)`, targets `(N, S)` or one after the other, lengths `(N)`.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for an option out of range.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.CTCLoss.html
 * @example
 * const logProbs = torch.full([4, 1, 2], 0.5).log();
 * const loss = new nn.CTCLoss().forward(logProbs, torch.tensor([[1n]]), [4], [1]);
 * loss.neg().exp(); // → tensor(0.6250)
 */
export class CTCLoss extends layer('CTCLoss', declaredCTCLoss) {
  forward(
    logProbs: Tensor,
    targets: Tensor,
    inputLengths: Lengths,
    targetLengths: Lengths,
  ): Tensor {
    atMost('CTCLoss.forward', 4, arguments.length);
    return ctcLoss(
      logProbs,
      targets,
      inputLengths,
      targetLengths,
      this.blank,
      this.reduction,
      this.zeroInfinity,
    );
  }
}
