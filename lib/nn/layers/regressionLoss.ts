import { atMost } from '../../argument/atMost.js';
import { flag, number } from '../../argument/kind.js';
import type { Tensor } from '../../tensor/index.js';
import { reductionPart } from '../functional/reduction.js';
import {
  gaussianNllLoss,
  huberLoss,
  l1Loss,
  poissonNllLoss,
  smoothL1Loss,
} from '../functional/regression.js';
import { type LayerOptions, layer } from '../layer.js';

const declaredL1Loss = {
  options: {
    ...reductionPart,
  },
};

/** Options of {@link L1Loss}. */
export interface L1LossOptions extends LayerOptions<typeof declaredL1Loss> {}

/**
 * Mean absolute error of two tensors; mirrors `torch.nn.L1Loss`.
 *
 * Shape: any, the same for both or such that they broadcast → a number, or that shape unreduced.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for an option out of range.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.L1Loss.html
 * @example
 * new nn.L1Loss().forward(torch.tensor([1, 5]), torch.tensor([2, 2])); // → tensor(2.)
 * new nn.L1Loss({ reduction: 'none' }).forward(torch.tensor([1, 5]), torch.tensor([2, 2])); // → tensor([1., 3.])
 */
export class L1Loss extends layer('L1Loss', declaredL1Loss) {
  forward(input: Tensor, target: Tensor): Tensor {
    atMost('L1Loss.forward', 2, arguments.length);
    return l1Loss(input, target, { reduction: this.reduction });
  }
}

const declaredSmoothL1Loss = {
  options: {
    ...reductionPart,
    /** Where the one becomes the other, ≥ 0. Default 1. */
    beta: number().or(1),
  },
};

/** Options of {@link SmoothL1Loss}. */
export interface SmoothL1LossOptions extends LayerOptions<typeof declaredSmoothL1Loss> {}

/**
 * Squared error, over `2 · beta`, below `beta`, absolute error less `beta / 2` above; mirrors `torch.nn.SmoothL1Loss`.
 *
 * Shape: any, the same for both or such that they broadcast → a number, or that shape unreduced.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for an option out of range.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.SmoothL1Loss.html
 * @example
 * const loss = new nn.SmoothL1Loss({ beta: 2, reduction: 'none' });
 * loss.forward(torch.tensor([1, 5]), torch.tensor([0, 0])); // → tensor([0.2500, 4.0000])
 */
export class SmoothL1Loss extends layer('SmoothL1Loss', declaredSmoothL1Loss) {
  forward(input: Tensor, target: Tensor): Tensor {
    atMost('SmoothL1Loss.forward', 2, arguments.length);
    return smoothL1Loss(input, target, { reduction: this.reduction, beta: this.beta });
  }
}

const declaredHuberLoss = {
  options: {
    ...reductionPart,
    /** Where the one becomes the other, > 0. Default 1. */
    delta: number().or(1),
  },
};

/** Options of {@link HuberLoss}. */
export interface HuberLossOptions extends LayerOptions<typeof declaredHuberLoss> {}

/**
 * Half the squared error below `delta`, `delta` times the absolute error less `delta / 2` above; mirrors `torch.nn.HuberLoss`.
 *
 * Shape: any, the same for both or such that they broadcast → a number, or that shape unreduced.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for an option out of range.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.HuberLoss.html
 * @example
 * const loss = new nn.HuberLoss({ delta: 2, reduction: 'none' });
 * loss.forward(torch.tensor([1, 5]), torch.tensor([0, 0])); // → tensor([0.5000, 8.0000])
 */
export class HuberLoss extends layer('HuberLoss', declaredHuberLoss) {
  forward(input: Tensor, target: Tensor): Tensor {
    atMost('HuberLoss.forward', 2, arguments.length);
    return huberLoss(input, target, this.reduction, this.delta);
  }
}

const declaredPoissonNLLLoss = {
  options: {
    /** Whether the input is the logarithm of the mean. Default true. */
    logInput: flag.or(true),
    /** Whether Stirling's term is added. Default false. */
    full: flag.or(false),
    /** Added to the input before its logarithm is taken. Default 1e-8. */
    eps: number().or(1e-8),
    ...reductionPart,
  },
};

/** Options of {@link PoissonNLLLoss}. */
export interface PoissonNLLLossOptions extends LayerOptions<typeof declaredPoissonNLLLoss> {}

/**
 * Negative log likelihood of counts; mirrors `torch.nn.PoissonNLLLoss`.
 *
 * Shape: any, the same for both or such that they broadcast → a number, or that shape unreduced.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for an option out of range.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.PoissonNLLLoss.html
 * @example
 * new nn.PoissonNLLLoss().forward(torch.tensor([0, 0]), torch.tensor([2, 5])); // → tensor(1.)
 * new nn.PoissonNLLLoss({ logInput: false }).forward(torch.tensor([2]), torch.tensor([0])); // → tensor(2.)
 */
export class PoissonNLLLoss extends layer('PoissonNLLLoss', declaredPoissonNLLLoss) {
  forward(input: Tensor, target: Tensor): Tensor {
    atMost('PoissonNLLLoss.forward', 2, arguments.length);
    return poissonNllLoss(input, target, this.logInput, this.full, {
      eps: this.eps,
      reduction: this.reduction,
    });
  }
}

const declaredGaussianNLLLoss = {
  options: {
    /** Whether the constant term is added. Default false. */
    full: flag.or(false),
    /** The least variance. Default 1e-6. */
    eps: number().or(1e-6),
    ...reductionPart,
  },
};

/** Options of {@link GaussianNLLLoss}. */
export interface GaussianNLLLossOptions extends LayerOptions<typeof declaredGaussianNLLLoss> {}

/**
 * Negative log likelihood of normal distributions with the mean `input` and the variance `variance`; mirrors `torch.nn.GaussianNLLLoss`.
 *
 * Shape: `(N, …)`; a variance for each element, for each row, or one for all.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for an option out of range.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.GaussianNLLLoss.html
 * @example
 * const [input, target] = [torch.tensor([0, 0]), torch.tensor([0, 2])];
 * new nn.GaussianNLLLoss({ reduction: 'none' }).forward(input, target, torch.ones(2)); // → tensor([0., 2.])
 */
export class GaussianNLLLoss extends layer('GaussianNLLLoss', declaredGaussianNLLLoss) {
  forward(input: Tensor, target: Tensor, variance: Tensor | number): Tensor {
    atMost('GaussianNLLLoss.forward', 3, arguments.length);
    return gaussianNllLoss(input, target, variance, this.full, this.eps, this.reduction);
  }
}
