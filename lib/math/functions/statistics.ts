import type { Generator } from '../../context/random.js';
import type { Tensor } from '../../tensor/index.js';
import { bindFunction } from '../../tensor/method.js';

type Dims = number | readonly number[] | null;

interface SpreadOptions {
  /** Whether `correction` is 1, or 0. Default true. */
  unbiased?: boolean;
  /** Subtracted from the count. Default 1. */
  correction?: number | null;
  /** Keeps reduced dimensions with size 1. Default false. */
  keepdim?: boolean;
}
interface Spread {
  (
    input: Tensor,
    options?: {
      /** Dimension, or several. Default null: all. */
      dim?: Dims;
    } & SpreadOptions,
  ): [Tensor, Tensor];
  (input: Tensor, dim: Dims, options?: SpreadOptions): [Tensor, Tensor];
  (input: Tensor, dim: Dims, unbiased: boolean, keepdim?: boolean): [Tensor, Tensor];
  (input: Tensor, unbiased: boolean): [Tensor, Tensor];
}

/**
 * `[standard deviation, mean]` of all elements, or along dimensions.
 *
 * @example
 * torch.stdMean(torch.tensor([1, 2, 3])); // → [ tensor(1.), tensor(2.) ]
 */
export const stdMean = bindFunction<Spread>('std_mean', 'std_mean.correction', 'std_mean.dim');
/**
 * `[variance, mean]` of all elements, or along dimensions.
 *
 * @example
 * torch.varMean(torch.tensor([[1, 2, 3], [4, 6, 8]]), 1); // → [ tensor([1., 4.]), tensor([2., 6.]) ]
 */
export const varMean = bindFunction<Spread>('var_mean', 'var_mean.correction', 'var_mean.dim');

interface HistogramOptions {
  /** The least and the largest number of each dimension, one after another. Default: those that there are. */
  range?: readonly number[] | null;
  /** What each point counts, `(…)`. Default null: 1. */
  weight?: Tensor | null;
  /** Whether counts are divided so that they integrate to 1. Default false. */
  density?: boolean;
}

/**
 * `[counts, edges]` of points `(…, D)` in D dimensions. @param bins - How many, of each dimension, or their edges.
 *
 * @example
 * const points = torch.tensor([[0, 1], [1, 0], [2, 2], [2, 2]]);
 * const [counts, edges] = torch.histogramdd(points, [2, 2]);
 * counts; // → tensor([[0., 1.], [1., 2.]])
 * edges; // → [ tensor([0., 1., 2.]), tensor([0., 1., 2.]) ]
 */
export const histogramdd = bindFunction<
  (
    input: Tensor,
    bins: number | readonly number[] | readonly Tensor[],
    options?: HistogramOptions,
  ) => [Tensor, Tensor[]]
>('histogramdd', 'histogramdd.int_bins', 'histogramdd.TensorList_bins');

/**
 * Norm of each slice along `dim`. @param pow - Default 2. @param dim - Default 0; −1: of all.
 *
 * @example
 * torch.normExceptDim(torch.tensor([[3, 4], [6, 8]])); // → tensor([[ 5.], [10.]])
 */
export const normExceptDim = bindFunction<{
  (v: Tensor, options?: { pow?: number; dim?: number }): Tensor;
  (v: Tensor, pow: number, dim?: number): Tensor;
}>('norm_except_dim');

/**
 * Sum, mean, largest or smallest of segments along `axis`, whose lengths or offsets are given.
 *
 * @example
 * const lengths = torch.tensor([1n, 2n]);
 * torch.segmentReduce(torch.tensor([5, 7, 9]), 'sum', { lengths }); // → tensor([ 5., 16.])
 */
export const segmentReduce =
  bindFunction<
    (
      data: Tensor,
      reduce: 'sum' | 'mean' | 'max' | 'min' | 'prod',
      options: {
        /** How long each segment is. Default null: `offsets` say it. */
        lengths?: Tensor | null;
        /** Refused by libtorch. Default null. */
        indices?: Tensor | null;
        /** Where each begins, and where the last one ends. Default null: `lengths` say it. */
        offsets?: Tensor | null;
        /** Along which dimension. Default 0. */
        axis?: number;
        /** Whether lengths are not checked. Default false. */
        unsafe?: boolean;
        /** What each begins with. Default null: 0, 1 for `'prod'`, −∞ for `'max'`, ∞ for `'min'`. */
        initial?: number | null;
      },
    ) => Tensor
  >('segment_reduce');

interface Drawn {
  /** What the numbers are drawn from. Default null: the default generator. */
  generator?: Generator | null;
}

/**
 * Counts of Poisson distributions whose rates are the elements.
 *
 * @example
 * torch.manualSeed(0);
 * torch.poisson(torch.tensor([0, 4, 4, 100])); // → tensor([ 0., 7., 3., 96.])
 */
export const poisson = bindFunction<{
  (input: Tensor, options?: Drawn): Tensor;
  (input: Tensor, generator: Generator | null): Tensor;
}>('poisson');

/**
 * Successes among `count` trials of probability `prob` each, which is broadcast to the shape of `count`.
 *
 * @example
 * torch.binomial(torch.tensor([10, 10]), torch.tensor([0, 1])); // → tensor([ 0., 10.])
 */
export const binomial = bindFunction<{
  (count: Tensor, prob: Tensor, options?: Drawn): Tensor;
  (count: Tensor, prob: Tensor, generator: Generator | null): Tensor;
}>('binomial');

/**
 * `other − alpha input`, element by element; shapes broadcast.
 *
 * @param alpha - Default 1.
 * @example
 * torch.rsub(torch.tensor([1, 2]), 10); // → tensor([9., 8.])
 * torch.rsub(torch.tensor([1, 2]), 10, { alpha: 2 }); // → tensor([8., 6.])
 */
export const rsub = bindFunction<{
  (input: Tensor, other: Tensor | number, options?: { alpha?: number }): Tensor;
  (input: Tensor, other: number, alpha: number): Tensor;
}>('rsub.Tensor', 'rsub.Scalar');

/**
 * One value everywhere, in a new tensor of the same shape.
 *
 * @example
 * torch.fill(torch.zeros(2), 7); // → tensor([7., 7.])
 */
export const fill = bindFunction<(input: Tensor, value: number | Tensor) => Tensor>(
  'fill.Scalar',
  'fill.Tensor',
);
