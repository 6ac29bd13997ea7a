import type { DType } from '../native/dtype.js';
import { method, type Shape, several } from './method.js';
import { extendTensor, type Tensor } from './tensor.js';

interface ViewAs {
  (this: Tensor, ...sizes: Shape<'size'>): Tensor;
  (this: Tensor, dtype: DType): Tensor;
}
type Parts = (this: Tensor, chunks: number, dim?: number) => Tensor[];

const view = several<'size'>('view', 'view.dtype') as ViewAs;

/** Other shapes of the same elements. Results are views where that is possible. */
export const shaping = {
  /**
   * A view with another shape; one size may be −1. A dtype: the same bytes as that. @throws `ERR_LIBTORCH` where a copy would be needed.
   *
   * @example
   * const x = torch.arange(6);
   * x.view(2, -1); // → tensor([[0, 1, 2], [3, 4, 5]])
   * torch.tensor([1n]).view('int32'); // → tensor([1, 0], dtype=torch.int32)
   */
  view,
  /**
   * Another shape, as a view or, where that is impossible, a copy.
   *
   * @example
   * const x = torch.tensor([[1, 2, 3], [4, 5, 6]]);
   * x.reshape(6); // → tensor([1., 2., 3., 4., 5., 6.])
   */
  reshape: several<'shape'>('reshape'),
  /**
   * Dimensions in another order; a view.
   *
   * @example
   * torch.zeros(2, 3, 4).permute(2, 0, 1).shape; // → [ 4, 2, 3 ]
   */
  permute: several<'dims'>('permute'),
  /**
   * Repeats dimensions of size 1 without copying; −1 keeps a size.
   *
   * @example
   * torch.tensor([[1], [2]]).expand(2, 3); // → tensor([[1., 1., 1.], [2., 2., 2.]])
   */
  expand: several<'size'>('expand'),
  /**
   * Copies the tensor that many times along each dimension.
   *
   * @example
   * torch.tensor([1, 2]).repeat(2, 2); // → tensor([[1., 2., 1., 2.], [1., 2., 1., 2.]])
   */
  repeat: several<'repeats'>('repeat'),
  /**
   * As {@link repeat}, the missing dimensions first.
   *
   * @example
   * torch.tensor([1, 2]).tile(2); // → tensor([1., 2., 1., 2.])
   */
  tile: several<'dims'>('tile'),
  /**
   * As {@link expand}, with the sizes as one list.
   *
   * @example
   * torch.tensor([1, 2]).broadcastTo([2, 2]); // → tensor([[1., 2.], [1., 2.]])
   */
  broadcastTo: method<(this: Tensor, size: readonly number[]) => Tensor>('broadcast_to'),
  /**
   * Two dimensions exchanged; a view.
   *
   * @example
   * const x = torch.tensor([[1, 2, 3], [4, 5, 6]]);
   * x.transpose(0, 1); // → tensor([[1., 4.], [2., 5.], [3., 6.]])
   */
  transpose: method<(this: Tensor, dim0: number, dim1: number) => Tensor>('transpose.int'),
  /**
   * A matrix transposed; a view.
   *
   * @example
   * const x = torch.tensor([[1, 2, 3], [4, 5, 6]]);
   * x.t().shape; // → [ 3, 2 ]
   */
  t: method('t'),
  /**
   * Without dimensions of size 1: all of them, or those named; a view.
   *
   * @example
   * torch.zeros(1, 3, 1).squeeze().shape; // → [ 3 ]
   * torch.zeros(1, 3, 1).squeeze(0).shape; // → [ 3, 1 ]
   */
  squeeze: method<(this: Tensor, dim?: number | readonly number[]) => Tensor>(
    'squeeze',
    'squeeze.dim',
    'squeeze.dims',
  ),
  /**
   * With a dimension of size 1 at `dim`; a view.
   *
   * @example
   * torch.tensor([1, 2]).unsqueeze(0).shape; // → [ 1, 2 ]
   */
  unsqueeze: method<(this: Tensor, dim: number) => Tensor>('unsqueeze'),
  /**
   * Dimensions from `startDim` to `endDim` made one. Default: all.
   *
   * @example
   * torch.zeros(2, 3, 4).flatten(1).shape; // → [ 2, 12 ]
   */
  flatten:
    method<(this: Tensor, startDim?: number, endDim?: number) => Tensor>('flatten.using_ints'),
  /**
   * The order along the given dimensions turned round; a copy.
   *
   * @example
   * torch.tensor([1, 2, 3]).flip(0); // → tensor([3., 2., 1.])
   */
  flip: several<'dims'>('flip'),
  /**
   * Elements moved on by `shifts` along `dims`; what leaves at the end comes in at the beginning. Without `dims`: as if they stood in one row.
   *
   * @example
   * torch.tensor([1, 2, 3]).roll(1); // → tensor([3., 1., 2.])
   */
  roll: method<
    (this: Tensor, shifts: number | readonly number[], dims?: number | readonly number[]) => Tensor
  >('roll'),
  /**
   * Views of `splitSize` elements along `dim`, the last may be smaller; a list: of so many each.
   *
   * @example
   * torch.arange(5).split(2); // → [ tensor([0, 1]), tensor([2, 3]), tensor([4]) ]
   */
  split: method<(this: Tensor, splitSize: number | readonly number[], dim?: number) => Tensor[]>(
    'split.Tensor',
    'split.sizes',
  ),
  /**
   * At most `chunks` views along `dim`.
   *
   * @example
   * torch.arange(4).chunk(2); // → [ tensor([0, 1]), tensor([2, 3]) ]
   */
  chunk: method<Parts>('chunk'),
  /**
   * A view for each index along `dim`, without that dimension.
   *
   * @example
   * const x = torch.tensor([[1, 2, 3], [4, 5, 6]]);
   * x.unbind(); // → [ tensor([1., 2., 3.]), tensor([4., 5., 6.]) ]
   */
  unbind: method<(this: Tensor, dim?: number) => Tensor[]>('unbind.int'),
};

export type Shaping = typeof shaping;
declare module '../native/tensor.js' {
  interface Tensor extends Shaping {}
}
extendTensor(shaping);
