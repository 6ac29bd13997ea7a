import { bind } from '../ops.js';
import { extendTensor, type Tensor } from './tensor.js';

type Sizes = (a: Tensor, sizes: number[]) => Tensor;
type Unary = (a: Tensor) => Tensor;
type Dim = (a: Tensor, dim: number) => Tensor;

const view = bind<Sizes>('view');
const reshape = bind<Sizes>('reshape');
const permute = bind<Sizes>('permute');
const expand = bind<Sizes>('expand');
const repeat = bind<Sizes>('repeat');
const transpose = bind<(a: Tensor, dim0: number, dim1: number) => Tensor>('transpose.int');
const t = bind<Unary>('t');
const squeezeAll = bind<Unary>('squeeze');
const squeezeDim = bind<Dim>('squeeze.dim');
const unsqueeze = bind<Dim>('unsqueeze');
const flatten = bind<(a: Tensor, start: number, end: number) => Tensor>('flatten.using_ints');
const flip = bind<Sizes>('flip');
const roll = bind<(a: Tensor, shifts: number[], dims: number[]) => Tensor>('roll');
const split = bind<(a: Tensor, size: number, dim: number) => Tensor[]>('split.Tensor');
const chunk = bind<(a: Tensor, chunks: number, dim: number) => Tensor[]>('chunk');
const unbind = bind<(a: Tensor, dim: number) => Tensor[]>('unbind.int');
const broadcastTo = bind<Sizes>('broadcast_to');

type Shape = number[] | [readonly number[]];

// Python takes sizes one by one or as one sequence; so do these.
const sizesOf = (shape: Shape): number[] =>
  (Array.isArray(shape[0]) ? shape[0] : shape) as number[];

/** Other shapes of the same elements. Results are views where that is possible. */
const shaping = {
  /** A view with another shape; one size may be −1. @throws `ERR_LIBTORCH` where a copy would be needed. */
  view(this: Tensor, ...shape: Shape): Tensor {
    return view(this, sizesOf(shape));
  },
  /** Another shape, as a view or, where that is impossible, a copy. */
  reshape(this: Tensor, ...shape: Shape): Tensor {
    return reshape(this, sizesOf(shape));
  },
  /** Dimensions in another order; a view. */
  permute(this: Tensor, ...dims: Shape): Tensor {
    return permute(this, sizesOf(dims));
  },
  /** Repeats dimensions of size 1 without copying; −1 keeps a size. */
  expand(this: Tensor, ...shape: Shape): Tensor {
    return expand(this, sizesOf(shape));
  },
  /** Copies the tensor that many times along each dimension. */
  repeat(this: Tensor, ...times: Shape): Tensor {
    return repeat(this, sizesOf(times));
  },
  broadcastTo(this: Tensor, shape: number[]): Tensor {
    return broadcastTo(this, shape);
  },
  /** Two dimensions exchanged; a view. */
  transpose(this: Tensor, dim0: number, dim1: number): Tensor {
    return transpose(this, dim0, dim1);
  },
  /** A matrix transposed; a view. */
  t(this: Tensor): Tensor {
    return t(this);
  },
  /** Without dimensions of size 1: all of them, or `dim` alone; a view. */
  squeeze(this: Tensor, dim?: number): Tensor {
    return dim === undefined ? squeezeAll(this) : squeezeDim(this, dim);
  },
  /** With a dimension of size 1 at `dim`; a view. */
  unsqueeze(this: Tensor, dim: number): Tensor {
    return unsqueeze(this, dim);
  },
  /** Dimensions from `startDim` to `endDim` made one. Default: all. */
  flatten(this: Tensor, startDim = 0, endDim = -1): Tensor {
    return flatten(this, startDim, endDim);
  },
  /** The order along the given dimensions turned round; a copy. */
  flip(this: Tensor, ...dims: Shape): Tensor {
    return flip(this, sizesOf(dims));
  },
  roll(this: Tensor, shifts: number | number[], dims: number | number[] = []): Tensor {
    return roll(this, [shifts].flat(), [dims].flat());
  },
  /** Views of `size` elements along `dim`; the last may be smaller. */
  split(this: Tensor, size: number, dim = 0): Tensor[] {
    return split(this, size, dim);
  },
  /** At most `chunks` views along `dim`. */
  chunk(this: Tensor, chunks: number, dim = 0): Tensor[] {
    return chunk(this, chunks, dim);
  },
  /** A view for each index along `dim`, without that dimension. */
  unbind(this: Tensor, dim = 0): Tensor[] {
    return unbind(this, dim);
  },
  /** Sizes of all dimensions, or of one. Negative counts from the end. */
  size: function size(this: Tensor, dim?: number): number | number[] {
    const { shape } = this;
    if (dim === undefined) return shape;
    const found = shape.at(dim);
    if (found === undefined || !Number.isInteger(dim)) {
      throw Object.assign(
        new RangeError(`size: dimension ${dim} of a tensor with ${shape.length}`),
        {
          code: 'ERR_INVALID_ARG',
        },
      );
    }
    return found;
  } as { (this: Tensor): number[]; (this: Tensor, dim: number): number },
};

export type Shaping = typeof shaping;
extendTensor(shaping);
