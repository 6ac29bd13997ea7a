import { method } from './method.js';
import type {
  AlongGiven,
  AlongLastOptions,
  AlongOptions,
  Dims,
  ReductionOptions,
  SortOptions,
  WithDType,
} from './reduction.js';
import { extendTensor, type Tensor } from './tensor.js';

interface Extremes {
  (this: Tensor, options?: ReductionOptions): Tensor;
  (this: Tensor, dim: Dims, keepdim?: boolean): Tensor;
}
interface Sums {
  (this: Tensor, options?: ReductionOptions & WithDType): Tensor;
  (this: Tensor, dim: Dims | null, keepdim?: boolean, options?: WithDType): Tensor;
}
interface Middle {
  (this: Tensor): Tensor;
  (this: Tensor, options: AlongGiven): [Tensor, Tensor];
  (this: Tensor, dim: number, keepdim?: boolean): [Tensor, Tensor];
}
interface Kth {
  (this: Tensor, k: number, options?: AlongLastOptions): [Tensor, Tensor];
  (this: Tensor, k: number, dim: number, keepdim?: boolean): [Tensor, Tensor];
}
interface Mode {
  (this: Tensor, options?: AlongLastOptions): [Tensor, Tensor];
  (this: Tensor, dim: number, keepdim?: boolean): [Tensor, Tensor];
}
export interface QuantileOptions {
  /** Default null: of all elements. */
  dim?: number | null;
  /** Keeps reduced dimensions with size 1. Default false. */
  keepdim?: boolean;
  /** Between two elements: `'linear'`, `'lower'`, `'higher'`, `'midpoint'` or `'nearest'`. Default `'linear'`. */
  interpolation?: 'linear' | 'lower' | 'higher' | 'midpoint' | 'nearest';
}
type Quantile = (
  this: Tensor,
  q: number | Tensor,
  dim?: number | null,
  keepdim?: boolean,
  options?: QuantileOptions,
) => Tensor;
type Running = (this: Tensor, dim: number) => [Tensor, Tensor];
export interface Counted {
  /** What each element counts, a tensor of its shape. Default: 1. */
  weight?: Tensor;
  /** Whether counts are divided so that they integrate to 1. Default false. */
  density?: boolean;
}
export interface Ranged {
  /** From where to where the bins reach. Default: from the least element to the largest. */
  range?: readonly [number, number];
}
interface Histogram {
  (this: Tensor, bins?: number, options?: Counted & Ranged): [Tensor, Tensor];
  (this: Tensor, bins: Tensor, options?: Counted): [Tensor, Tensor];
}
export interface HashOptions {
  /** Keeps reduced dimensions with size 1. Default false. */
  keepdim?: boolean;
  /** Which hash it is; libtorch has 0 alone, the exclusive or. Default 0. */
  mode?: number;
}
interface ArgSort {
  (this: Tensor, options?: SortOptions): Tensor;
  (this: Tensor, dim: number, descending?: boolean): Tensor;
}
export interface DiffOptions {
  /** How many times over. Default 1. */
  n?: number;
  /** Default −1, the last. */
  dim?: number;
  /** What is put before the elements first. Default: nothing. */
  prepend?: Tensor;
  /** What is put after the elements first. Default: nothing. */
  append?: Tensor;
}
interface Diff {
  (this: Tensor, options?: DiffOptions): Tensor;
  (this: Tensor, n: number, dim?: number, prepend?: Tensor | null, append?: Tensor | null): Tensor;
}

/** What is said of many elements: along dimensions, or of all. */
export const statistics = {
  /**
   * Largest element; gradients are shared by equal ones.
   *
   * @example
   * const x = torch.tensor([[1, 2, 3], [4, 5, 6]]);
   * x.amax(1); // → tensor([3., 6.])
   */
  amax: method<Extremes>('amax'),
  /**
   * Smallest element; gradients are shared by equal ones.
   *
   * @example
   * const x = torch.tensor([[1, 2, 3], [4, 5, 6]]);
   * x.amin(0); // → tensor([1., 2., 3.])
   */
  amin: method<Extremes>('amin'),
  /**
   * `[min, max]`: of all elements, or along `dim`.
   *
   * @example
   * const x = torch.tensor([[1, 5], [3, 2]]);
   * x.aminmax(); // → [ tensor(1.), tensor(5.) ]
   * x.aminmax({ dim: 1 }); // → [ tensor([1., 2.]), tensor([5., 3.]) ]
   */
  aminmax: method<(this: Tensor, options?: AlongOptions) => [Tensor, Tensor]>('aminmax'),
  /**
   * {@link sum} with NaN as 0.
   *
   * @example
   * torch.tensor([1, NaN, 2]).nansum(); // → tensor(3.)
   */
  nansum: method<Sums>('nansum'),
  /**
   * {@link mean} of what is not NaN.
   *
   * @example
   * torch.tensor([1, NaN, 2]).nanmean(); // → tensor(1.5000)
   */
  nanmean: method<Sums>('nanmean'),
  /**
   * The middle element, the lower of two; with `dim`, `[values, indices]` along it.
   *
   * @example
   * torch.tensor([3, 1, 2]).median(); // → tensor(2.)
   */
  median: method<Middle>('median', 'median.dim'),
  /**
   * {@link median} of what is not NaN.
   *
   * @example
   * torch.tensor([3, NaN, 1, 2]).nanmedian(); // → tensor(2.)
   */
  nanmedian: method<Middle>('nanmedian', 'nanmedian.dim'),
  /**
   * `[values, indices]` of the most frequent element along `dim`. Default: the last.
   *
   * @example
   * torch.tensor([2, 7, 2, 5]).mode(); // → [ tensor(2.), tensor(2) ]
   */
  mode: method<Mode>('mode'),
  /**
   * `[values, indices]` of the k-th smallest element along `dim`. Default: the last.
   *
   * @example
   * torch.tensor([30, 10, 20]).kthvalue(2); // → [ tensor(20.), tensor(2) ]
   */
  kthvalue: method<Kth>('kthvalue'),
  /**
   * The elements below which a share `q` lies: of all, or along `dim`.
   *
   * @example
   * torch.tensor([1, 2, 3]).quantile(0.5); // → tensor(2.)
   */
  quantile: method<Quantile>('quantile.scalar', 'quantile'),
  /**
   * {@link quantile} of what is not NaN.
   *
   * @example
   * torch.tensor([1, NaN, 3]).nanquantile(0.5); // → tensor(2.)
   */
  nanquantile: method<Quantile>('nanquantile.scalar', 'nanquantile'),
  /**
   * `[values, indices]` of the largest element so far along `dim`.
   *
   * @example
   * torch.tensor([1, 3, 2, 5]).cummax(0); // → [ tensor([1., 3., 3., 5.]), tensor([0, 1, 1, 3]) ]
   */
  cummax: method<Running>('cummax'),
  /**
   * `[values, indices]` of the smallest element so far along `dim`.
   *
   * @example
   * torch.tensor([5, 3, 4, 1]).cummin(0); // → [ tensor([5., 3., 3., 1.]), tensor([0, 1, 1, 3]) ]
   */
  cummin: method<Running>('cummin'),
  /**
   * Running product along `dim`.
   *
   * @example
   * torch.tensor([1, 2, 3]).cumprod(0); // → tensor([1., 2., 6.])
   */
  cumprod: method<(this: Tensor, dim: number, options?: WithDType) => Tensor>('cumprod'),
  /**
   * Logarithm of the running sum of exponentials along `dim`, without overflow.
   *
   * @example
   * torch.tensor([0, 0, 0]).logcumsumexp(0); // → tensor([0.0000, 0.6931, 1.0986])
   */
  logcumsumexp: method<(this: Tensor, dim: number) => Tensor>('logcumsumexp'),
  /**
   * How many elements are not 0: of all, or along dimensions.
   *
   * @example
   * const x = torch.tensor([[0, 1], [2, 3]]);
   * x.countNonzero(); // → tensor(3)
   * x.countNonzero(0); // → tensor([1, 2])
   */
  countNonzero: method<(this: Tensor, dim?: Dims | null) => Tensor>(
    'count_nonzero',
    'count_nonzero.dim_IntList',
  ),
  /**
   * Differences of neighbours along `dim`, `n` times over. Default: the last, once.
   *
   * @example
   * torch.tensor([1, 4, 9, 16]).diff(); // → tensor([3., 5., 7.])
   * torch.tensor([1, 4, 9, 16]).diff({ n: 2 }); // → tensor([2., 2.])
   */
  diff: method<Diff>('diff'),
  /**
   * p-norm of `this − other`. Default 2.
   *
   * @example
   * torch.tensor([0, 0]).dist(torch.tensor([3, 4])); // → tensor(5.)
   * torch.tensor([0, 0]).dist(torch.tensor([3, 4]), 1); // → tensor(7.)
   */
  dist: method<(this: Tensor, other: Tensor, p?: number) => Tensor>('dist'),
  /**
   * Covariance of variables (rows) over observations (columns).
   *
   * @example
   * torch.tensor([[1, 2, 3], [2, 4, 6]]).cov(); // → tensor([[1., 2.], [2., 4.]])
   */
  cov: method<
    (
      this: Tensor,
      options?: {
        /** Subtracted from the count. Default 1. */
        correction?: number;
        /** How often each observation counts, integers. Default: once. */
        fweights?: Tensor;
        /** How much each observation weighs, numbers ≥ 0. Default: 1. */
        aweights?: Tensor;
      },
    ) => Tensor
  >('cov'),
  /**
   * Correlation of variables (rows) over observations (columns).
   *
   * @example
   * torch.tensor([[1, 2, 3], [3, 2, 1]]).corrcoef(); // → tensor([[ 1., -1.], [-1., 1.]])
   */
  corrcoef: method('corrcoef'),
  /**
   * How many elements lie in each of `bins` equal parts from `min` to `max`. Default: 100, of the elements' range.
   *
   * @example
   * torch.tensor([1, 2, 1]).histc(2, 1, 2); // → tensor([2., 1.])
   */
  histc: method<(this: Tensor, bins?: number, min?: number, max?: number) => Tensor>('histc'),
  /**
   * `[counts, edges]` of as many equal bins, or of those between the given edges.
   *
   * @example
   * torch.tensor([1, 2, 1]).histogram(2, { range: [0, 4] }); // → [ tensor([2., 1.]), tensor([0., 2., 4.]) ]
   */
  histogram: method<Histogram>('histogram.bin_ct', 'histogram.bins_tensor'),
  /**
   * How often each integer 0, 1, … stands there; with weights, their sums.
   *
   * @example
   * torch.tensor([0n, 1n, 1n]).bincount(); // → tensor([1, 2])
   */
  bincount:
    method<(this: Tensor, weights?: Tensor | null, minlength?: number) => Tensor>('bincount'),
  /**
   * Indices that sort along `dim`. Default: the last, ascending.
   *
   * @example
   * torch.tensor([3, 1, 2]).argsort(); // → tensor([1, 2, 0])
   * torch.tensor([3, 1, 2]).argsort({ descending: true }); // → tensor([0, 2, 1])
   */
  argsort: method<ArgSort>('argsort', 'argsort.stable'),
  /**
   * Sorted along the first dimension.
   *
   * @example
   * torch.tensor([[3, 1], [2, 5]]).msort(); // → tensor([[2., 1.], [3., 5.]])
   */
  msort: method('msort'),
  /**
   * Parts along `dim` whose p-norm is above `maxnorm`, scaled down to it.
   *
   * @example
   * torch.tensor([[3, 4], [6, 8]]).renorm(2, 0, 5); // → tensor([[3., 4.], [3., 4.]])
   */
  renorm: method<(this: Tensor, p: number, dim: number, maxnorm: number) => Tensor>('renorm'),
  /**
   * The sum over dimensions that were broadcast from `size`.
   *
   * @example
   * torch.ones(2, 3).sumToSize([1, 3]); // → tensor([[2., 2., 2.]])
   */
  sumToSize: method<(this: Tensor, size: readonly number[]) => Tensor>('sum_to_size'),
  /**
   * A number (uint64) made of the bits of all elements, or along dimensions.
   *
   * @example
   * const x = torch.tensor([1, 2]);
   * x.hashTensor().equal(x.clone().hashTensor()); // → true
   * x.hashTensor().equal(x.add(1).hashTensor()); // → false
   */
  hashTensor: method<(this: Tensor, dim?: Dims, options?: HashOptions) => Tensor>('hash_tensor'),
};

export type Statistics = typeof statistics;
declare module '../native/tensor.js' {
  interface Tensor extends Statistics {}
}
extendTensor(statistics);
