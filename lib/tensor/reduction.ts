import type { DType } from '../native/dtype.js';
import { method } from './method.js';
import { extendTensor, type Tensor } from './tensor.js';

export type Dims = number | readonly number[];

/** What a reduction reduces. */
export interface ReductionOptions {
  /** Dimension, or several; negative counts from the end. Default: all, giving a single element. */
  dim?: Dims | undefined;
  /** Keeps reduced dimensions with size 1. Default false. */
  keepdim?: boolean | undefined;
}

export interface Keeping {
  /** Keeps reduced dimensions with size 1. Default false. */
  keepdim?: boolean | undefined;
}

/** A reduction along one dimension, or over all. */
export interface AlongOptions extends Keeping {
  /** Default: over all elements. */
  dim?: number | undefined;
}

/** A reduction along one dimension. */
export interface AlongLastOptions extends Keeping {
  /** Default −1, the last. */
  dim?: number | undefined;
}

/** A reduction along a dimension that has to be given. */
export interface AlongGiven<D = number> extends Keeping {
  dim: D;
}

export interface WithDType {
  /** What is summed up in, and the result's dtype. Default: the input's, int64 for integers and bools. */
  dtype?: DType | undefined;
}

interface Reduce {
  (this: Tensor, options?: ReductionOptions & WithDType): Tensor;
  (this: Tensor, dim: Dims, keepdim?: boolean, options?: WithDType): Tensor;
}
interface Product {
  (this: Tensor, options?: WithDType): Tensor;
  (this: Tensor, options: AlongGiven & WithDType): Tensor;
  (this: Tensor, dim: number, keepdim?: boolean, options?: WithDType): Tensor;
}
interface Position {
  (this: Tensor, options?: AlongOptions): Tensor;
  (this: Tensor, dim: number, keepdim?: boolean): Tensor;
}
interface Truth {
  (this: Tensor, options?: ReductionOptions): Tensor;
  (this: Tensor, dim: Dims, keepdim?: boolean): Tensor;
}
interface Extreme {
  (this: Tensor): Tensor;
  (this: Tensor, options: AlongGiven): [Tensor, Tensor];
  (this: Tensor, dim: number, keepdim?: boolean): [Tensor, Tensor];
  (this: Tensor, other: Tensor): Tensor;
}
export interface Corrected {
  /** Subtracted from the count. Default 1 (Bessel). */
  correction?: number;
}
export interface SpreadOptions extends ReductionOptions, Corrected {
  /** Whether `correction` is 1, or 0. Default true. */
  unbiased?: boolean;
}
interface Spread {
  (this: Tensor, options?: SpreadOptions): Tensor;
  (this: Tensor, dim: Dims, options?: Keeping & Corrected): Tensor;
  (this: Tensor, dim: Dims, unbiased: boolean, keepdim?: boolean): Tensor;
}
export interface SortOptions {
  /** Default −1, the last. */
  dim?: number;
  /** Whether the largest comes first. Default false. */
  descending?: boolean;
  /** Whether equal elements keep their order. Default false. */
  stable?: boolean;
}
interface Sort {
  (this: Tensor, options?: SortOptions): [Tensor, Tensor];
  (this: Tensor, dim: number, descending?: boolean): [Tensor, Tensor];
}
interface TopK {
  (this: Tensor, k: number, options?: TopKOptions): [Tensor, Tensor];
  (this: Tensor, k: number, dim: number, largest?: boolean, sorted?: boolean): [Tensor, Tensor];
}
export interface TopKOptions {
  /** Default −1, the last. */
  dim?: number;
  /** Whether the largest are wanted, or the smallest. Default true. */
  largest?: boolean;
  /** Whether they come in order. Default true. */
  sorted?: boolean;
}
interface LogSumExp {
  (this: Tensor, options: AlongGiven<Dims>): Tensor;
  (this: Tensor, dim: Dims, keepdim?: boolean): Tensor;
}

/** Reductions: over all elements, or along dimensions, given in order or by name as in Python. */
export const reduction = {
  /**
   * Sum; integers and bools are summed as int64. `x.sum()`, `x.sum(0)`, `x.sum([0, 1], true)`, `x.sum({ dim: 0 })`.
   *
   * @example
   * const x = torch.tensor([[1, 2, 3], [4, 5, 6]]);
   * x.sum(); // → tensor(21.)
   * x.sum(0); // → tensor([5., 7., 9.])
   * x.sum({ dim: 1, keepdim: true }); // → tensor([[ 6.], [15.]])
   */
  sum: method<Reduce>('sum', 'sum.dim_IntList'),
  /**
   * Mean of floating-point elements.
   *
   * @example
   * const x = torch.tensor([[1, 2, 3], [4, 5, 6]]);
   * x.mean(); // → tensor(3.5000)
   * x.mean(1); // → tensor([2., 5.])
   */
  mean: method<Reduce>('mean', 'mean.dim'),
  /**
   * Product of all elements, or along `dim`; integers and bools as int64.
   *
   * @example
   * torch.tensor([1, 2, 3]).prod(); // → tensor(6.)
   */
  prod: method<Product>('prod', 'prod.dim_int'),
  /**
   * Largest element; with `dim`, `[values, indices]` along it; with a tensor, the larger of each pair.
   *
   * @example
   * const x = torch.tensor([[1, 2, 3], [4, 5, 6]]);
   * x.max(); // → tensor(6.)
   * x.max(1); // → [ tensor([3., 6.]), tensor([2, 2]) ]
   */
  max: method<Extreme>('max', 'max.dim', 'max.other'),
  /**
   * Smallest element; with `dim`, `[values, indices]` along it; with a tensor, the smaller of each pair.
   *
   * @example
   * const x = torch.tensor([[1, 2, 3], [4, 5, 6]]);
   * x.min(0); // → [ tensor([1., 2., 3.]), tensor([0, 0, 0]) ]
   */
  min: method<Extreme>('min', 'min.dim', 'min.other'),
  /**
   * Position (int64) of the largest element: among all, or along `dim`.
   *
   * @example
   * const x = torch.tensor([[1, 2, 3], [4, 5, 6]]);
   * x.argmax(); // → tensor(5)
   * x.argmax(1); // → tensor([2, 2])
   */
  argmax: method<Position>('argmax'),
  /**
   * Position (int64) of the smallest element: among all, or along `dim`.
   *
   * @example
   * const x = torch.tensor([[1, 2, 3], [4, 5, 6]]);
   * x.argmin(0); // → tensor([0, 0, 0])
   */
  argmin: method<Position>('argmin'),
  /**
   * Whether one element is other than 0: among all, or along dimensions.
   *
   * @example
   * torch.tensor([false, true]).any(); // → tensor(True)
   */
  any: method<Truth>('any', 'any.dim', 'any.dims'),
  /**
   * Whether no element is 0: among all, or along dimensions.
   *
   * @example
   * torch.tensor([false, true]).all(); // → tensor(False)
   */
  all: method<Truth>('all', 'all.dim', 'all.dims'),
  // With `dim` left out var.dim has wrong gradients: var.correction goes first.
  /**
   * Variance of all elements, or along dimensions.
   *
   * @example
   * torch.tensor([1, 2, 3]).var(); // → tensor(1.)
   * torch.tensor([1, 2, 3]).var({ correction: 0 }); // → tensor(0.6667)
   */
  var: method<Spread>('var', 'var.correction', 'var.dim'),
  /**
   * Standard deviation of all elements, or along dimensions.
   *
   * @example
   * torch.tensor([1, 2, 3]).std(); // → tensor(1.)
   */
  std: method<Spread>('std', 'std.correction', 'std.dim'),
  /**
   * Running sum along `dim`.
   *
   * @example
   * torch.tensor([1, 2, 3]).cumsum(0); // → tensor([1., 3., 6.])
   */
  cumsum: method<(this: Tensor, dim: number, options?: WithDType) => Tensor>('cumsum'),
  /**
   * `[values, indices]`, sorted along `dim`. Default: the last, ascending.
   *
   * @example
   * torch.tensor([3, 1, 2]).sort(); // → [ tensor([1., 2., 3.]), tensor([1, 2, 0]) ]
   */
  sort: method<Sort>('sort', 'sort.stable'),
  /**
   * `[values, indices]` of the k largest elements along `dim`. Default: the last.
   *
   * @example
   * torch.tensor([3, 1, 2]).topk(2); // → [ tensor([3., 2.]), tensor([0, 2]) ]
   */
  topk: method<TopK>('topk'),
  /**
   * `log Σ exp x` along `dim`, without overflow.
   *
   * @example
   * torch.tensor([0, 0]).logsumexp(0); // → tensor(0.6931)
   */
  logsumexp: method<LogSumExp>('logsumexp'),
};

export type Reduction = typeof reduction;
declare module '../native/tensor.js' {
  interface Tensor extends Reduction {}
}
extendTensor(reduction);
