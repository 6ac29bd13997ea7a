import type { DType } from '../native/dtype.js';
import { method } from './method.js';
import { extendTensor, type Tensor } from './tensor.js';

type AlongDim = (this: Tensor, dim: number, options?: { dtype?: DType }) => Tensor;
/** Bounds of each element, by name or in order; one of them may be left out. */
export interface Clamp {
  (this: Tensor, options: { min?: Bound; max?: Bound }): Tensor;
  (this: Tensor, min: Bound | null, max?: Bound | null): Tensor;
}
type Bound = number | Tensor;

/** Functions of one operand, element by element; results have its shape. */
export const pointwise = {
  /** Absolute value. */
  abs: method('abs'),
  /** `−x` */
  neg: method('neg'),
  /** −1, 0 or 1. */
  sign: method('sign'),
  /** `e^x` */
  exp: method('exp'),
  /** Natural logarithm. */
  log: method('log'),
  /** Logarithm to base 2. */
  log2: method('log2'),
  /** Logarithm to base 10. */
  log10: method('log10'),
  /** `log(1 + x)`, exact for small x. */
  log1p: method('log1p'),
  /** `exp(x) − 1`, exact for small x. */
  expm1: method('expm1'),
  /** Square root; NaN below 0. */
  sqrt: method('sqrt'),
  /** `1 / √x` */
  rsqrt: method('rsqrt'),
  /** `x²` */
  square: method('square'),
  /** `1 / x` */
  reciprocal: method('reciprocal'),
  /** Sine; radians. */
  sin: method('sin'),
  /** Cosine; radians. */
  cos: method('cos'),
  /** Tangent; radians. */
  tan: method('tan'),
  /** Hyperbolic tangent. */
  tanh: method('tanh'),
  /** `1 / (1 + e^−x)` */
  sigmoid: method('sigmoid'),
  /** `max(0, x)` */
  relu: method('relu'),
  /** Error function, `2/√π · ∫₀ˣ e^(−t²) dt`. */
  erf: method('erf'),
  /** The largest integer that is not above. */
  floor: method('floor'),
  /** The smallest integer that is not below. */
  ceil: method('ceil'),
  /** To the nearest integer, halves to even. @param options.decimals - Default 0. */
  round: method<(this: Tensor, options?: { decimals?: number }) => Tensor>(
    'round',
    'round.decimals',
  ),
  /** Towards zero. */
  trunc: method('trunc'),
  /** `x − trunc(x)` */
  frac: method('frac'),
  /** Exponentials that sum to 1 along `dim`. */
  softmax: method<AlongDim>('softmax.int'),
  /** Logarithm of {@link softmax} along `dim`, without overflow. */
  logSoftmax: method<AlongDim>('log_softmax.int'),
  /** Limits elements to `[min, max]`; a missing bound does not limit. */
  clamp: method<Clamp>('clamp', 'clamp.Tensor'),
};

export type Pointwise = typeof pointwise;
declare module '../native/tensor.js' {
  interface Tensor extends Pointwise {}
}
extendTensor(pointwise);
