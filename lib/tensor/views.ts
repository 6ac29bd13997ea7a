import { method } from './method.js';
import { extendTensor, type Tensor } from './tensor.js';

type Like = (this: Tensor, other: Tensor) => Tensor;
type Sizes = (this: Tensor, splitSizes: readonly number[], dim?: number) => Tensor[];
type Swap = (this: Tensor, dim0: number, dim1: number) => Tensor;
interface Move {
  (this: Tensor, source: number, destination: number): Tensor;
  (this: Tensor, source: readonly number[], destination: readonly number[]): Tensor;
}
interface Split {
  (this: Tensor, sections: number, dim?: number): Tensor[];
  (this: Tensor, indices: readonly number[], dim?: number): Tensor[];
  (this: Tensor, tensorIndicesOrSections: Tensor, dim?: number): Tensor[];
}
interface SplitAlong {
  (this: Tensor, sections: number): Tensor[];
  (this: Tensor, indices: readonly number[]): Tensor[];
}
type Strided = (
  this: Tensor,
  size: readonly number[],
  stride: readonly number[],
  storageOffset?: number | null,
) => Tensor;

/** Other orders and parts of the same elements. */
export const views = {
  /** As {@link transpose}. */
  swapaxes: method<(this: Tensor, axis0: number, axis1: number) => Tensor>('swapaxes'),
  /** As {@link transpose}. */
  swapdims: method<Swap>('swapdims'),
  /** One or more dimensions at another place; a view. */
  movedim: method<Move>('movedim.int', 'movedim.intlist'),
  /** As {@link movedim}. */
  moveaxis: method<Move>('moveaxis.int', 'moveaxis.intlist'),
  /** All elements in one dimension; a view where that is possible. */
  ravel: method('ravel'),
  /** One dimension as several of the given sizes; a view. */
  unflatten:
    method<(this: Tensor, dim: number, sizes: readonly number[]) => Tensor>('unflatten.int'),
  /** Windows of `size` along a dimension, `step` apart, as a new last dimension; a view. */
  unfold: method<(this: Tensor, dimension: number, size: number, step: number) => Tensor>('unfold'),
  /** Columns in reverse order; a copy. */
  fliplr: method('fliplr'),
  /** Rows in reverse order; a copy. */
  flipud: method('flipud'),
  /** Turned by `k` times 90° in the plane of two dimensions; a copy. */
  rot90: method<(this: Tensor, k?: number, dims?: readonly number[]) => Tensor>('rot90'),
  /** Each element (or part along `dim`) as many times in a row as `repeats` says. */
  repeatInterleave: method<
    (
      this: Tensor,
      repeats: number | Tensor,
      dim?: number | null,
      options?: { outputSize?: number },
    ) => Tensor
  >('repeat_interleave.self_int', 'repeat_interleave.self_Tensor'),
  /** Broadcast to the shape of another tensor; a view. */
  expandAs: method<Like>('expand_as'),
  /** In the shape of another tensor; a view. */
  viewAs: method<Like>('view_as'),
  /** In the shape of another tensor; a view where that is possible. */
  reshapeAs: method<Like>('reshape_as'),
  /** As many views along `dim` as `sections` says, or cut before each of the indices. */
  tensorSplit: method<Split>(
    'tensor_split.sections',
    'tensor_split.indices',
    'tensor_split.tensor_indices_or_sections',
  ),
  /** {@link tensorSplit} along the columns, in equal parts. */
  hsplit: method<SplitAlong>('hsplit.int', 'hsplit.array'),
  /** {@link tensorSplit} along the rows, in equal parts. */
  vsplit: method<SplitAlong>('vsplit.int', 'vsplit.array'),
  /** {@link tensorSplit} along the third dimension, in equal parts. */
  dsplit: method<SplitAlong>('dsplit.int', 'dsplit.array'),
  /** Views of so many elements each along `dim`. */
  splitWithSizes: method<Sizes>('split_with_sizes'),
  /** As {@link chunk}; parts that autograd does not watch as views. */
  unsafeChunk: method<(this: Tensor, chunks: number, dim?: number) => Tensor[]>('unsafe_chunk'),
  /** As {@link split}; parts that autograd does not watch as views. */
  unsafeSplit:
    method<(this: Tensor, splitSize: number, dim?: number) => Tensor[]>('unsafe_split.Tensor'),
  /** As {@link splitWithSizes}; parts that autograd does not watch as views. */
  unsafeSplitWithSizes: method<Sizes>('unsafe_split_with_sizes'),
  /** A view of any size and strides on the memory. */
  asStrided: method<Strided>('as_strided'),
};

export type Views = typeof views;
declare module '../native/tensor.js' {
  interface Tensor extends Views {}
}
extendTensor(views);
