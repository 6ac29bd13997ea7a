import { bind } from '../ops.js';
import { extendTensor, type Tensor } from './tensor.js';

type Unary = (a: Tensor) => Tensor;

const abs = bind<Unary>('abs');
const neg = bind<Unary>('neg');
const sign = bind<Unary>('sign');
const exp = bind<Unary>('exp');
const log = bind<Unary>('log');
const log2 = bind<Unary>('log2');
const log10 = bind<Unary>('log10');
const log1p = bind<Unary>('log1p');
const expm1 = bind<Unary>('expm1');
const sqrt = bind<Unary>('sqrt');
const rsqrt = bind<Unary>('rsqrt');
const square = bind<Unary>('square');
const reciprocal = bind<Unary>('reciprocal');
const sin = bind<Unary>('sin');
const cos = bind<Unary>('cos');
const tan = bind<Unary>('tan');
const tanh = bind<Unary>('tanh');
const sigmoid = bind<Unary>('sigmoid');
const relu = bind<Unary>('relu');
const erf = bind<Unary>('erf');
const floor = bind<Unary>('floor');
const ceil = bind<Unary>('ceil');
const round = bind<Unary>('round');
const trunc = bind<Unary>('trunc');
const frac = bind<Unary>('frac');
const softmax = bind<(a: Tensor, dim: number) => Tensor>('softmax.int');
const logSoftmax = bind<(a: Tensor, dim: number) => Tensor>('log_softmax.int');
const clamp = bind<(a: Tensor, min?: number, max?: number) => Tensor>('clamp');

/** Functions of one operand, element by element; results have its shape. */
const pointwise = {
  abs(this: Tensor): Tensor {
    return abs(this);
  },
  neg(this: Tensor): Tensor {
    return neg(this);
  },
  /** −1, 0 or 1. */
  sign(this: Tensor): Tensor {
    return sign(this);
  },
  exp(this: Tensor): Tensor {
    return exp(this);
  },
  /** Natural logarithm. */
  log(this: Tensor): Tensor {
    return log(this);
  },
  log2(this: Tensor): Tensor {
    return log2(this);
  },
  log10(this: Tensor): Tensor {
    return log10(this);
  },
  /** `log(1 + x)`, exact for small x. */
  log1p(this: Tensor): Tensor {
    return log1p(this);
  },
  /** `exp(x) − 1`, exact for small x. */
  expm1(this: Tensor): Tensor {
    return expm1(this);
  },
  sqrt(this: Tensor): Tensor {
    return sqrt(this);
  },
  /** `1 / √x` */
  rsqrt(this: Tensor): Tensor {
    return rsqrt(this);
  },
  square(this: Tensor): Tensor {
    return square(this);
  },
  /** `1 / x` */
  reciprocal(this: Tensor): Tensor {
    return reciprocal(this);
  },
  sin(this: Tensor): Tensor {
    return sin(this);
  },
  cos(this: Tensor): Tensor {
    return cos(this);
  },
  tan(this: Tensor): Tensor {
    return tan(this);
  },
  tanh(this: Tensor): Tensor {
    return tanh(this);
  },
  /** `1 / (1 + e^−x)` */
  sigmoid(this: Tensor): Tensor {
    return sigmoid(this);
  },
  /** `max(0, x)` */
  relu(this: Tensor): Tensor {
    return relu(this);
  },
  erf(this: Tensor): Tensor {
    return erf(this);
  },
  floor(this: Tensor): Tensor {
    return floor(this);
  },
  ceil(this: Tensor): Tensor {
    return ceil(this);
  },
  /** To the nearest integer, halves to even. */
  round(this: Tensor): Tensor {
    return round(this);
  },
  /** Towards zero. */
  trunc(this: Tensor): Tensor {
    return trunc(this);
  },
  /** `x − trunc(x)` */
  frac(this: Tensor): Tensor {
    return frac(this);
  },
  /** Exponentials that sum to 1 along `dim`. */
  softmax(this: Tensor, dim: number): Tensor {
    return softmax(this, dim);
  },
  logSoftmax(this: Tensor, dim: number): Tensor {
    return logSoftmax(this, dim);
  },
  /** Limits elements to `[min, max]`; a missing bound does not limit. */
  clamp(this: Tensor, options: { min?: number; max?: number }): Tensor {
    return clamp(this, options.min, options.max);
  },
};

export type Pointwise = typeof pointwise;
extendTensor(pointwise);
