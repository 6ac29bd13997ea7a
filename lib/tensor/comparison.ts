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

/** Comparisons, element by element unless said otherwise; shapes broadcast, results are bool tensors. */
export const comparison = {
  /**
   * `this = other`
   *
   * @example
   * torch.tensor([1, 2]).eq(2); // → tensor([False, True])
   */
  eq: method<Compare>('eq.Tensor'),
  /**
   * `this ≠ other`
   *
   * @example
   * torch.tensor([1, 2]).ne(2); // → tensor([ True, False])
   */
  ne: method<Compare>('ne.Tensor'),
  /**
   * `this < other`
   *
   * @example
   * torch.tensor([1, 2]).lt(2); // → tensor([ True, False])
   */
  lt: method<Compare>('lt.Tensor'),
  /**
   * `this ≤ other`
   *
   * @example
   * torch.tensor([1, 2]).le(2); // → tensor([True, True])
   */
  le: method<Compare>('le.Tensor'),
  /**
   * `this > other`
   *
   * @example
   * torch.tensor([1, 2]).gt(1); // → tensor([False, True])
   */
  gt: method<Compare>('gt.Tensor'),
  /**
   * `this ≥ other`
   *
   * @example
   * torch.tensor([1, 2]).ge(2); // → tensor([False, True])
   */
  ge: method<Compare>('ge.Tensor'),
  /**
   * As {@link ne}.
   *
   * @example
   * torch.tensor([1, 2]).notEqual(torch.tensor([1, 3])); // → tensor([False, True])
   */
  notEqual: method<Compare>('not_equal.Tensor'),
  /**
   * As {@link lt}.
   *
   * @example
   * torch.tensor([1, 2]).less(torch.tensor([2, 2])); // → tensor([ True, False])
   */
  less: method<Compare>('less.Tensor'),
  /**
   * As {@link le}.
   *
   * @example
   * torch.tensor([1, 2]).lessEqual(1); // → tensor([ True, False])
   */
  lessEqual: method<Compare>('less_equal.Tensor'),
  /**
   * As {@link gt}.
   *
   * @example
   * torch.tensor([1, 2]).greater(torch.tensor([0, 2])); // → tensor([ True, False])
   */
  greater: method<Compare>('greater.Tensor'),
  /**
   * As {@link ge}.
   *
   * @example
   * torch.tensor([1, 2]).greaterEqual(2); // → tensor([False, True])
   */
  greaterEqual: method<Compare>('greater_equal.Tensor'),
  /**
   * Whether shapes and all elements are the same.
   *
   * @example
   * torch.ones(2).equal(torch.ones(2)); // → true
   */
  equal: method<(this: Tensor, other: Tensor) => boolean>('equal'),
  /**
   * Whether all elements are close to those of `other`.
   *
   * @example
   * torch.ones(2).allclose(torch.ones(2).add(1e-7)); // → true
   */
  allclose: method<Close<boolean>>('allclose'),
  /**
   * Which elements are close to those of `other`.
   *
   * @example
   * torch.tensor([1, 2]).isclose(torch.tensor([1, 2.1])); // → tensor([ True, False])
   */
  isclose: method<Close<Tensor>>('isclose'),
  /**
   * Which elements are 0.
   *
   * @example
   * torch.tensor([true, false]).logicalNot(); // → tensor([False, True])
   */
  logicalNot: method('logical_not'),
  /**
   * Where both are other than 0.
   *
   * @example
   * torch.tensor([true, true]).logicalAnd(torch.tensor([true, false])); // → tensor([ True, False])
   */
  logicalAnd: method<Compare>('logical_and'),
  /**
   * Where one or both are other than 0.
   *
   * @example
   * torch.tensor([false, true]).logicalOr(torch.tensor([false, false])); // → tensor([False, True])
   */
  logicalOr: method<Compare>('logical_or'),
  /**
   * Where exactly one is other than 0.
   *
   * @example
   * torch.tensor([0, 1, 2]).logicalXor(torch.tensor([1, 1, 0])); // → tensor([ True, False, True])
   */
  logicalXor: method<Compare>('logical_xor'),
  /**
   * Which elements are NaN.
   *
   * @example
   * torch.tensor([1, NaN]).isnan(); // → tensor([False, True])
   */
  isnan: method('isnan'),
  /**
   * Which elements are infinite, of either sign.
   *
   * @example
   * torch.tensor([1, Infinity]).isinf(); // → tensor([False, True])
   */
  isinf: method('isinf'),
  /**
   * Which elements are neither infinite nor NaN.
   *
   * @example
   * torch.tensor([1, Infinity]).isfinite(); // → tensor([ True, False])
   */
  isfinite: method('isfinite'),
  /**
   * Which elements are −∞.
   *
   * @example
   * torch.tensor([-Infinity, 1, Infinity]).isneginf(); // → tensor([ True, False, False])
   */
  isneginf: method('isneginf'),
  /**
   * Which elements are ∞.
   *
   * @example
   * torch.tensor([-Infinity, 1, Infinity]).isposinf(); // → tensor([False, False, True])
   */
  isposinf: method('isposinf'),
  /**
   * Which elements have no imaginary part.
   *
   * @example
   * torch.complex(torch.tensor([1, 2]), torch.tensor([0, 3])).isreal(); // → tensor([ True, False])
   */
  isreal: method('isreal'),
};

export type Comparison = typeof comparison;
declare module '../native/tensor.js' {
  interface Tensor extends Comparison {}
}
extendTensor(comparison);
