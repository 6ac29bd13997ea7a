import { atMost } from '../argument/atMost.js';
import { invalidRange } from '../error.js';
import { bind } from '../native/ops.js';
import { elementSizes as bytesOf } from './dtypes.js';
import { method } from './method.js';
import { extendTensor, type Tensor } from './tensor.js';

type Is = (this: Tensor) => boolean;
interface OfDims {
  (this: Tensor): number[];
  (this: Tensor, dim: number): number;
}

const storageOffset = bind<(a: Tensor) => number>('sym_storage_offset');

function oneOf(what: string, all: number[], dim?: number): number | number[] {
  if (dim === undefined) return all;
  const found = Number.isInteger(dim) ? all.at(dim) : undefined;
  if (found !== undefined) return found;
  throw invalidRange(`${what}: dimension ${String(dim)} of a tensor with ${all.length}`);
}

/** What a tensor is. */
export const properties = {
  /** How many dimensions it has. */
  dim(this: Tensor): number {
    atMost('dim', 0, arguments.length);
    return this.ndim;
  },
  /** As {@link dim}. */
  ndimension(this: Tensor): number {
    atMost('ndimension', 0, arguments.length);
    return this.ndim;
  },
  /** As {@link numel}. */
  nelement(this: Tensor): number {
    atMost('nelement', 0, arguments.length);
    return this.numel();
  },
  /** Elements to skip for one step in each dimension, or in one. Negative counts from the end. */
  stride: function stride(this: Tensor, dim?: number): number | number[] {
    atMost('stride', 1, arguments.length);
    return oneOf('stride', this.strides, dim);
  } as OfDims,
  /** Sizes of all dimensions, or of one. Negative counts from the end. */
  size: function size(this: Tensor, dim?: number): number | number[] {
    atMost('size', 1, arguments.length);
    return oneOf('size', this.shape, dim);
  } as OfDims,
  /** Where in its memory it begins, in elements. */
  storageOffset(this: Tensor): number {
    atMost('storageOffset', 0, arguments.length);
    return storageOffset(this);
  },
  /** Bytes of an element. */
  elementSize(this: Tensor): number {
    atMost('elementSize', 0, arguments.length);
    return bytesOf[this.dtype];
  },
  /** Number of its GPU; −1 on the CPU. */
  getDevice(this: Tensor): number {
    atMost('getDevice', 0, arguments.length);
    return this.device.index ?? -1;
  },
  /** Whether its elements are floating-point numbers. */
  isFloatingPoint: method<Is>('is_floating_point'),
  /** Whether its elements are complex. */
  isComplex: method<Is>('is_complex'),
  /** Whether its dtype has negative numbers. */
  isSigned: method<Is>('is_signed'),
  /** Whether it is marked as conjugate: {@link resolveConj}. */
  isConj: method<Is>('is_conj'),
  /** Whether it is marked as negative: {@link resolveNeg}. */
  isNeg: method<Is>('is_neg'),
  /** Whether it was made in inference mode. */
  isInference: method<Is>('is_inference'),
  /** Whether its one element is not 0. */
  isNonzero: method<Is>('is_nonzero'),
  /** Whether it lies in page-locked memory, from which GPUs copy faster. */
  isPinned: method<(this: Tensor, device?: string) => boolean>('is_pinned'),
  /** Whether it has the shape of another one. */
  isSameSize: method<(this: Tensor, other: Tensor) => boolean>('is_same_size'),
  /** Whether it is the same view on the same memory. */
  isSetTo: method<(this: Tensor, tensor: Tensor) => boolean>('is_set_to'),
};

export type Properties = typeof properties;
declare module '../native/tensor.js' {
  interface Tensor extends Properties {}
}
extendTensor(properties);
