import type { Generator } from '../../context/random.js';
import type { Tensor } from '../../tensor/index.js';
import { bindFunction } from '../../tensor/method.js';

type Dims = number | readonly number[] | null;

interface Spread {
  (
    input: Tensor,
    options?: { dim?: Dims; unbiased?: boolean; correction?: number | null; keepdim?: boolean },
  ): [Tensor, Tensor];
  (
    input: Tensor,
    dim: Dims,
    options?: { unbiased?: boolean; correction?: number | null; keepdim?: boolean },
  ): [Tensor, Tensor];
  (input: Tensor, dim: Dims, unbiased: boolean, keepdim?: boolean): [Tensor, Tensor];
  (input: Tensor, unbiased: boolean): [Tensor, Tensor];
}

/** `[standard deviation, mean]`. @param options.correction - Subtracted from the count. Default 1. */
export const stdMean = bindFunction<Spread>('std_mean', 'std_mean.correction', 'std_mean.dim');
/** `[variance, mean]`. @param options.correction - Subtracted from the count. Default 1. */
export const varMean = bindFunction<Spread>('var_mean', 'var_mean.correction', 'var_mean.dim');

interface HistogramOptions {
  /** The least and the largest number of each dimension, one after another. Default: those that there are. */
  range?: readonly number[] | null;
  weight?: Tensor | null;
  /** Whether counts are divided so that they integrate to 1. Default false. */
  density?: boolean;
}

/** `[counts, edges]` of points `(…, D)` in D dimensions. @param bins - How many, of each dimension, or their edges. */
export const histogramdd = bindFunction<
  (
    input: Tensor,
    bins: number | readonly number[] | readonly Tensor[],
    options?: HistogramOptions,
  ) => [Tensor, Tensor[]]
>('histogramdd', 'histogramdd.int_bins', 'histogramdd.TensorList_bins');

/** Norm of each slice along `dim`. @param pow - Default 2. @param dim - Default 0; −1: of all. */
export const normExceptDim = bindFunction<{
  (v: Tensor, options?: { pow?: number; dim?: number }): Tensor;
  (v: Tensor, pow: number, dim?: number): Tensor;
}>('norm_except_dim');

/** Sum, mean, largest or smallest of segments along `axis`, whose lengths or offsets are given. */
export const segmentReduce =
  bindFunction<
    (
      data: Tensor,
      reduce: 'sum' | 'mean' | 'max' | 'min' | 'prod',
      options: {
        lengths?: Tensor | null;
        indices?: Tensor | null;
        offsets?: Tensor | null;
        axis?: number;
        /** Whether lengths are not checked. Default false. */
        unsafe?: boolean;
        /** What each begins with. */
        initial?: number | null;
      },
    ) => Tensor
  >('segment_reduce');

interface Drawn {
  generator?: Generator | null;
}

/** Counts of Poisson distributions whose rates are the elements. */
export const poisson = bindFunction<{
  (input: Tensor, options?: Drawn): Tensor;
  (input: Tensor, generator: Generator | null): Tensor;
}>('poisson');

/** Successes among `count` trials of probability `prob` each. */
export const binomial = bindFunction<{
  (count: Tensor, prob: Tensor, options?: Drawn): Tensor;
  (count: Tensor, prob: Tensor, generator: Generator | null): Tensor;
}>('binomial');

/** `other − alpha input`. */
export const rsub = bindFunction<{
  (input: Tensor, other: Tensor | number, options?: { alpha?: number }): Tensor;
  (input: Tensor, other: number, alpha: number): Tensor;
}>('rsub.Tensor', 'rsub.Scalar');

/** One value everywhere, in a new tensor. */
export const fill = bindFunction<(input: Tensor, value: number | Tensor) => Tensor>(
  'fill.Scalar',
  'fill.Tensor',
);
