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
  /**
   * How many dimensions it has.
   *
   * @example
   * torch.zeros(2, 3).dim(); // → 2
   */
  dim(this: Tensor): number {
    atMost('dim', 0, arguments.length);
    return this.ndim;
  },
  /**
   * As {@link dim}.
   *
   * @example
   * torch.tensor(5).ndimension(); // → 0
   */
  ndimension(this: Tensor): number {
    atMost('ndimension', 0, arguments.length);
    return this.ndim;
  },
  /**
   * As {@link numel}.
   *
   * @example
   * torch.zeros(2, 3).nelement(); // → 6
   */
  nelement(this: Tensor): number {
    atMost('nelement', 0, arguments.length);
    return this.numel();
  },
  /**
   * Elements to skip for one step in each dimension, or in one. Negative counts from the end.
   *
   * @example
   * const x = torch.zeros(2, 3);
   * x.stride(); // → [ 3, 1 ]
   * x.t().stride(-1); // → 3
   */
  stride: function stride(this: Tensor, dim?: number): number | number[] {
    atMost('stride', 1, arguments.length);
    return oneOf('stride', this.strides, dim);
  } as OfDims,
  /**
   * Sizes of all dimensions, or of one. Negative counts from the end.
   *
   * @example
   * torch.zeros(2, 3).size(); // → [ 2, 3 ]
   * torch.zeros(2, 3).size(-1); // → 3
   */
  size: function size(this: Tensor, dim?: number): number | number[] {
    atMost('size', 1, arguments.length);
    return oneOf('size', this.shape, dim);
  } as OfDims,
  /**
   * Where in its memory it begins, in elements.
   *
   * @example
   * torch.zeros(2, 3).at(1).storageOffset(); // → 3
   */
  storageOffset(this: Tensor): number {
    atMost('storageOffset', 0, arguments.length);
    return storageOffset(this);
  },
  /**
   * Bytes of an element.
   *
   * @example
   * torch.ones(1).elementSize(); // → 4
   * torch.ones(1).half().elementSize(); // → 2
   */
  elementSize(this: Tensor): number {
    atMost('elementSize', 0, arguments.length);
    return bytesOf[this.dtype];
  },
  /**
   * Number of its GPU; −1 on the CPU.
   *
   * @example
   * torch.ones(1).getDevice(); // → -1
   */
  getDevice(this: Tensor): number {
    atMost('getDevice', 0, arguments.length);
    return this.device.index ?? -1;
  },
  /**
   * Whether its elements are floating-point numbers.
   *
   * @example
   * torch.tensor([1]).isFloatingPoint(); // → true
   * torch.tensor([1n]).isFloatingPoint(); // → false
   */
  isFloatingPoint: method<Is>('is_floating_point'),
  /**
   * Whether its elements are complex.
   *
   * @example
   * torch.ones(1).cfloat().isComplex(); // → true
   */
  isComplex: method<Is>('is_complex'),
  /**
   * Whether its dtype has negative numbers.
   *
   * @example
   * torch.tensor([1n]).isSigned(); // → true
   * torch.tensor([1n]).byte().isSigned(); // → false
   */
  isSigned: method<Is>('is_signed'),
  /**
   * Whether it is marked as conjugate: {@link resolveConj}.
   *
   * @example
   * torch.ones(1).cfloat().conj().isConj(); // → true
   */
  isConj: method<Is>('is_conj'),
  /**
   * Whether it is marked as negative: {@link resolveNeg}.
   *
   * @example
   * torch.imag(torch.ones(1).cfloat().conj()).isNeg(); // → true
   */
  isNeg: method<Is>('is_neg'),
  /**
   * Whether it was made in inference mode.
   *
   * @example
   * torch.inferenceMode(() => torch.ones(1)).isInference(); // → true
   */
  isInference: method<Is>('is_inference'),
  /**
   * Whether its one element is not 0.
   *
   * @example
   * torch.tensor([0]).isNonzero(); // → false
   * torch.tensor(-2).isNonzero(); // → true
   */
  isNonzero: method<Is>('is_nonzero'),
  /**
   * Whether it lies in page-locked memory, from which GPUs copy faster.
   *
   * @example
   * torch.ones(1).isPinned(); // → false
   */
  isPinned: method<(this: Tensor, device?: string) => boolean>('is_pinned'),
  /**
   * Whether it has the shape of another one.
   *
   * @example
   * torch.ones(2, 3).isSameSize(torch.zeros(2, 3)); // → true
   */
  isSameSize: method<(this: Tensor, other: Tensor) => boolean>('is_same_size'),
  /**
   * Whether it is the same view on the same memory: of one shape, with the same strides.
   *
   * @example
   * const x = torch.zeros(2, 3);
   * x.isSetTo(x.view(2, 3)); // → true
   * x.isSetTo(x.clone()); // → false
   */
  isSetTo: method<(this: Tensor, tensor: Tensor) => boolean>('is_set_to'),
};

export type Properties = typeof properties;
declare module '../native/tensor.js' {
  interface Tensor extends Properties {}
}
extendTensor(properties);
