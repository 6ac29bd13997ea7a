import { atMost } from '../../argument/atMost.js';
import { flag, integer, number, orNull } from '../../argument/kind.js';
import { invalidArgument } from '../../error.js';
import type { Tensor } from '../../tensor/index.js';
import {
  groupNorm,
  layerNorm,
  localResponseNorm,
  rmsNorm,
  shapeKind,
} from '../functional/normalization.js';
import { ones_, zeros_ } from '../init.js';
import { type LayerOptions, layer } from '../layer.js';
import { type Arithmetic, perUnit } from '../module/arithmetic.js';
import { biased, placed } from '../module/parameter.js';

const groups = {
  args: {
    /** Integer ≥ 1. */
    numGroups: integer(1),
    /** C, a multiple of it. */
    numChannels: integer(1),
  },
  options: {
    /** Added to the variance. Default 1e-5. */
    eps: number().or(1e-5),
    /** Whether a scale and an offset are learned. Default true. */
    affine: flag.or(true),
  },
  making: placed,
  repr: '{numGroups}, {numChannels}, eps={eps}, affine={affine}',
};

/** Options of {@link GroupNorm}. */
export interface GroupNormOptions extends LayerOptions<typeof groups> {}

/**
 * Normalises groups of channels of each example; mirrors `torch.nn.GroupNorm`.
 *
 * Shape: `(N, C, …)` → the same.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` where `numChannels` is no multiple of `numGroups`.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.GroupNorm.html
 * @example
 * const norm = new nn.GroupNorm(2, 4, { affine: false });
 * norm.forward(torch.tensor([[0, 2, 10, 30]])); // → tensor([[-1.0000, 1.0000, -1.0000, 1.0000]])
 * new nn.GroupNorm(3, 6).forward(torch.rand(2, 6, 5, 5)).shape; // → [ 2, 6, 5, 5 ]
 */
export class GroupNorm extends layer('GroupNorm', groups) {
  /** Scale `(C)` */
  weight = this.affine ? this.learned(this.numChannels) : null;
  /** Offset `(C)` */
  bias = this.affine ? this.learned(this.numChannels) : null;

  constructor(numGroups: number, numChannels: number, options?: GroupNormOptions);
  constructor(...given: unknown[]) {
    super(...given);
    const [channels, count] = [this.numChannels, this.numGroups];
    if (channels % count !== 0) {
      throw invalidArgument(
        `GroupNorm: numChannels (${channels}) must be divisible by numGroups (${count})`,
      );
    }
    this.resetParameters();
    this.guardMembers();
  }

  /** Begins anew: scale 1, offset 0. */
  resetParameters(): void {
    atMost('resetParameters', 0, arguments.length);
    if (this.weight !== null) ones_(this.weight);
    if (this.bias !== null) zeros_(this.bias);
  }

  override arithmetic(units: number): Arithmetic {
    atMost('arithmetic', 1, arguments.length);
    return perUnit(units, 2, 1);
  }

  forward(input: Tensor): Tensor {
    atMost('GroupNorm.forward', 1, arguments.length);
    return groupNorm(input, this.numGroups, this.weight, this.bias, this.eps);
  }
}

const lastDims = {
  args: {
    /** Sizes of the last dimensions, or the size of the last one. */
    normalizedShape: shapeKind,
  },
  options: {
    /** Added to the variance. Default 1e-5. */
    eps: number().or(1e-5),
    /** Whether a scale, and an offset unless `bias` is false, are learned. Default true. */
    elementwiseAffine: flag.or(true),
  },
  making: biased,
  repr: '{normalizedShape}, eps={eps}, elementwise_affine={elementwiseAffine}',
};

/** Options of {@link LayerNorm}. */
export interface LayerNormOptions extends LayerOptions<typeof lastDims> {}

/**
 * Normalises each example over its last dimensions; mirrors `torch.nn.LayerNorm`.
 *
 * Shape: `(…, *normalizedShape)` → the same.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` when a value is not of its kind.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.LayerNorm.html
 * @example
 * new nn.LayerNorm([4]).forward(torch.rand(2, 4)).shape; // → [ 2, 4 ]
 */
export class LayerNorm extends layer('LayerNorm', lastDims) {
  /** Scale, of the shape `normalizedShape`. */
  weight = this.elementwiseAffine ? this.learned(...this.normalizedShape) : null;
  /** Offset of that shape. */
  bias = this.elementwiseAffine && this.making.bias ? this.learned(...this.normalizedShape) : null;

  constructor(normalizedShape: number | readonly number[], options?: LayerNormOptions);
  constructor(...given: unknown[]) {
    super(...given);
    this.resetParameters();
    this.guardMembers();
  }

  /** Begins anew: scale 1, offset 0. */
  resetParameters(): void {
    atMost('resetParameters', 0, arguments.length);
    if (this.weight !== null) ones_(this.weight);
    if (this.bias !== null) zeros_(this.bias);
  }

  override arithmetic(units: number): Arithmetic {
    atMost('arithmetic', 1, arguments.length);
    return perUnit(units, 2, 1);
  }

  forward(input: Tensor): Tensor {
    atMost('LayerNorm.forward', 1, arguments.length);
    return layerNorm(input, this.normalizedShape, this.weight, this.bias, this.eps);
  }
}

const rms = {
  args: lastDims.args,
  options: {
    /** Added to the mean square. Default `null`: the dtype's distance from 1 to the next number. */
    eps: orNull(number()).or(null),
    /** Whether a scale is learned. Default true. */
    elementwiseAffine: flag.or(true),
  },
  making: placed,
  repr: lastDims.repr,
};

/** Options of {@link RMSNorm}. */
export interface RMSNormOptions extends LayerOptions<typeof rms> {}

/**
 * Divides each example by the root of its mean square over its last dimensions; mirrors `torch.nn.RMSNorm`.
 *
 * Shape: `(…, *normalizedShape)` → the same.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` when a value is not of its kind.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.RMSNorm.html
 * @example
 * const norm = new nn.RMSNorm(2, { elementwiseAffine: false });
 * norm.forward(torch.tensor([[1, 7], [3, 3]])); // → tensor([[0.2000, 1.4000], [1.0000, 1.0000]])
 */
export class RMSNorm extends layer('RMSNorm', rms) {
  /** Scale, of the shape `normalizedShape`. */
  weight = this.elementwiseAffine ? this.learned(...this.normalizedShape) : null;

  constructor(normalizedShape: number | readonly number[], options?: RMSNormOptions);
  constructor(...given: unknown[]) {
    super(...given);
    this.resetParameters();
    this.guardMembers();
  }

  /** Begins anew: scale 1. */
  resetParameters(): void {
    atMost('resetParameters', 0, arguments.length);
    if (this.weight !== null) ones_(this.weight);
  }

  override arithmetic(units: number): Arithmetic {
    atMost('arithmetic', 1, arguments.length);
    return perUnit(units, 1, 0);
  }

  forward(input: Tensor): Tensor {
    atMost('RMSNorm.forward', 1, arguments.length);
    return rmsNorm(input, this.normalizedShape, this.weight, this.eps);
  }
}

const neighbours = {
  args: {
    /** Channels that are looked at together, integer ≥ 1. */
    size: integer(1),
  },
  options: {
    /** Factor of their mean square. Default 0.0001. */
    alpha: number().or(1e-4),
    /** The power. Default 0.75. */
    beta: number().or(0.75),
    /** What is added before. Default 1. */
    k: number().or(1),
  },
  repr: '{size}, alpha={alpha:float}, beta={beta:float}, k={k:float}',
};

/** Options of {@link LocalResponseNorm}. */
export interface LocalResponseNormOptions extends LayerOptions<typeof neighbours> {}

/**
 * Divides by a power of the mean square of neighbouring channels (AlexNet, 2012); mirrors
 * `torch.nn.LocalResponseNorm`.
 *
 * Shape: `(N, C, …)`, at least 3 dimensions → the same.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` when a value is not of its kind.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.LocalResponseNorm.html
 * @example
 * const norm = new nn.LocalResponseNorm(3, { alpha: 3, beta: 1 });
 * norm.forward(torch.tensor([[[1], [1], [2]]])).flatten(); // → tensor([0.3333, 0.1429, 0.3333])
 */
export class LocalResponseNorm extends layer('LocalResponseNorm', neighbours) {
  constructor(size: number, options?: LocalResponseNormOptions);
  constructor(...given: unknown[]) {
    super(...given);
  }

  forward(input: Tensor): Tensor {
    atMost('LocalResponseNorm.forward', 1, arguments.length);
    return localResponseNorm(input, this.size, this.alpha, this.beta, this.k);
  }
}
