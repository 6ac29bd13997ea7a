import { inspect } from 'node:util';

import { atMost } from '../argument/atMost.js';
import { describe } from '../argument/describe.js';
import { flag, integer } from '../argument/kind.js';
import { readOptions } from '../argument/options.js';
import { failedBackward } from '../context/backward.js';
import { type Device, type DeviceLike, device, requireDevice } from '../context/device.js';
import { invalidArgument } from '../error.js';
import type { DType } from '../native/dtype.js';
import type { TypedArray } from '../native/exports/data.js';
import { native } from '../native/load.js';
import { bind } from '../native/ops.js';
import { formatTensor } from './format.js';
import { extendTensor, type Tensor } from './tensor.js';

const toDtype = bind<(a: Tensor, dtype: DType) => Tensor>('to.dtype');
const toDevice = bind<(a: Tensor, device: Device, dtype: DType) => Tensor>('to.device');
const clone = bind<(a: Tensor) => Tensor>('clone');
const contiguous = bind<(a: Tensor) => Tensor>('contiguous');
const detach = bind<(a: Tensor) => Tensor>('detach');
const detachInPlace = bind<(a: Tensor) => Tensor>('detach_');
const retainGrad = bind<(a: Tensor) => void>('retain_grad');

/** Numbers nested as deep as the tensor has dimensions. */
export type Nested<T> = T | Nested<T>[];

const dtypes: readonly string[] = [
  'uint8',
  'uint16',
  'uint32',
  'uint64',
  'int8',
  'int16',
  'int32',
  'int64',
  'float16',
  'bfloat16',
  'float32',
  'float64',
  'float8_e4m3fn',
  'float8_e4m3fnuz',
  'float8_e5m2',
  'float8_e5m2fnuz',
  'float8_e8m0fnu',
  'complex64',
  'complex128',
  'bool',
] satisfies DType[];

/** Whether a value is the name of a dtype. */
export function isDType(value: unknown): value is DType {
  return typeof value === 'string' && dtypes.includes(value);
}

type Element = number | bigint | boolean;

function nest(elements: Element[], shape: readonly number[], dim: number): Nested<Element> {
  const size = shape[dim];
  if (size === undefined) return elements[0] as Element;
  if (dim === shape.length - 1) return elements;
  const step = size === 0 ? 0 : elements.length / size;
  return Array.from({ length: size }, (_, i) =>
    nest(elements.slice(i * step, (i + 1) * step), shape, dim + 1),
  );
}

function toElements(tensor: Tensor): Element[] {
  const data = native.toData(tensor);
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) {
    return Array.from(data as Iterable<bigint>, (value) =>
      BigInt(Number(value)) === value && Number.isSafeInteger(Number(value))
        ? Number(value)
        : value,
    );
  }
  const numbers = Array.from(data as Exclude<TypedArray, BigInt64Array | BigUint64Array>);
  return tensor.dtype === 'bool' ? numbers.map((value) => value !== 0) : numbers;
}

const backwardSpec = { retainGraph: flag.optional(), createGraph: flag.or(false) };

/** Dtypes, devices, copies, and ways back to JavaScript. */
const conversion = {
  /** Where the elements live. */
  get device(): Device {
    return device((this as unknown as Tensor).deviceName);
  },

  /**
   * The tensor with another dtype or on another device; itself when nothing changes.
   * @throws {TorchError} `ERR_CUDA_UNAVAILABLE` for a GPU where there is none.
   */
  to(this: Tensor, target: DType | DeviceLike, dtype?: DType): Tensor {
    atMost('to', 2, arguments.length);
    if (isDType(target)) {
      if (dtype === undefined) return toDtype(this, target);
      throw invalidArgument(`to: got a second argument after the dtype: ${describe(dtype)}`);
    }
    return toDevice(this, requireDevice(target), dtype ?? this.dtype);
  },
  /** On the CPU; itself when it is there already. */
  cpu(this: Tensor): Tensor {
    atMost('cpu', 0, arguments.length);
    return toDevice(this, device('cpu'), this.dtype);
  },
  /** On a GPU. @param index - Default: the current one. */
  cuda(this: Tensor, index?: number): Tensor {
    atMost('cuda', 1, arguments.length);
    return toDevice(
      this,
      requireDevice(index === undefined ? 'cuda' : `cuda:${integer(0).read('cuda: index', index)}`),
      this.dtype,
    );
  },
  /** As float32. */
  float(this: Tensor): Tensor {
    atMost('float', 0, arguments.length);
    return toDtype(this, 'float32');
  },
  /** As float64. */
  double(this: Tensor): Tensor {
    atMost('double', 0, arguments.length);
    return toDtype(this, 'float64');
  },
  /** As int64. */
  long(this: Tensor): Tensor {
    atMost('long', 0, arguments.length);
    return toDtype(this, 'int64');
  },
  /** As int32. */
  int(this: Tensor): Tensor {
    atMost('int', 0, arguments.length);
    return toDtype(this, 'int32');
  },
  /** As bool: whether an element is not zero. */
  bool(this: Tensor): Tensor {
    atMost('bool', 0, arguments.length);
    return toDtype(this, 'bool');
  },
  /** A copy with memory of its own, through which gradients flow. */
  clone(this: Tensor): Tensor {
    atMost('clone', 0, arguments.length);
    return clone(this);
  },
  /** With elements in row-major order without gaps; itself when they are. */
  contiguous(this: Tensor): Tensor {
    atMost('contiguous', 0, arguments.length);
    return contiguous(this);
  },
  /** The same elements without history; a view. */
  detach(this: Tensor): Tensor {
    atMost('detach', 0, arguments.length);
    return detach(this);
  },
  /** Takes the tensor out of the graph that made it; returns it. */
  detach_(this: Tensor): Tensor {
    atMost('detach_', 0, arguments.length);
    return detachInPlace(this);
  },
  /** Keeps the gradient of a tensor that is not a leaf, for `grad` to show after `backward`. */
  retainGrad(this: Tensor): void {
    atMost('retainGrad', 0, arguments.length);
    retainGrad(this);
  },
  /**
   * Adds the gradients of this tensor to the `grad` of the leaves it was computed from.
   *
   * @param gradient - Gradient of this tensor; may be left out for a single element.
   * @param options.retainGraph - Keeps what a second `backward` needs. Default: `createGraph`.
   * @param options.createGraph - Records the computation of the gradients too. Default false.
   * @throws {TorchError} `ERR_LIBTORCH` when nothing was recorded, or it has been freed.
   */
  backward(
    this: Tensor,
    gradient?: Tensor,
    options?: { retainGraph?: boolean; createGraph?: boolean },
  ): void {
    atMost('backward', 2, arguments.length);
    const { createGraph, retainGraph = createGraph } = readOptions(
      'backward',
      backwardSpec,
      options,
    );
    try {
      this.nativeBackward(gradient, retainGraph, createGraph);
    } catch (error) {
      throw failedBackward(error);
    }
  },
  /**
   * A copy of the elements in row-major order: float32, float64 and integers as the typed array of
   * that name (int64: `BigInt64Array`), bool as `Uint8Array`, smaller floats as `Float32Array`.
   */
  data(this: Tensor): TypedArray {
    atMost('data', 0, arguments.length);
    return native.toData(this);
  },
  /** The elements in nested arrays; int64 as numbers where these are exact, else bigints. */
  tolist(this: Tensor): Nested<Element> {
    atMost('tolist', 0, arguments.length);
    return nest(toElements(this), this.shape, 0);
  },
  /** The text that PyTorch prints. */
  toString(this: Tensor): string {
    atMost('toString', 0, arguments.length);
    return this.isDisposed ? 'Tensor(released)' : formatTensor(this);
  },
  [inspect.custom](this: Tensor): string {
    return this.toString();
  },
  [Symbol.dispose](this: Tensor): void {
    this.dispose();
  },
};

export type Conversion = typeof conversion;
declare module '../native/tensor.js' {
  interface Tensor extends Conversion {}
}
extendTensor(conversion);
