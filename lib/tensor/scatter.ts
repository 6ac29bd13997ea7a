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
export interface Scatter {
  (
    this: Tensor,
    dim: number,
    index: Tensor,
    src: Tensor,
    options?: { reduce?: 'add' | 'multiply' },
  ): Tensor;
  (
    this: Tensor,
    dim: number,
    index: Tensor,
    value: number,
    options?: { reduce?: 'add' | 'multiply' },
  ): Tensor;
}

/** Copies with other elements at some places, which an index says. */
export const scattering = {
  /** With `out[index[i][j]][j] = src[i][j]` for `dim` 0, and so on; or one value there. */
  scatter: method<Scatter>(
    'scatter.value',
    'scatter.src',
    'scatter.value_reduce',
    'scatter.reduce',
  ),
  /** With `out[index[i][j]][j] += src[i][j]` for `dim` 0, and so on. */
  scatterAdd:
    method<(this: Tensor, dim: number, index: Tensor, src: Tensor) => Tensor>('scatter_add'),
  /** With the `src` that belong to a place reduced there; `includeSelf` false leaves out what stood there. */
  scatterReduce:
    method<
      (
        this: Tensor,
        dim: number,
        index: Tensor,
        src: Tensor,
        reduce: Reduction,
        options?: { includeSelf?: boolean },
      ) => Tensor
    >('scatter_reduce.two'),
  /** With `alpha · source` added to the rows `index` along `dim`. */
  indexAdd:
    method<
      (
        this: Tensor,
        dim: number,
        index: Tensor,
        source: Tensor,
        options?: { alpha?: number },
      ) => Tensor
    >('index_add'),
  /** With `source` as the rows `index` along `dim`. */
  indexCopy: method<Source>('index_copy'),
  /** With one value in the rows `index` along `dim`. */
  indexFill: method<(this: Tensor, dim: number, index: Tensor, value: number | Tensor) => Tensor>(
    'index_fill.int_Scalar',
    'index_fill.int_Tensor',
  ),
  /** With the rows of `source` reduced into the rows `index` along `dim`. */
  indexReduce:
    method<
      (
        this: Tensor,
        dim: number,
        index: Tensor,
        source: Tensor,
        reduce: Exclude<Reduction, 'sum'>,
        options?: { includeSelf?: boolean },
      ) => Tensor
    >('index_reduce'),
  /** With `values` at the places that the indices, one for each dimension, say; `accumulate` adds them. */
  indexPut:
    method<
      (
        this: Tensor,
        indices: readonly (Tensor | null)[],
        values: Tensor,
        accumulate?: boolean,
      ) => Tensor
    >('index_put'),
  /** With `source` at `index`, counted as if all elements stood in one row; `accumulate` adds it. */
  put: method<(this: Tensor, index: Tensor, source: Tensor, accumulate?: boolean) => Tensor>('put'),
  /** With `value` where `mask` is true. */
  maskedFill: method<(this: Tensor, mask: Tensor, value: Operand) => Tensor>(
    'masked_fill.Scalar',
    'masked_fill.Tensor',
  ),
  /** With the elements of `source`, in order, where `mask` is true. */
  maskedScatter: method<(this: Tensor, mask: Tensor, source: Tensor) => Tensor>('masked_scatter'),
  /** With `src` as the part at `index` along `dim`. */
  selectScatter:
    method<(this: Tensor, src: Tensor, dim: number, index: number) => Tensor>('select_scatter'),
  /** With `src` as the part `start:end:step` along `dim`. */
  sliceScatter: method<SliceOf>('slice_scatter'),
  /** With `src` as the diagonal. */
  diagonalScatter:
    method<(this: Tensor, src: Tensor, offset?: number, dim1?: number, dim2?: number) => Tensor>(
      'diagonal_scatter',
    ),
  /** With `src` as the part of that size and those strides in memory. */
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
