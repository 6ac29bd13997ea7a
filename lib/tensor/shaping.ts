import { atMost } from '../argument/atMost.js';
import { invalidRange } from '../error.js';
import { method } from './method.js';
import { extendTensor, type Tensor } from './tensor.js';

type Sizes = (this: Tensor, sizes: readonly number[]) => Tensor;
type Shape = number[] | [readonly number[]];
type Parts = (this: Tensor, chunks: number, dim?: number) => Tensor[];

// Python takes sizes one by one or as one sequence; so do these.
const several = (overload: string): ((this: Tensor, ...sizes: Shape) => Tensor) => {
  const call = method<Sizes>(overload);
  return function (this: Tensor, ...sizes: Shape): Tensor {
    return call.call(
      this,
      (Array.isArray(sizes[0]) && sizes.length === 1 ? sizes[0] : sizes) as number[],
    );
  };
};

/** Other shapes of the same elements. Results are views where that is possible. */
export const shaping = {
  /** A view with another shape; one size may be −1. @throws `ERR_LIBTORCH` where a copy would be needed. */
  view: several('view'),
  /** Another shape, as a view or, where that is impossible, a copy. */
  reshape: several('reshape'),
  /** Dimensions in another order; a view. */
  permute: several('permute'),
  /** Repeats dimensions of size 1 without copying; −1 keeps a size. */
  expand: several('expand'),
  /** Copies the tensor that many times along each dimension. */
  repeat: several('repeat'),
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
  flip: several('flip'),
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
  /** Sizes of all dimensions, or of one. Negative counts from the end. */
  size: function size(this: Tensor, dim?: number): number | number[] {
    atMost('size', 1, arguments.length);
    const { shape } = this;
    if (dim === undefined) return shape;
    const found = Number.isInteger(dim) ? shape.at(dim) : undefined;
    if (found === undefined) {
      throw invalidRange(`size: dimension ${String(dim)} of a tensor with ${shape.length}`);
    }
    return found;
  } as { (this: Tensor): number[]; (this: Tensor, dim: number): number },
};

export type Shaping = typeof shaping;
declare module '../native/tensor.js' {
  interface Tensor extends Shaping {}
}
extendTensor(shaping);
