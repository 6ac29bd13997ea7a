import { atMost } from '../argument/atMost.js';
import type { DType } from '../native/dtype.js';
import { bind } from '../native/ops.js';
import { method } from './method.js';
import { extendTensor, type Tensor } from './tensor.js';

type AlongDim = (this: Tensor, dim: number, options?: { dtype?: DType }) => Tensor;
/** Bounds of each element, by name or in order; one of them may be left out. */
export interface Clamp {
  (this: Tensor, options: { min?: Bound; max?: Bound }): Tensor;
  (this: Tensor, min: Bound | null, max?: Bound | null): Tensor;
}
type Bound = number | Tensor;
export interface Logit {
  (this: Tensor, options?: { eps?: number | null }): Tensor;
  (this: Tensor, eps: number | null): Tensor;
}
export interface NanToNum {
  (this: Tensor, options?: { nan?: number; posinf?: number; neginf?: number }): Tensor;
  (this: Tensor, nan: number | null, posinf?: number | null, neginf?: number | null): Tensor;
}

const polygamma = bind<(n: number, x: Tensor) => Tensor>('polygamma');

/** Functions of one operand, element by element; results have its shape. */
export const pointwise = {
  /**
   * Absolute value.
   *
   * @example
   * torch.tensor([-1, 2]).abs(); // → tensor([1., 2.])
   */
  abs: method('abs'),
  /**
   * `−x`
   *
   * @example
   * torch.tensor([-1, 2]).neg(); // → tensor([ 1., -2.])
   */
  neg: method('neg'),
  /**
   * −1, 0 or 1.
   *
   * @example
   * torch.tensor([-3, 0, 2]).sign(); // → tensor([-1., 0., 1.])
   */
  sign: method('sign'),
  /** As {@link abs}. */
  absolute: method('absolute'),
  /** As {@link neg}. */
  negative: method('negative'),
  /** The tensor itself. Not of bools. */
  positive: method('positive'),
  /** As {@link sign}; of complex numbers `x / |x|`. */
  sgn: method('sgn'),
  /** Whether the sign is a minus, −0's too. */
  signbit: method('signbit'),
  /**
   * `e^x`
   *
   * @example
   * torch.tensor([0, 1]).exp(); // → tensor([1.0000, 2.7183])
   */
  exp: method('exp'),
  /** `2^x` */
  exp2: method('exp2'),
  /**
   * Natural logarithm.
   *
   * @example
   * torch.tensor([1, Math.E]).log(); // → tensor([0., 1.])
   */
  log: method('log'),
  /**
   * Logarithm to base 2.
   *
   * @example
   * torch.tensor([1, 8]).log2(); // → tensor([0., 3.])
   */
  log2: method('log2'),
  /**
   * Logarithm to base 10.
   *
   * @example
   * torch.tensor([1, 100]).log10(); // → tensor([0., 2.])
   */
  log10: method('log10'),
  /**
   * `log(1 + x)`, exact for small x.
   *
   * @example
   * torch.tensor([0, 1]).log1p(); // → tensor([0.0000, 0.6931])
   */
  log1p: method('log1p'),
  /**
   * `exp(x) − 1`, exact for small x.
   *
   * @example
   * torch.tensor([0, 1]).expm1(); // → tensor([0.0000, 1.7183])
   */
  expm1: method('expm1'),
  /**
   * Square root; NaN below 0.
   *
   * @example
   * const x = torch.tensor([1, 4, 9]);
   * x.sqrt(); // → tensor([1., 2., 3.])
   */
  sqrt: method('sqrt'),
  /**
   * `1 / √x`
   *
   * @example
   * torch.tensor([4]).rsqrt(); // → tensor([0.5000])
   */
  rsqrt: method('rsqrt'),
  /**
   * `x²`
   *
   * @example
   * torch.tensor([2, 3]).square(); // → tensor([4., 9.])
   */
  square: method('square'),
  /**
   * `1 / x`
   *
   * @example
   * torch.tensor([2, 4]).reciprocal(); // → tensor([0.5000, 0.2500])
   */
  reciprocal: method('reciprocal'),
  /**
   * `1 / (1 + e^−x)`
   *
   * @example
   * torch.tensor([0, 2]).sigmoid(); // → tensor([0.5000, 0.8808])
   */
  sigmoid: method('sigmoid'),
  /**
   * `max(0, x)`
   *
   * @example
   * torch.tensor([-1, 2]).relu(); // → tensor([0., 2.])
   */
  relu: method('relu'),
  /**
   * Error function, `2/√π · ∫₀ˣ e^(−t²) dt`.
   *
   * @example
   * torch.tensor([0, 1]).erf(); // → tensor([0.0000, 0.8427])
   */
  erf: method('erf'),
  /** `1 − erf(x)` */
  erfc: method('erfc'),
  /** Inverse of {@link erf}; NaN outside [−1, 1]. */
  erfinv: method('erfinv'),
  /** Logarithm of the absolute value of the gamma function. */
  lgamma: method('lgamma'),
  /** Derivative of the logarithm of the gamma function. */
  digamma: method('digamma'),
  /** The n-th derivative of {@link digamma}. */
  polygamma(this: Tensor, n: number): Tensor {
    atMost('polygamma', 1, arguments.length);
    return polygamma(n, this);
  },
  /** Logarithm of the multivariate gamma function of dimension `p`. */
  mvlgamma: method<(this: Tensor, p: number) => Tensor>('mvlgamma'),
  /** Modified Bessel function of the first kind, of order 0. */
  i0: method('i0'),
  /** `log(x / (1 − x))`. @param options.eps - Limits x to `[eps, 1 − eps]`; without it NaN outside [0, 1]. */
  logit: method<Logit>('logit'),
  /**
   * The largest integer that is not above.
   *
   * @example
   * torch.tensor([-1.5, 1.5]).floor(); // → tensor([-2., 1.])
   */
  floor: method('floor'),
  /**
   * The smallest integer that is not below.
   *
   * @example
   * torch.tensor([-1.5, 1.5]).ceil(); // → tensor([-1., 2.])
   */
  ceil: method('ceil'),
  /**
   * To the nearest integer, halves to even. @param options.decimals - Default 0.
   *
   * @example
   * torch.tensor([0.5, 1.5, 2.4]).round(); // → tensor([0., 2., 2.])
   */
  round: method<(this: Tensor, options?: { decimals?: number }) => Tensor>(
    'round',
    'round.decimals',
  ),
  /**
   * Towards zero.
   *
   * @example
   * torch.tensor([-1.5, 1.5]).trunc(); // → tensor([-1., 1.])
   */
  trunc: method('trunc'),
  /** As {@link trunc}. */
  fix: method('fix'),
  /** `x − trunc(x)` */
  frac: method('frac'),
  /**
   * Exponentials that sum to 1 along `dim`.
   *
   * @example
   * torch.tensor([0, Math.log(3)]).softmax(0); // → tensor([0.2500, 0.7500])
   */
  softmax: method<AlongDim>('softmax.int'),
  /**
   * Logarithm of {@link softmax} along `dim`, without overflow.
   *
   * @example
   * torch.tensor([0, 0]).logSoftmax(0); // → tensor([-0.6931, -0.6931])
   */
  logSoftmax: method<AlongDim>('log_softmax.int'),
  /**
   * Limits elements to `[min, max]`; a missing bound does not limit.
   *
   * @example
   * torch.tensor([-2, 0.5, 3]).clamp(0, 1); // → tensor([0.0000, 0.5000, 1.0000])
   */
  clamp: method<Clamp>('clamp', 'clamp.Tensor'),
  /** As {@link clamp}. */
  clip: method<Clamp>('clip', 'clip.Tensor'),
  /** Limits elements from below. */
  clampMin: method<(this: Tensor, min: Bound) => Tensor>('clamp_min', 'clamp_min.Tensor'),
  /** Limits elements from above. */
  clampMax: method<(this: Tensor, max: Bound) => Tensor>('clamp_max', 'clamp_max.Tensor'),
  /**
   * NaN, ∞ and −∞ replaced. Default: by 0, and by the dtype's largest and smallest number.
   *
   * @example
   * torch.tensor([NaN, 1]).nanToNum(); // → tensor([0., 1.])
   */
  nanToNum: method<NanToNum>('nan_to_num'),
  /** 0 in [−lambd, lambd]. Default ½. */
  hardshrink: method<(this: Tensor, lambd?: number) => Tensor>('hardshrink'),
  /** `x` above 0, `weight · x` below; a weight for all, or one for each channel (dimension 1). */
  prelu: method<(this: Tensor, weight: Tensor) => Tensor>('prelu'),
  /** `[mantissa, exponent]`: `x = mantissa · 2^exponent`, the mantissa in [½, 1). */
  frexp: method<(this: Tensor) => [Tensor, Tensor]>('frexp.Tensor'),
  /** Complex conjugate; a view. */
  conj: method('conj'),
  /** Complex conjugate; a copy. */
  conjPhysical: method('conj_physical'),
  /** A tensor that {@link conj} has only marked, calculated. */
  resolveConj: method('resolve_conj'),
  /** A tensor that is only marked as negative, calculated. */
  resolveNeg: method('resolve_neg'),
  /** Angle of complex numbers in radians; of real ones 0, or π below 0. */
  angle: method('angle'),
};

export type Pointwise = typeof pointwise;
declare module '../native/tensor.js' {
  interface Tensor extends Pointwise {}
}
extendTensor(pointwise);
