import { method } from './method.js';
import { extendTensor, type Operand, type Tensor } from './tensor.js';

type Compare = (this: Tensor, other: Operand) => Tensor;

/** Closeness: `|a − b| ≤ atol + rtol · |b|`. */
export interface Tolerance {
  /** Default 1e-5. */
  rtol?: number;
  /** Default 1e-8. */
  atol?: number;
  /** Whether NaN equals NaN. Default false. */
  equalNan?: boolean;
}

type Close<Result> = {
  (this: Tensor, other: Tensor, options?: Tolerance): Result;
  (this: Tensor, other: Tensor, rtol: number, atol?: number, equalNan?: boolean): Result;
};

/** Comparisons, element by element unless said otherwise; results are bool tensors. */
export const comparison = {
  /** `this = other` */
  eq: method<Compare>('eq.Tensor'),
  /** `this ≠ other` */
  ne: method<Compare>('ne.Tensor'),
  /** `this < other` */
  lt: method<Compare>('lt.Tensor'),
  /** `this ≤ other` */
  le: method<Compare>('le.Tensor'),
  /** `this > other` */
  gt: method<Compare>('gt.Tensor'),
  /** `this ≥ other` */
  ge: method<Compare>('ge.Tensor'),
  /** As {@link ne}. */
  notEqual: method<Compare>('not_equal.Tensor'),
  /** As {@link lt}. */
  less: method<Compare>('less.Tensor'),
  /** As {@link le}. */
  lessEqual: method<Compare>('less_equal.Tensor'),
  /** As {@link gt}. */
  greater: method<Compare>('greater.Tensor'),
  /** As {@link ge}. */
  greaterEqual: method<Compare>('greater_equal.Tensor'),
  /** Whether shapes and all elements are the same. */
  equal: method<(this: Tensor, other: Tensor) => boolean>('equal'),
  /** Whether all elements are close to those of `other`. */
  allclose: method<Close<boolean>>('allclose'),
  /** Which elements are close to those of `other`. */
  isclose: method<Close<Tensor>>('isclose'),
  /** Which elements are 0. */
  logicalNot: method('logical_not'),
  /** Where both are other than 0. */
  logicalAnd: method<Compare>('logical_and'),
  /** Where one or both are other than 0. */
  logicalOr: method<Compare>('logical_or'),
  /** Where exactly one is other than 0. */
  logicalXor: method<Compare>('logical_xor'),
  /** Which elements are NaN. */
  isnan: method('isnan'),
  /** Which elements are infinite, of either sign. */
  isinf: method('isinf'),
  /** Which elements are neither infinite nor NaN. */
  isfinite: method('isfinite'),
  /** Which elements are −∞. */
  isneginf: method('isneginf'),
  /** Which elements are ∞. */
  isposinf: method('isposinf'),
  /** Which elements have no imaginary part. */
  isreal: method('isreal'),
};

export type Comparison = typeof comparison;
declare module '../native/tensor.js' {
  interface Tensor extends Comparison {}
}
extendTensor(comparison);
