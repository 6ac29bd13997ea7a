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
  /**
   * As {@link transpose}.
   *
   * @example
   * torch.zeros(2, 3, 4).swapaxes(0, 2).shape; // → [ 4, 3, 2 ]
   */
  swapaxes: method<(this: Tensor, axis0: number, axis1: number) => Tensor>('swapaxes'),
  /**
   * As {@link transpose}.
   *
   * @example
   * torch.tensor([[1, 2], [3, 4]]).swapdims(0, 1); // → tensor([[1., 3.], [2., 4.]])
   */
  swapdims: method<Swap>('swapdims'),
  /**
   * One or more dimensions at another place; a view.
   *
   * @example
   * torch.zeros(2, 3, 4).movedim(0, -1).shape; // → [ 3, 4, 2 ]
   * torch.zeros(2, 3, 4).movedim([0, 1], [1, 2]).shape; // → [ 4, 2, 3 ]
   */
  movedim: method<Move>('movedim.int', 'movedim.intlist'),
  /**
   * As {@link movedim}.
   *
   * @example
   * torch.zeros(2, 3, 4).moveaxis(2, 0).shape; // → [ 4, 2, 3 ]
   */
  moveaxis: method<Move>('moveaxis.int', 'moveaxis.intlist'),
  /**
   * All elements in one dimension; a view where that is possible.
   *
   * @example
   * torch.tensor([[1, 2], [3, 4]]).ravel(); // → tensor([1., 2., 3., 4.])
   */
  ravel: method('ravel'),
  /**
   * One dimension as several of the given sizes; a view.
   *
   * @example
   * torch.arange(6).unflatten(0, [2, 3]); // → tensor([[0, 1, 2], [3, 4, 5]])
   * torch.zeros(4, 6).unflatten(1, [-1, 2]).shape; // → [ 4, 3, 2 ]
   */
  unflatten:
    method<(this: Tensor, dim: number, sizes: readonly number[]) => Tensor>('unflatten.int'),
  /**
   * Windows of `size` along a dimension, `step` apart, as a new last dimension; a view.
   *
   * @example
   * torch.arange(5).unfold(0, 3, 1); // → tensor([[0, 1, 2], [1, 2, 3], [2, 3, 4]])
   */
  unfold: method<(this: Tensor, dimension: number, size: number, step: number) => Tensor>('unfold'),
  /**
   * Columns in reverse order; a copy.
   *
   * @example
   * torch.tensor([[1, 2], [3, 4]]).fliplr(); // → tensor([[2., 1.], [4., 3.]])
   */
  fliplr: method('fliplr'),
  /**
   * Rows in reverse order; a copy.
   *
   * @example
   * torch.tensor([[1, 2], [3, 4]]).flipud(); // → tensor([[3., 4.], [1., 2.]])
   */
  flipud: method('flipud'),
  /**
   * Turned by `k` times 90° in the plane of two dimensions; a copy.
   *
   * @example
   * torch.tensor([[1, 2], [3, 4]]).rot90(); // → tensor([[2., 4.], [1., 3.]])
   */
  rot90: method<(this: Tensor, k?: number, dims?: readonly number[]) => Tensor>('rot90'),
  /**
   * Each element (or part along `dim`) as many times in a row as `repeats` says.
   *
   * @example
   * const x = torch.tensor([5, 7]);
   * x.repeatInterleave(2); // → tensor([5., 5., 7., 7.])
   * x.repeatInterleave(torch.tensor([1n, 3n])); // → tensor([5., 7., 7., 7.])
   */
  repeatInterleave: method<
    (
      this: Tensor,
      repeats: number | Tensor,
      dim?: number | null,
      options?: {
        /** The result's size along `dim`, where it is known already. Default: computed from `repeats`. */
        outputSize?: number;
      },
    ) => Tensor
  >('repeat_interleave.self_int', 'repeat_interleave.self_Tensor'),
  /**
   * Broadcast to the shape of another tensor; a view.
   *
   * @example
   * torch.tensor([[1], [2]]).expandAs(torch.zeros(2, 3)); // → tensor([[1., 1., 1.], [2., 2., 2.]])
   */
  expandAs: method<Like>('expand_as'),
  /**
   * In the shape of another tensor; a view.
   *
   * @example
   * torch.arange(4).viewAs(torch.zeros(2, 2)); // → tensor([[0, 1], [2, 3]])
   */
  viewAs: method<Like>('view_as'),
  /**
   * In the shape of another tensor; a view where that is possible.
   *
   * @example
   * torch.tensor([[1, 2], [3, 4]]).t().reshapeAs(torch.zeros(4)); // → tensor([1., 3., 2., 4.])
   */
  reshapeAs: method<Like>('reshape_as'),
  /**
   * As many views along `dim` as `sections` says, or cut before each of the indices.
   *
   * @example
   * torch.arange(5).tensorSplit(2); // → [ tensor([0, 1, 2]), tensor([3, 4]) ]
   * torch.arange(5).tensorSplit([1, 3]); // → [ tensor([0]), tensor([1, 2]), tensor([3, 4]) ]
   */
  tensorSplit: method<Split>(
    'tensor_split.sections',
    'tensor_split.indices',
    'tensor_split.tensor_indices_or_sections',
  ),
  /**
   * {@link tensorSplit} along the columns, in equal parts.
   *
   * @example
   * torch.tensor([[1, 2], [3, 4]]).hsplit(2); // → [ tensor([[1.], [3.]]), tensor([[2.], [4.]]) ]
   */
  hsplit: method<SplitAlong>('hsplit.int', 'hsplit.array'),
  /**
   * {@link tensorSplit} along the rows, in equal parts.
   *
   * @example
   * torch.tensor([[1, 2], [3, 4]]).vsplit(2); // → [ tensor([[1., 2.]]), tensor([[3., 4.]]) ]
   */
  vsplit: method<SplitAlong>('vsplit.int', 'vsplit.array'),
  /**
   * {@link tensorSplit} along the third dimension, in equal parts.
   *
   * @example
   * torch.zeros(2, 3, 4).dsplit(2).map(({ shape }) => shape); // → [ [ 2, 3, 2 ], [ 2, 3, 2 ] ]
   */
  dsplit: method<SplitAlong>('dsplit.int', 'dsplit.array'),
  /**
   * Views of so many elements each along `dim`.
   *
   * @example
   * torch.arange(5).splitWithSizes([1, 4]); // → [ tensor([0]), tensor([1, 2, 3, 4]) ]
   */
  splitWithSizes: method<Sizes>('split_with_sizes'),
  /**
   * As {@link chunk}; parts that autograd does not watch as views.
   *
   * @example
   * torch.arange(4).unsafeChunk(2); // → [ tensor([0, 1]), tensor([2, 3]) ]
   */
  unsafeChunk: method<(this: Tensor, chunks: number, dim?: number) => Tensor[]>('unsafe_chunk'),
  /**
   * As {@link split}; parts that autograd does not watch as views.
   *
   * @example
   * torch.arange(3).unsafeSplit(2); // → [ tensor([0, 1]), tensor([2]) ]
   */
  unsafeSplit:
    method<(this: Tensor, splitSize: number, dim?: number) => Tensor[]>('unsafe_split.Tensor'),
  /**
   * As {@link splitWithSizes}; parts that autograd does not watch as views.
   *
   * @example
   * torch.arange(3).unsafeSplitWithSizes([1, 2]); // → [ tensor([0]), tensor([1, 2]) ]
   */
  unsafeSplitWithSizes: method<Sizes>('unsafe_split_with_sizes'),
  /**
   * A view of any size and strides on the memory.
   *
   * @example
   * torch.arange(5).asStrided([3, 2], [1, 2]); // → tensor([[0, 2], [1, 3], [2, 4]])
   */
  asStrided: method<Strided>('as_strided'),
};

export type Views = typeof views;
declare module '../native/tensor.js' {
  interface Tensor extends Views {}
}
extendTensor(views);
