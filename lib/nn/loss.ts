import { invalidArgument } from '../error.js';
import { Tensor } from '../tensor/index.js';
import { describe, requireInteger, requireOneOf, requireOptions } from './argument.js';
import { requireProbability } from './functional.js';
import {
  type ClassLossOptions,
  type CrossEntropyOptions,
  crossEntropy,
  mseLoss,
  nllLoss,
  type Reduction,
  reductions,
} from './lossFunctional.js';
import { Module } from './module.js';

/** What the losses over classes have in common. */
abstract class ClassLoss extends Module {
  /** Weight of each class, `(K)`; a buffer. */
  weight: Tensor | null = null;
  readonly ignoreIndex: number;
  readonly reduction: Reduction;

  protected constructor(name: string, options: ClassLossOptions) {
    super();
    requireOptions(`${name}: options`, options);
    const { weight = null, ignoreIndex = -100, reduction = 'mean' } = options;
    if (weight !== null && !(weight instanceof Tensor)) {
      throw invalidArgument(`${name}: weight: expected Tensor or null, got ${describe(weight)}`);
    }
    this.registerBuffer('weight', weight);
    this.ignoreIndex = requireInteger(`${name}: ignoreIndex`, ignoreIndex, Number.MIN_SAFE_INTEGER);
    this.reduction = requireOneOf(`${name}: reduction`, reduction, reductions);
  }
}

/**
 * Cross entropy of logits and targets; mirrors `torch.nn.CrossEntropyLoss`.
 *
 * Shape: logits `(N, K)` and targets `(N)`, int64 0 … K−1, or targets `(N, K)` of probabilities.
 *
 * @param options.weight - Weight of each class, `(K)`. Default: 1 each.
 * @param options.ignoreIndex - A target that does not count. Default −100.
 * @param options.reduction - `'mean'` over N, `'sum'` or `'none'`. Default `'mean'`.
 * @param options.labelSmoothing - Share of the target spread over all classes, 0 to 1. Default 0.
 * @throws {TypeError} `ERR_INVALID_ARG` for an option out of range.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.CrossEntropyLoss.html
 */
export class CrossEntropyLoss extends ClassLoss {
  readonly labelSmoothing: number;

  constructor(options: CrossEntropyOptions = {}) {
    super('CrossEntropyLoss', options);
    const { labelSmoothing = 0 } = options;
    this.labelSmoothing = requireProbability('CrossEntropyLoss: labelSmoothing', labelSmoothing);
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return crossEntropy(input, target, this);
  }
}

/**
 * Negative log likelihood of log probabilities and class indices; mirrors `torch.nn.NLLLoss`.
 *
 * Shape: log probabilities `(N, K)` and targets `(N)`, int64 0 … K−1.
 *
 * @param options - `weight`, `ignoreIndex` and `reduction` as in {@link CrossEntropyLoss}.
 * @throws {TypeError} `ERR_INVALID_ARG` for an option out of range.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.NLLLoss.html
 */
export class NLLLoss extends ClassLoss {
  constructor(options: ClassLossOptions = {}) {
    super('NLLLoss', options);
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return nllLoss(input, target, this);
  }
}

/**
 * Mean squared error of two tensors of one shape; mirrors `torch.nn.MSELoss`.
 *
 * @param options.reduction - `'mean'` over all elements, `'sum'` or `'none'`. Default `'mean'`.
 * @throws {TypeError} `ERR_INVALID_ARG` for an unknown reduction.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.MSELoss.html
 */
export class MSELoss extends Module {
  readonly reduction: Reduction;

  constructor(options: { reduction?: Reduction } = {}) {
    super();
    requireOptions('MSELoss: options', options);
    this.reduction = requireOneOf('MSELoss: reduction', options.reduction ?? 'mean', reductions);
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return mseLoss(input, target, this);
  }
}
