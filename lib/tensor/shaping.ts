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
  /** A view with another shape; one size may be −1. A dtype: the same bytes as that. @throws `ERR_LIBTORCH` where a copy would be needed. */
  view,
  /** Another shape, as a view or, where that is impossible, a copy. */
  reshape: several<'shape'>('reshape'),
  /** Dimensions in another order; a view. */
  permute: several<'dims'>('permute'),
  /** Repeats dimensions of size 1 without copying; −1 keeps a size. */
  expand: several<'size'>('expand'),
  /** Copies the tensor that many times along each dimension. */
  repeat: several<'repeats'>('repeat'),
  /** As {@link repeat}, the missing dimensions first. */
  tile: several<'dims'>('tile'),
  /** As {@link expand}, with the sizes as one list. */
  broadcastTo: method<(this: Tensor, size: readonly number[]) => Tensor>('broadcast_to'),
  /** Two dimensions exchanged; a view. */
  transpose: method<(this: Tensor, dim0: number, dim1: number) => Tensor>('transpose.int'),
  /** A matrix transposed; a view. */
  t: method('t'),
  /** Without dimensions of size 1: all of them, or those named; a view. */
  squeeze: method<(this: Tensor, dim?: number | readonly number[]) => Tensor>(
    'squeeze',
    'squeeze.dim',
    'squeeze.dims',
  ),
  /** With a dimension of size 1 at `dim`; a view. */
  unsqueeze: method<(this: Tensor, dim: number) => Tensor>('unsqueeze'),
  /** Dimensions from `startDim` to `endDim` made one. Default: all. */
  flatten:
    method<(this: Tensor, startDim?: number, endDim?: number) => Tensor>('flatten.using_ints'),
  /** The order along the given dimensions turned round; a copy. */
  flip: several<'dims'>('flip'),
  /** Elements moved on by `shifts` along `dims`; what leaves at the end comes in at the beginning. Without `dims`: as if they stood in one row. */
  roll: method<
    (this: Tensor, shifts: number | readonly number[], dims?: number | readonly number[]) => Tensor
  >('roll'),
  /** Views of `splitSize` elements along `dim`, the last may be smaller; a list: of so many each. */
  split: method<(this: Tensor, splitSize: number | readonly number[], dim?: number) => Tensor[]>(
    'split.Tensor',
    'split.sizes',
  ),
  /** At most `chunks` views along `dim`. */
  chunk: method<Parts>('chunk'),
  /** A view for each index along `dim`, without that dimension. */
  unbind: method<(this: Tensor, dim?: number) => Tensor[]>('unbind.int'),
};

export type Shaping = typeof shaping;
declare module '../native/tensor.js' {
  interface Tensor extends Shaping {}
}
extendTensor(shaping);
