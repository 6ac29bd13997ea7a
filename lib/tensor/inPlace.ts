import { bind } from '../ops.js';
import type { Generator } from '../random.js';
import { requireScalar } from './nested.js';
import { extendTensor, type Operand, type Tensor } from './tensor.js';

type Unary = (a: Tensor) => Tensor;
type Binary = (a: Tensor, b: Operand) => Tensor;
type Scaled = (a: Tensor, b: Operand, keywords?: { alpha?: number }) => Tensor;
type Random = (a: Tensor, x: number, y: number, generator?: Generator) => Tensor;

const add = bind<Scaled>('add_.Tensor');
const sub = bind<Scaled>('sub_.Tensor');
const mul = bind<Binary>('mul_.Tensor');
const div = bind<Binary>('div_.Tensor');
const pow = bind<(a: Tensor, b: number) => Tensor>('pow_.Scalar');
const neg = bind<Unary>('neg_');
const abs = bind<Unary>('abs_');
const exp = bind<Unary>('exp_');
const log = bind<Unary>('log_');
const sqrt = bind<Unary>('sqrt_');
const sigmoid = bind<Unary>('sigmoid_');
const tanh = bind<Unary>('tanh_');
const relu = bind<Unary>('relu_');
const zero = bind<Unary>('zero_');
const fill = bind<(a: Tensor, value: number | bigint | boolean) => Tensor>('fill_.Scalar');
const copy = bind<(a: Tensor, source: Tensor) => Tensor>('copy_');
const clamp = bind<(a: Tensor, min?: number, max?: number) => Tensor>('clamp_');
const addcmul =
  bind<(a: Tensor, b: Tensor, c: Tensor, keywords: { value: number }) => Tensor>('addcmul_');
const addcdiv =
  bind<(a: Tensor, b: Tensor, c: Tensor, keywords: { value: number }) => Tensor>('addcdiv_');
const lerp = bind<(a: Tensor, end: Tensor, weight: number) => Tensor>('lerp_.Scalar');
const uniform = bind<Random>('uniform_');
const normal = bind<Random>('normal_');
const bernoulli = bind<(a: Tensor, p: number, generator?: Generator) => Tensor>('bernoulli_.float');
const random =
  bind<(a: Tensor, keywords?: { generator?: Generator | undefined }) => Tensor>('random_');
const requiresGrad = (tensor: Tensor, value: boolean): void => {
  tensor.requiresGrad = value;
};

/** Where random numbers come from. Default: the default generator. */
export interface RandomOptions {
  generator?: Generator;
}

/** Operators that change the tensor itself and return it. */
const inPlace = {
  add_(this: Tensor, other: Operand, options?: { alpha?: number }): Tensor {
    return options === undefined ? add(this, other) : add(this, other, options);
  },
  sub_(this: Tensor, other: Operand, options?: { alpha?: number }): Tensor {
    return options === undefined ? sub(this, other) : sub(this, other, options);
  },
  mul_(this: Tensor, other: Operand): Tensor {
    return mul(this, other);
  },
  div_(this: Tensor, other: Operand): Tensor {
    return div(this, other);
  },
  pow_(this: Tensor, exponent: number): Tensor {
    return pow(this, exponent);
  },
  neg_(this: Tensor): Tensor {
    return neg(this);
  },
  abs_(this: Tensor): Tensor {
    return abs(this);
  },
  exp_(this: Tensor): Tensor {
    return exp(this);
  },
  log_(this: Tensor): Tensor {
    return log(this);
  },
  sqrt_(this: Tensor): Tensor {
    return sqrt(this);
  },
  sigmoid_(this: Tensor): Tensor {
    return sigmoid(this);
  },
  tanh_(this: Tensor): Tensor {
    return tanh(this);
  },
  relu_(this: Tensor): Tensor {
    return relu(this);
  },
  zero_(this: Tensor): Tensor {
    return zero(this);
  },
  fill_(this: Tensor, value: number | bigint | boolean): Tensor {
    requireScalar('fill_', value, this);
    return fill(this, value);
  },
  /** Copies the elements of `source`, broadcast and converted to this tensor's dtype and device. */
  copy_(this: Tensor, source: Tensor): Tensor {
    return copy(this, source);
  },
  clamp_(this: Tensor, options: { min?: number; max?: number }): Tensor {
    return clamp(this, options.min, options.max);
  },
  /** `this += value · a · b` */
  addcmul_(this: Tensor, a: Tensor, b: Tensor, options: { value?: number } = {}): Tensor {
    return addcmul(this, a, b, { value: options.value ?? 1 });
  },
  /** `this += value · a / b` */
  addcdiv_(this: Tensor, a: Tensor, b: Tensor, options: { value?: number } = {}): Tensor {
    return addcdiv(this, a, b, { value: options.value ?? 1 });
  },
  /** `this += weight · (end − this)` */
  lerp_(this: Tensor, end: Tensor, weight: number): Tensor {
    return lerp(this, end, weight);
  },
  /** Fills with numbers drawn evenly from `[from, to)`. */
  uniform_(this: Tensor, from = 0, to = 1, options: RandomOptions = {}): Tensor {
    return uniform(this, from, to, options.generator);
  },
  /** Fills with numbers of the normal distribution. */
  normal_(this: Tensor, mean = 0, std = 1, options: RandomOptions = {}): Tensor {
    return normal(this, mean, std, options.generator);
  },
  /** Fills with ones of probability `p`, zeros elsewhere. */
  bernoulli_(this: Tensor, p = 0.5, options: RandomOptions = {}): Tensor {
    return bernoulli(this, p, options.generator);
  },
  /** Fills with integers drawn evenly from all that the dtype holds exactly. */
  random_(this: Tensor, options: RandomOptions = {}): Tensor {
    return random(this, { generator: options.generator });
  },
  /** Says whether operations on this tensor are recorded for `backward`. */
  requiresGrad_(this: Tensor, value = true): Tensor {
    requiresGrad(this, value);
    return this;
  },
};

export type InPlace = typeof inPlace;
extendTensor(inPlace);
