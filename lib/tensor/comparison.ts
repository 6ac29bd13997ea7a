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
  eq: method<Compare>('eq.Tensor'),
  ne: method<Compare>('ne.Tensor'),
  lt: method<Compare>('lt.Tensor'),
  le: method<Compare>('le.Tensor'),
  gt: method<Compare>('gt.Tensor'),
  ge: method<Compare>('ge.Tensor'),
  /** Whether shapes and all elements are the same. */
  equal: method<(this: Tensor, other: Tensor) => boolean>('equal'),
  /** Whether all elements are close to those of `other`. */
  allclose: method<Close<boolean>>('allclose'),
  isclose: method<Close<Tensor>>('isclose'),
  logicalNot: method('logical_not'),
  logicalAnd: method<Compare>('logical_and'),
  logicalOr: method<Compare>('logical_or'),
  logicalXor: method<Compare>('logical_xor'),
  isnan: method('isnan'),
  isinf: method('isinf'),
  isfinite: method('isfinite'),
};

export type Comparison = typeof comparison;
declare module '../native/tensor.js' {
  interface Tensor extends Comparison {}
}
extendTensor(comparison);
