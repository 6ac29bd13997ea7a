import { atMost } from '../argument/atMost.js';
import type { Generator } from '../context/random.js';
import { method } from './method.js';
import { requireScalar } from './nested.js';
import type { Clamp } from './pointwise.js';
import { extendTensor, type Operand, Tensor } from './tensor.js';

type Binary = (this: Tensor, other: Operand) => Tensor;
type Scaled = (this: Tensor, other: Operand, options?: { alpha?: number }) => Tensor;
type Weighted = (
  this: Tensor,
  tensor1: Tensor,
  tensor2: Tensor,
  options?: { value?: number },
) => Tensor;

/** Where random numbers come from. Default: the default generator. */
export interface RandomOptions {
  generator?: Generator | undefined;
}

type Between = (this: Tensor, from?: number, to?: number, options?: RandomOptions) => Tensor;
type Spread = (this: Tensor, mean?: number, std?: number, options?: RandomOptions) => Tensor;

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
  /** `this += alpha · other` */
  add_: method<Scaled>('add_.Tensor'),
  /** `this −= alpha · other` */
  sub_: method<Scaled>('sub_.Tensor'),
  /** `this *= other` */
  mul_: method<Binary>('mul_.Tensor'),
  /** `this /= other`. @param options.roundingMode - `'floor'`, `'trunc'`, or none for true division. */
  div_: method<
    (this: Tensor, other: Operand, options?: { roundingMode?: 'floor' | 'trunc' | null }) => Tensor
  >('div_.Tensor', 'div_.Tensor_mode'),
  /** Each element to the power of `exponent`. */
  pow_: method<(this: Tensor, exponent: Operand) => Tensor>('pow_.Scalar', 'pow_.Tensor'),
  /** As `neg`. */
  neg_: method('neg_'),
  /** As `abs`. */
  abs_: method('abs_'),
  /** As `exp`. */
  exp_: method('exp_'),
  /** As `log`. */
  log_: method('log_'),
  /** As `sqrt`. */
  sqrt_: method('sqrt_'),
  /** As `sigmoid`. */
  sigmoid_: method('sigmoid_'),
  /** As `tanh`. */
  tanh_: method('tanh_'),
  /** As `relu`. */
  relu_: method('relu_'),
  /** Fills with 0. */
  zero_: method('zero_'),
  /** Fills with one value. */
  fill_(this: Tensor, value: Fill, ...rest: never[]): Tensor {
    if (!(value instanceof Tensor)) requireScalar('fill_', value, this);
    return fill.call(this, value, ...rest);
  },
  /** Copies the elements of `src`, broadcast and converted to this tensor's dtype and device. */
  copy_: method<(this: Tensor, src: Tensor, nonBlocking?: boolean) => Tensor>('copy_'),
  /** As `clamp`. */
  clamp_: method<Clamp>('clamp_', 'clamp_.Tensor'),
  /** `this += value · tensor1 · tensor2` */
  addcmul_: method<Weighted>('addcmul_'),
  /** `this += value · tensor1 / tensor2` */
  addcdiv_: method<Weighted>('addcdiv_'),
  /** `this += weight · (end − this)` */
  lerp_: method<(this: Tensor, end: Tensor, weight: number | Tensor) => Tensor>(
    'lerp_.Scalar',
    'lerp_.Tensor',
  ),
  /** Fills with numbers drawn evenly from `[from, to)`. Default: `[0, 1)`. */
  uniform_: method<Between>('uniform_'),
  /** Fills with numbers of the normal distribution. Default: mean 0, deviation 1. */
  normal_: method<Spread>('normal_'),
  /** Fills with ones of probability `p`, zeros elsewhere. Default ½. */
  bernoulli_: method<(this: Tensor, p?: number | Tensor, options?: RandomOptions) => Tensor>(
    'bernoulli_.float',
    'bernoulli_.Tensor',
  ),
  /** Fills with integers drawn evenly from all that the dtype holds exactly. */
  random_: method<(this: Tensor, options?: RandomOptions) => Tensor>('random_'),
  /** Says whether operations on this tensor are recorded for `backward`. */
  requiresGrad_(this: Tensor, value = true): Tensor {
    atMost('requiresGrad_', 1, arguments.length);
    requiresGrad(this, value);
    return this;
  },
};

export type InPlace = typeof inPlace;
declare module '../native/tensor.js' {
  interface Tensor extends InPlace {}
}
extendTensor(inPlace);
