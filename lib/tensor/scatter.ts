import { method } from './method.js';
import { extendTensor, type Operand, type Tensor } from './tensor.js';

type SliceOf = (
  this: Tensor,
  src: Tensor,
  dim?: number,
  start?: number | null,
  end?: number | null,
  step?: number,
) => Tensor;
type Source = (this: Tensor, dim: number, index: Tensor, source: Tensor) => Tensor;
type Reduction = 'sum' | 'prod' | 'mean' | 'amax' | 'amin';
export interface Combining {
  /** How what is there is combined with what comes. Default: it is replaced. */
  reduce?: 'add' | 'multiply';
}
export interface Including {
  /** Whether what is there is reduced too. Default true. */
  includeSelf?: boolean;
}
export interface Scatter {
  (this: Tensor, dim: number, index: Tensor, src: Tensor, options?: Combining): Tensor;
  (this: Tensor, dim: number, index: Tensor, value: number, options?: Combining): Tensor;
}

/** Copies with other elements at some places, which an index says; they have the tensor's shape. */
export const scattering = {
  /**
   * With `out[index[i][j]][j] = src[i][j]` for `dim` 0, and so on; or one value there.
   *
   * @example
   * const index = torch.tensor([[0n, 2n]]);
   * torch.zeros(1, 3).scatter(1, index, torch.tensor([[5, 7]])); // → tensor([[5., 0., 7.]])
   * torch.zeros(1, 3).scatter(1, index, 9); // → tensor([[9., 0., 9.]])
   */
  scatter: method<Scatter>(
    'scatter.value',
    'scatter.src',
    'scatter.value_reduce',
    'scatter.reduce',
  ),
  /**
   * With `out[index[i][j]][j] += src[i][j]` for `dim` 0, and so on.
   *
   * @example
   * const index = torch.tensor([0n, 0n, 2n]);
   * torch.zeros(3).scatterAdd(0, index, torch.tensor([1, 2, 5])); // → tensor([3., 0., 5.])
   */
  scatterAdd:
    method<(this: Tensor, dim: number, index: Tensor, src: Tensor) => Tensor>('scatter_add'),
  /**
   * With the `src` that belong to a place reduced there; `includeSelf` false leaves out what stood there.
   *
   * @example
   * const [x, index, src] = [torch.ones(2), torch.tensor([0n, 0n]), torch.tensor([2, 3])];
   * x.scatterReduce(0, index, src, 'sum'); // → tensor([6., 1.])
   * x.scatterReduce(0, index, src, 'sum', { includeSelf: false }); // → tensor([5., 1.])
   */
  scatterReduce:
    method<
      (
        this: Tensor,
        dim: number,
        index: Tensor,
        src: Tensor,
        reduce: Reduction,
        options?: Including,
      ) => Tensor
    >('scatter_reduce.two'),
  /**
   * With `alpha · source` added to the rows `index` along `dim`.
   *
   * @example
   * const rows = torch.tensor([0n, 0n]);
   * torch.zeros(2, 2).indexAdd(0, rows, torch.tensor([[1, 2], [3, 4]])); // → tensor([[4., 6.], [0., 0.]])
   */
  indexAdd:
    method<
      (
        this: Tensor,
        dim: number,
        index: Tensor,
        source: Tensor,
        options?: {
          /** What `source` is multiplied by. Default 1. */
          alpha?: number;
        },
      ) => Tensor
    >('index_add'),
  /**
   * With `source` as the rows `index` along `dim`.
   *
   * @example
   * const rows = torch.tensor([2n, 0n]);
   * torch.zeros(3, 1).indexCopy(0, rows, torch.tensor([[1], [2]])); // → tensor([[2.], [0.], [1.]])
   */
  indexCopy: method<Source>('index_copy'),
  /**
   * With one value in the rows `index` along `dim`.
   *
   * @example
   * torch.zeros(2, 3).indexFill(1, torch.tensor([0n, 2n]), 5); // → tensor([[5., 0., 5.], [5., 0., 5.]])
   */
  indexFill: method<(this: Tensor, dim: number, index: Tensor, value: number | Tensor) => Tensor>(
    'index_fill.int_Scalar',
    'index_fill.int_Tensor',
  ),
  /**
   * With the rows of `source` reduced into the rows `index` along `dim`.
   *
   * @example
   * const rows = torch.tensor([1n, 1n]);
   * torch.ones(2).indexReduce(0, rows, torch.tensor([2, 3]), 'prod'); // → tensor([1., 6.])
   */
  indexReduce:
    method<
      (
        this: Tensor,
        dim: number,
        index: Tensor,
        source: Tensor,
        reduce: Exclude<Reduction, 'sum'>,
        options?: Including,
      ) => Tensor
    >('index_reduce'),
  /**
   * With `values` at the places that the indices, one for each dimension, say; `accumulate` adds them.
   *
   * @example
   * const places = [torch.tensor([0n, 0n]), torch.tensor([1n, 1n])];
   * torch.zeros(2, 2).indexPut(places, torch.tensor([5, 7]), true); // → tensor([[ 0., 12.], [ 0., 0.]])
   */
  indexPut:
    method<
      (
        this: Tensor,
        indices: readonly (Tensor | null)[],
        values: Tensor,
        accumulate?: boolean,
      ) => Tensor
    >('index_put'),
  /**
   * With `source` at `index`, counted as if all elements stood in one row; `accumulate` adds it.
   *
   * @example
   * torch.zeros(2, 2).put(torch.tensor([0n, 3n]), torch.tensor([5, 7])); // → tensor([[5., 0.], [0., 7.]])
   */
  put: method<(this: Tensor, index: Tensor, source: Tensor, accumulate?: boolean) => Tensor>('put'),
  /**
   * With `value` where `mask` is true; their shapes broadcast.
   *
   * @example
   * const x = torch.tensor([1, 2, 3]);
   * x.maskedFill(x.gt(1), -1); // → tensor([ 1., -1., -1.])
   */
  maskedFill: method<(this: Tensor, mask: Tensor, value: Operand) => Tensor>(
    'masked_fill.Scalar',
    'masked_fill.Tensor',
  ),
  /**
   * With the elements of `source`, in order, where `mask` is true, whose shape broadcasts with the tensor's.
   *
   * @example
   * const mask = torch.tensor([false, true, true]);
   * torch.zeros(3).maskedScatter(mask, torch.tensor([5, 7, 9])); // → tensor([0., 5., 7.])
   */
  maskedScatter: method<(this: Tensor, mask: Tensor, source: Tensor) => Tensor>('masked_scatter'),
  /**
   * With `src` as the part at `index` along `dim`.
   *
   * @example
   * torch.zeros(2, 2).selectScatter(torch.tensor([5, 7]), 1, 0); // → tensor([[5., 0.], [7., 0.]])
   */
  selectScatter:
    method<(this: Tensor, src: Tensor, dim: number, index: number) => Tensor>('select_scatter'),
  /**
   * With `src` as the part `start:end:step` along `dim`.
   *
   * @example
   * torch.zeros(4).sliceScatter(torch.tensor([5, 7]), 0, 1, 3); // → tensor([0., 5., 7., 0.])
   */
  sliceScatter: method<SliceOf>('slice_scatter'),
  /**
   * With `src` as the diagonal.
   *
   * @example
   * torch.zeros(2, 2).diagonalScatter(torch.tensor([5, 7])); // → tensor([[5., 0.], [0., 7.]])
   */
  diagonalScatter:
    method<(this: Tensor, src: Tensor, offset?: number, dim1?: number, dim2?: number) => Tensor>(
      'diagonal_scatter',
    ),
  /**
   * With `src` as the part of that size and those strides in memory.
   *
   * @example
   * torch.zeros(4).asStridedScatter(torch.tensor([5, 7]), [2], [2], 1); // → tensor([0., 5., 0., 7.])
   */
  asStridedScatter:
    method<
      (
        this: Tensor,
        src: Tensor,
        size: readonly number[],
        stride: readonly number[],
        storageOffset?: number | null,
      ) => Tensor
    >('as_strided_scatter'),
};

export type Scattering = typeof scattering;
declare module '../native/tensor.js' {
  interface Tensor extends Scattering {}
}
extendTensor(scattering);
