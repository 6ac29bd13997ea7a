import { readOptions, type ValuesOf } from '../../argument/options.js';
import type { Tensor } from '../../tensor/index.js';
import {
  type ClassLossOptions,
  type CrossEntropyOptions,
  classLossSpec,
  crossEntropyOf,
  crossEntropySpec,
  mseLoss,
  mseLossSpec,
  nllLossOf,
  type Reduction,
} from '../functional/loss.js';
import { Module } from '../module/module.js';

/** What the losses over classes have in common. */
abstract class ClassLoss extends Module {
  /** Weight of each class, `(K)`; a buffer. */
  weight: Tensor | null = null;
  readonly ignoreIndex: number;
  readonly reduction: Reduction;

  protected constructor({ weight, ignoreIndex, reduction }: ValuesOf<typeof classLossSpec>) {
    super();
    this.registerBuffer('weight', weight);
    this.ignoreIndex = ignoreIndex;
    this.reduction = reduction;
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

  constructor(options?: CrossEntropyOptions) {
    const read = readOptions('CrossEntropyLoss', crossEntropySpec, options);
    super(read);
    this.labelSmoothing = read.labelSmoothing;
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return crossEntropyOf(input, target, this);
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
  constructor(options?: ClassLossOptions) {
    super(readOptions('NLLLoss', classLossSpec, options));
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return nllLossOf(input, target, this);
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

  constructor(options?: { reduction?: Reduction }) {
    super();
    this.reduction = readOptions('MSELoss', mseLossSpec, options).reduction;
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return mseLoss(input, target, { reduction: this.reduction });
  }
}
