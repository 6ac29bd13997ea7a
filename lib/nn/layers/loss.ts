import { atMost } from '../../argument/atMost.js';
import type { Tensor } from '../../tensor/index.js';
import {
  type ClassLossOptions,
  type CrossEntropyOptions,
  classLoss,
  classWeight,
  crossEntropyOf,
  nllLossOf,
  smoothing,
} from '../functional/loss.js';
import { reductionKind } from '../functional/reduction.js';
import { mseLoss } from '../functional/regression.js';
import { layer } from '../layer.js';

/**
 * Cross entropy of logits and targets; mirrors `torch.nn.CrossEntropyLoss`.
 *
 * Shape: logits `(N, K)` and targets `(N)`, int64 0 … K−1, or targets `(N, K)` of probabilities.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for an option out of range.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.CrossEntropyLoss.html
 * @example
 * const loss = new nn.CrossEntropyLoss();
 * loss.forward(torch.zeros(2, 10), torch.tensor([3n, 7n])); // → tensor(2.3026)
 */
export class CrossEntropyLoss extends layer('CrossEntropyLoss', {
  options: { ...classLoss, ...smoothing },
  making: classWeight,
}) {
  /** Weight of each class, `(K)`; a buffer. */
  declare weight: Tensor | null;

  constructor(options?: CrossEntropyOptions);
  constructor(...given: [CrossEntropyOptions?]) {
    super(...given);
    this.registerBuffer('weight', this.making.weight);
  }

  forward(input: Tensor, target: Tensor): Tensor {
    atMost('CrossEntropyLoss.forward', 2, arguments.length);
    return crossEntropyOf(input, target, this);
  }
}

/**
 * Negative log likelihood of log probabilities and class indices; mirrors `torch.nn.NLLLoss`.
 *
 * Shape: log probabilities `(N, K)` and targets `(N)`, int64 0 … K−1.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for an option out of range.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.NLLLoss.html
 * @example
 * const logProbs = torch.tensor([[-1, -2, -3], [-4, -5, -6]]);
 * new nn.NLLLoss().forward(logProbs, torch.tensor([0n, 2n])); // → tensor(3.5000)
 * new nn.NLLLoss({ ignoreIndex: 0 }).forward(logProbs, torch.tensor([0n, 2n])); // → tensor(6.)
 */
export class NLLLoss extends layer('NLLLoss', { options: classLoss, making: classWeight }) {
  /** Weight of each class, `(K)`; a buffer. */
  declare weight: Tensor | null;

  constructor(options?: ClassLossOptions);
  constructor(...given: [ClassLossOptions?]) {
    super(...given);
    this.registerBuffer('weight', this.making.weight);
  }

  forward(input: Tensor, target: Tensor): Tensor {
    atMost('NLLLoss.forward', 2, arguments.length);
    return nllLossOf(input, target, this);
  }
}

/**
 * Mean squared error of two tensors of one shape; mirrors `torch.nn.MSELoss`.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for an unknown reduction.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.MSELoss.html
 * @example
 * new nn.MSELoss().forward(torch.zeros(2), torch.ones(2)); // → tensor(1.)
 */
export class MSELoss extends layer('MSELoss', {
  options: {
    /** `'mean'` over all elements, `'sum'` or `'none'`. Default `'mean'`. */
    reduction: reductionKind.or('mean'),
  },
}) {
  forward(input: Tensor, target: Tensor): Tensor {
    atMost('MSELoss.forward', 2, arguments.length);
    return mseLoss(input, target, { reduction: this.reduction });
  }
}
