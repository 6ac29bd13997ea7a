import type { Generator } from '../context/random.js';
import { method } from './method.js';
import { requireScalar } from './nested.js';
import type { Clamp } from './pointwise.js';
import { extendTensor, type Operand, Tensor } from './tensor.js';

type Binary = (this: Tensor, other: Operand) => Tensor;
type Scaled = (this: Tensor, other: Operand, options?: { alpha?: number }) => Tensor;
type Weighted = (this: Tensor, a: Tensor, b: Tensor, options?: { value?: number }) => Tensor;

/** Where random numbers come from. Default: the default generator. */
export interface RandomOptions {
  generator?: Generator | undefined;
}

type Between = (this: Tensor, a?: number, b?: number, options?: RandomOptions) => Tensor;

type Fill = number | bigint | boolean | Tensor;

const fill = method<(this: Tensor, value: Fill, ...rest: never[]) => Tensor>(
  'fill_.Scalar',
  'fill_.Tensor',
);

const requiresGrad = (tensor: Tensor, value: boolean): void => {
  tensor.requiresGrad = value;
};

/** Operators that change the tensor itself and return it. */
const inPlace = {
  add_: method<Scaled>('add_.Tensor'),
  sub_: method<Scaled>('sub_.Tensor'),
  mul_: method<Binary>('mul_.Tensor'),
  div_: method<
    (this: Tensor, other: Operand, options?: { roundingMode?: 'floor' | 'trunc' | null }) => Tensor
  >('div_.Tensor', 'div_.Tensor_mode'),
  pow_: method<(this: Tensor, exponent: Operand) => Tensor>('pow_.Scalar', 'pow_.Tensor'),
  neg_: method('neg_'),
  abs_: method('abs_'),
  exp_: method('exp_'),
  log_: method('log_'),
  sqrt_: method('sqrt_'),
  sigmoid_: method('sigmoid_'),
  tanh_: method('tanh_'),
  relu_: method('relu_'),
  zero_: method('zero_'),
  fill_(this: Tensor, value: Fill, ...rest: never[]): Tensor {
    if (!(value instanceof Tensor)) requireScalar('fill_', value, this);
    return fill.call(this, value, ...rest);
  },
  /** Copies the elements of `source`, broadcast and converted to this tensor's dtype and device. */
  copy_: method<(this: Tensor, source: Tensor) => Tensor>('copy_'),
  clamp_: method<Clamp>('clamp_', 'clamp_.Tensor'),
  /** `this += value · a · b` */
  addcmul_: method<Weighted>('addcmul_'),
  /** `this += value · a / b` */
  addcdiv_: method<Weighted>('addcdiv_'),
  /** `this += weight · (end − this)` */
  lerp_: method<(this: Tensor, end: Tensor, weight: number | Tensor) => Tensor>(
    'lerp_.Scalar',
    'lerp_.Tensor',
  ),
  /** Fills with numbers drawn evenly from `[from, to)`. Default: `[0, 1)`. */
  uniform_: method<Between>('uniform_'),
  /** Fills with numbers of the normal distribution. Default: mean 0, deviation 1. */
  normal_: method<Between>('normal_'),
  /** Fills with ones of probability `p`, zeros elsewhere. Default ½. */
  bernoulli_: method<(this: Tensor, p?: number | Tensor, options?: RandomOptions) => Tensor>(
    'bernoulli_.float',
    'bernoulli_.Tensor',
  ),
  /** Fills with integers drawn evenly from all that the dtype holds exactly. */
  random_: method<(this: Tensor, options?: RandomOptions) => Tensor>('random_'),
  /** Says whether operations on this tensor are recorded for `backward`. */
  requiresGrad_(this: Tensor, value = true): Tensor {
    requiresGrad(this, value);
    return this;
  },
};

export type InPlace = typeof inPlace;
declare module '../native/tensor.js' {
  interface Tensor extends InPlace {}
}
extendTensor(inPlace);
