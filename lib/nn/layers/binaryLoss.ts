import { atMost } from '../../argument/atMost.js';
import { flag, number } from '../../argument/kind.js';
import type { Tensor } from '../../tensor/index.js';
import {
  binaryCrossEntropy,
  binaryCrossEntropyWithLogits,
  divergenceReduction,
  hingeEmbeddingLoss,
  klDiv,
  multilabelSoftMarginLoss,
  softMarginLoss,
} from '../functional/binary.js';
import { optionalTensor, reductionPart } from '../functional/reduction.js';
import { type LayerOptions, layer } from '../layer.js';

const weighted = {
  /** What each loss is multiplied by; broadcasts to the target. Default: 1. */
  weight: optionalTensor,
};

const positive = {
  ...weighted,
  /** What the losses of targets of 1 are multiplied by. Default: 1. */
  posWeight: optionalTensor,
};

const declaredBCELoss = {
  options: {
    ...reductionPart,
  },
  making: weighted,
};

/** Options of {@link BCELoss}. */
export interface BCELossOptions extends LayerOptions<typeof declaredBCELoss> {}

/**
 * Cross entropy of probabilities and targets, both 0 … 1; mirrors `torch.nn.BCELoss`.
 *
 * Shape: any, the same for both.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for an option out of range.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.BCELoss.html
 * @example
 * new nn.BCELoss().forward(torch.tensor([0.5, 0.5]), torch.tensor([0, 1])); // → tensor(0.6931)
 * new nn.BCELoss({ reduction: 'sum' }).forward(torch.tensor([0.5, 1]), torch.tensor([0, 1])); // → tensor(0.6931)
 */
export class BCELoss extends layer('BCELoss', declaredBCELoss) {
  /** A buffer. */
  declare weight: Tensor | null;

  constructor(options?: BCELossOptions);
  constructor(...given: [BCELossOptions?]) {
    super(...given);
    this.registerBuffer('weight', this.making.weight);
  }

  forward(input: Tensor, target: Tensor): Tensor {
    atMost('BCELoss.forward', 2, arguments.length);
    return binaryCrossEntropy(input, target, this.weight, { reduction: this.reduction });
  }
}

const declaredBCEWithLogitsLoss = {
  options: {
    ...reductionPart,
  },
  making: positive,
};

/** Options of {@link BCEWithLogitsLoss}. */
export interface BCEWithLogitsLossOptions extends LayerOptions<typeof declaredBCEWithLogitsLoss> {}

/**
 * {@link BCELoss} of logits, without overflow; mirrors `torch.nn.BCEWithLogitsLoss`.
 *
 * Shape: any, the same for both.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for an option out of range.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.BCEWithLogitsLoss.html
 * @example
 * const [input, target] = [torch.tensor([0, -100]), torch.tensor([1, 1])];
 * new nn.BCEWithLogitsLoss({ reduction: 'none' }).forward(input, target); // → tensor([ 0.6931, 100.0000])
 * const loss = new nn.BCEWithLogitsLoss({ posWeight: torch.tensor(3), reduction: 'none' });
 * loss.forward(input, target); // → tensor([ 2.0794, 300.0000])
 */
export class BCEWithLogitsLoss extends layer('BCEWithLogitsLoss', declaredBCEWithLogitsLoss) {
  /** A buffer. */
  declare weight: Tensor | null;
  // The name is the key of the state dict.
  declare private pos_weight: Tensor | null;

  constructor(options?: BCEWithLogitsLossOptions);
  constructor(...given: [BCEWithLogitsLossOptions?]) {
    super(...given);
    this.registerBuffer('weight', this.making.weight);
    this.registerBuffer('pos_weight', this.making.posWeight);
  }

  /** What the losses of targets of 1 are multiplied by; `null` for 1. A buffer. */
  get posWeight(): Tensor | null {
    return this.pos_weight;
  }

  forward(input: Tensor, target: Tensor): Tensor {
    atMost('BCEWithLogitsLoss.forward', 2, arguments.length);
    return binaryCrossEntropyWithLogits(input, target, this.weight, {
      reduction: this.reduction,
      posWeight: this.pos_weight,
    });
  }
}

const declaredKLDivLoss = {
  options: {
    /** `'mean'`, `'batchmean'`, the sum over the batch's size, `'sum'` or `'none'`. Default `'mean'`. */
    reduction: divergenceReduction.or('mean'),
    /** Whether the target is a logarithm too. Default false. */
    logTarget: flag.or(false),
  },
};

/** Options of {@link KLDivLoss}. */
export interface KLDivLossOptions extends LayerOptions<typeof declaredKLDivLoss> {}

/**
 * Kullback-Leibler divergence of log probabilities from a target; mirrors `torch.nn.KLDivLoss`.
 *
 * Shape: any, the same for both.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for an option out of range.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.KLDivLoss.html
 * @example
 * const [input, target] = [torch.tensor([[0.5, 0.5]]).log(), torch.tensor([[0.25, 0.75]])];
 * new nn.KLDivLoss({ reduction: 'batchmean' }).forward(input, target); // → tensor(0.1308)
 * const loss = new nn.KLDivLoss({ reduction: 'batchmean', logTarget: true });
 * loss.forward(input, target.log()); // → tensor(0.1308)
 */
export class KLDivLoss extends layer('KLDivLoss', declaredKLDivLoss) {
  forward(input: Tensor, target: Tensor): Tensor {
    atMost('KLDivLoss.forward', 2, arguments.length);
    return klDiv(input, target, { reduction: this.reduction, logTarget: this.logTarget });
  }
}

const declaredSoftMarginLoss = {
  options: {
    ...reductionPart,
  },
};

/** Options of {@link SoftMarginLoss}. */
export interface SoftMarginLossOptions extends LayerOptions<typeof declaredSoftMarginLoss> {}

/**
 * `log(1 + e^(−target · input))` of targets ±1; mirrors `torch.nn.SoftMarginLoss`.
 *
 * Shape: any, the same for all → a number, or that shape unreduced.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for an option out of range.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.SoftMarginLoss.html
 * @example
 * const loss = new nn.SoftMarginLoss({ reduction: 'none' });
 * loss.forward(torch.tensor([0, 2, 2]), torch.tensor([1, 1, -1])); // → tensor([0.6931, 0.1269, 2.1269])
 */
export class SoftMarginLoss extends layer('SoftMarginLoss', declaredSoftMarginLoss) {
  forward(input: Tensor, target: Tensor): Tensor {
    atMost('SoftMarginLoss.forward', 2, arguments.length);
    return softMarginLoss(input, target, { reduction: this.reduction });
  }
}

const declaredHingeEmbeddingLoss = {
  options: {
    /** How large the input should be there. Default 1. */
    margin: number().or(1),
    ...reductionPart,
  },
};

/** Options of {@link HingeEmbeddingLoss}. */
export interface HingeEmbeddingLossOptions
  extends LayerOptions<typeof declaredHingeEmbeddingLoss> {}

/**
 * The input where the target is 1, `max(0, margin − input)` where it is −1; mirrors `torch.nn.HingeEmbeddingLoss`.
 *
 * Shape: any, the same for all → a number, or that shape unreduced.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for an option out of range.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.HingeEmbeddingLoss.html
 * @example
 * const loss = new nn.HingeEmbeddingLoss({ reduction: 'none' });
 * loss.forward(torch.tensor([0.25, 0.25, 3]), torch.tensor([1, -1, -1])); // → tensor([0.2500, 0.7500, 0.0000])
 */
export class HingeEmbeddingLoss extends layer('HingeEmbeddingLoss', declaredHingeEmbeddingLoss) {
  forward(input: Tensor, target: Tensor): Tensor {
    atMost('HingeEmbeddingLoss.forward', 2, arguments.length);
    return hingeEmbeddingLoss(input, target, this.margin, { reduction: this.reduction });
  }
}

const declaredMultiLabelSoftMarginLoss = {
  options: {
    ...reductionPart,
  },
  making: weighted,
};

/** Options of {@link MultiLabelSoftMarginLoss}. */
export interface MultiLabelSoftMarginLossOptions
  extends LayerOptions<typeof declaredMultiLabelSoftMarginLoss> {}

/**
 * Mean over the classes of {@link BCEWithLogitsLoss}; mirrors `torch.nn.MultiLabelSoftMarginLoss`.
 *
 * Shape: `(N, K)`, the same for both.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for an option out of range.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.MultiLabelSoftMarginLoss.html
 * @example
 * const loss = new nn.MultiLabelSoftMarginLoss({ reduction: 'none' });
 * const input = torch.tensor([[0, 0], [2, 0]]);
 * loss.forward(input, torch.tensor([[1, 0], [1, 0]])); // → tensor([0.6931, 0.4100])
 */
export class MultiLabelSoftMarginLoss extends layer(
  'MultiLabelSoftMarginLoss',
  declaredMultiLabelSoftMarginLoss,
) {
  /** A buffer. */
  declare weight: Tensor | null;

  constructor(options?: MultiLabelSoftMarginLossOptions);
  constructor(...given: [MultiLabelSoftMarginLossOptions?]) {
    super(...given);
    this.registerBuffer('weight', this.making.weight);
  }

  forward(input: Tensor, target: Tensor): Tensor {
    atMost('MultiLabelSoftMarginLoss.forward', 2, arguments.length);
    return multilabelSoftMarginLoss(input, target, this.weight, { reduction: this.reduction });
  }
}
