import { atMost } from '../argument/atMost.js';
import { bind } from '../native/ops.js';
import { arithmetic } from './arithmetic.js';
import { type Comparison, comparison, type Tolerance } from './comparison.js';
import { bindFunction, functionOf, functionsOf } from './method.js';
import { pointwise } from './pointwise.js';
import {
  type AlongOptions,
  type Dims,
  type Reduction,
  type ReductionOptions,
  reduction,
  type WithDType,
} from './reduction.js';
import { shaping } from './shaping.js';
import { type Operand, Tensor } from './tensor.js';

interface AsFunction<Options, D> {
  (input: Tensor, options?: Options): Tensor;
  (input: Tensor, dim: D, keepdim?: boolean): Tensor;
}

interface Joined {
  (tensors: readonly Tensor[], dim?: number): Tensor;
  (tensors: readonly Tensor[], options: { dim?: number }): Tensor;
}

/** Tensors joined along an existing dimension. Default: the first. */
export const cat = bindFunction<Joined>('cat');
/** Tensors of one shape joined along a new dimension. Default: the first. */
export const stack = bindFunction<Joined>('stack');
export { where } from './where.js';

/** Functions that are also methods, for those who write `torch.matmul(a, b)`. */
export const { matmul, mm, bmm, add, sub, mul, div } = functionsOf(
  arithmetic,
  ...(['matmul', 'mm', 'bmm', 'add', 'sub', 'mul', 'div'] as const),
);
export const { maximum, minimum } = functionsOf(arithmetic, 'maximum', 'minimum');
export const { abs, exp, log, sqrt, sin, cos, tanh, sigmoid, relu, softmax, logSoftmax } =
  functionsOf(
    pointwise,
    ...(['abs', 'exp', 'log', 'sqrt', 'sin', 'cos', 'tanh', 'sigmoid', 'relu'] as const),
    ...(['softmax', 'logSoftmax'] as const),
  );
export const { eq, equal } = functionsOf(comparison, 'eq', 'equal');
export const { flatten } = functionsOf(shaping, 'flatten');
export const sum = functionOf<Reduction['sum'], AsFunction<ReductionOptions & WithDType, Dims>>(
  reduction.sum,
);
export const mean = functionOf<Reduction['mean'], AsFunction<ReductionOptions & WithDType, Dims>>(
  reduction.mean,
);
export const argmax = functionOf<Reduction['argmax'], AsFunction<AlongOptions, number>>(
  reduction.argmax,
);
export const allclose = functionOf<
  Comparison['allclose'],
  {
    (input: Tensor, other: Tensor, options?: Tolerance): boolean;
    (input: Tensor, other: Tensor, rtol: number, atol?: number, equalNan?: boolean): boolean;
  }
>(comparison.allclose);

const powers = bind<(base: number | bigint, exponent: Tensor) => Tensor>('pow.Scalar');

/** `a` to the power of `b`, one of which is a tensor. Shapes broadcast. */
export function pow(a: Operand, b: Operand): Tensor {
  atMost('pow', 2, arguments.length);
  return a instanceof Tensor ? a.pow(b) : powers(a as number, b as Tensor);
}
