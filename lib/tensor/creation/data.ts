import { isAnyArrayBuffer } from 'node:util/types';

import { atMost } from '../../argument/atMost.js';
import { describe } from '../../argument/describe.js';
import { anything, flag, integer, orNull, text } from '../../argument/kind.js';
import { readOptions, type SpecOf } from '../../argument/options.js';
import { type DeviceLike, requireDevice } from '../../context/device.js';
import { invalidArgument } from '../../error.js';
import type { DType } from '../../native/dtype.js';
import type { TypedArray } from '../../native/exports/data.js';
import { native } from '../../native/load.js';
import { bind } from '../../native/ops.js';
import type { Nested } from '../conversion.js';
import { elementSize } from '../dtypes.js';
import { dtypeKind } from '../kinds.js';
import { type Element, readNested } from '../nested.js';
import { Tensor } from '../tensor.js';
import { type Factory, factory, finish, keywords, spec, type TensorOptions } from './options.js';

const clone = bind<(data: Tensor) => Tensor>('clone');
const fromFileOp = bind<Factory>('from_file');
const viewAs = bind<(data: Tensor, dtype: DType) => Tensor>('view.dtype');

const naturalDtype = (data: TypedArray): DType => {
  const name = data.constructor.name;
  const names: Record<string, DType> = {
    Uint8Array: 'uint8',
    Uint8ClampedArray: 'uint8',
    Buffer: 'uint8',
    Int8Array: 'int8',
    Int16Array: 'int16',
    Uint16Array: 'uint16',
    Int32Array: 'int32',
    Uint32Array: 'uint32',
    BigInt64Array: 'int64',
    BigUint64Array: 'uint64',
    Float32Array: 'float32',
    Float64Array: 'float64',
  };
  return names[name] ?? 'float32';
};

/** Options of {@link tensor}. */
export interface FromDataOptions extends TensorOptions {
  /** Sizes, for a typed array. Default: one dimension. */
  shape?: readonly number[];
}

const fromDataSpec = {
  ...spec,
  shape: anything<readonly number[]>('sizes').optional(),
} satisfies SpecOf<FromDataOptions>;

/**
 * A tensor with a copy of the given elements; mirrors `torch.tensor`.
 *
 * @param data - A number, nested arrays of one length per level, or a typed array: of integers,
 *   `Float32` or `Float64`.
 * @param options.dtype - Default: the typed array's own; for arrays `getDefaultDtype()` for numbers, int64 for
 *   bigints, bool for booleans; for several kinds the first of these that is among them. An integer
 *   dtype takes what PyTorch takes: fractions lose what follows the point, negative integers wrap in
 *   `uint8`, `uint16` and `uint32`.
 * @throws {TypeError} `ERR_INVALID_ARG` for ragged arrays, elements that are no numbers, and elements
 *   that the dtype cannot hold.
 * @throws {TorchError} `ERR_CUDA_UNAVAILABLE` for a GPU where there is none.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.tensor.html
 * @example
 * torch.tensor([[1, 2], [3, 4]]); // → tensor([[1., 2.], [3., 4.]])
 * torch.tensor([1n, 2n]).dtype; // → 'int64'
 * torch.tensor(5).shape; // → []
 */
export function tensor(data: Nested<Element> | TypedArray, options?: FromDataOptions): Tensor {
  atMost('tensor', 2, arguments.length);
  const given = readOptions('tensor', fromDataSpec, options);
  const { device } = given;
  let made: Tensor;
  if (ArrayBuffer.isView(data)) {
    const typed = data as TypedArray;
    made = native.fromData(
      typed,
      given.shape ?? [typed.length],
      given.dtype ?? naturalDtype(typed),
    );
  } else {
    if (data instanceof Tensor) {
      throw invalidArgument('tensor: expected numbers, got Tensor; use clone() or to()');
    }
    const flat = readNested(data as Nested<Element>, given.dtype);
    made = native.fromData(flat.data, given.shape ?? flat.shape, flat.dtype);
  }
  if (device !== undefined) made = made.to(requireDevice(device));
  return finish(made, given);
}

type Data = Nested<Element> | TypedArray | Tensor;

/** Options of {@link asTensor}. */
export interface AsTensorOptions {
  /** Default: that of the data. */
  dtype?: DType | null;
  /** Default: that of the data. */
  device?: DeviceLike | null;
}

/** Options of {@link asarray}. */
export interface AsArrayOptions extends AsTensorOptions {
  /** Whether elements are copied: always, never (an error where they must be), or where they must be. Default null. */
  copy?: boolean | null;
  /** Whether operations on the result are recorded; if not, a tensor is detached. Default false. */
  requiresGrad?: boolean;
}

const asTensorSpec = {
  dtype: orNull(dtypeKind).or(null),
  device: orNull(anything<DeviceLike>('a device')).or(null),
} satisfies SpecOf<AsTensorOptions>;

const asArraySpec = {
  ...asTensorSpec,
  copy: orNull(flag).or(null),
  requiresGrad: flag.or(false),
} satisfies SpecOf<AsArrayOptions>;

const placed = ({ dtype, device }: AsTensorOptions): TensorOptions => ({
  ...(dtype && { dtype }),
  ...(device && { device }),
});

function moved(data: Tensor, { dtype, device }: AsTensorOptions): Tensor {
  const there = device ? data.to(requireDevice(device)) : data;
  return dtype ? there.to(dtype) : there;
}

/**
 * A tensor as it is where dtype and device are right, and else converted with its gradients; anything else as
 * {@link tensor} takes it, a copy; mirrors `torch.as_tensor`.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for what {@link tensor} does not take.
 * @example
 * const x = torch.ones(2);
 * torch.asTensor(x) === x; // → true
 * torch.asTensor([1, 2], { dtype: 'int64' }); // → tensor([1, 2])
 */
export function asTensor(data: Data, options?: AsTensorOptions): Tensor {
  atMost('asTensor', 2, arguments.length);
  const as = readOptions('asTensor', asTensorSpec, options);
  return data instanceof Tensor ? moved(data, as) : tensor(data, placed(as));
}

/**
 * As {@link asTensor}, with a say in whether elements are copied; mirrors `torch.asarray`. The memory of JavaScript's
 * own arrays is never shared.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for `copy: false` where elements must be copied.
 * @example
 * const x = torch.ones(2);
 * torch.asarray(x) === x; // → true
 * torch.asarray(x, { copy: true }) === x; // → false
 */
export function asarray(data: Data, options?: AsArrayOptions): Tensor {
  atMost('asarray', 2, arguments.length);
  const { copy, requiresGrad, ...as } = readOptions('asarray', asArraySpec, options);
  const isTensor = data instanceof Tensor;
  let made = isTensor ? moved(data, as) : tensor(data, placed(as));
  const isCopy = made !== data;
  if (copy === false && isCopy) {
    const why = isTensor ? 'the dtype or the device changes' : "only a tensor's memory is shared";
    throw invalidArgument(`asarray: copy: false, but ${why}`);
  }
  if (copy && !isCopy) made = clone(made);
  if (made.requiresGrad !== requiresGrad) made = made.detach();
  return finish(made, { requiresGrad });
}

/** Options of {@link frombuffer}. */
export interface FromBufferOptions {
  dtype: DType;
  /** Elements. Default −1: as many as there are. */
  count?: number;
  /** Bytes that are left out at the beginning. Default 0. */
  offset?: number;
  /** Whether operations on the tensor are recorded for `backward`. Default false. */
  requiresGrad?: boolean;
}

const fromBufferSpec = {
  dtype: dtypeKind.optional(),
  count: integer(-1).or(-1),
  offset: integer(0).or(0),
  requiresGrad: flag.or(false),
} satisfies SpecOf<FromBufferOptions>;

/**
 * A tensor of one dimension whose elements are the bytes of a buffer; mirrors `torch.frombuffer`, but copies them.
 *
 * @param options.dtype - Required.
 * @throws {TypeError} `ERR_INVALID_ARG` where the bytes make no whole elements, or fewer than `count`.
 * @example
 * const bytes = new Uint8Array([0, 1, 0, 2, 0]);
 * torch.frombuffer(bytes, { dtype: 'int16', offset: 1 }); // → tensor([1, 2], dtype=torch.int16)
 */
export function frombuffer(
  buffer: ArrayBuffer | NodeJS.ArrayBufferView,
  options: FromBufferOptions,
): Tensor {
  atMost('frombuffer', 2, arguments.length);
  const { dtype, count, offset, requiresGrad } = readOptions('frombuffer', fromBufferSpec, options);
  const bytes = bytesOf(buffer);
  const wanted = dtypeKind.read('frombuffer: dtype', dtype);
  const size = elementSize(wanted);
  const rest = bytes.length - offset;
  if (count === 0 || rest <= 0) {
    throw invalidArgument(`frombuffer: expected elements after ${offset} of ${bytes.length} bytes`);
  }
  if (count < 0 && rest % size !== 0) {
    throw invalidArgument(`frombuffer: ${rest} bytes after the offset are no multiple of ${size}`);
  }
  const length = count < 0 ? rest : count * size;
  if (length > rest) {
    throw invalidArgument(`frombuffer: ${count} elements of ${size} bytes do not fit in ${rest}`);
  }
  const part = bytes.slice(offset, offset + length);
  const flat = native.fromData(part, [length], 'uint8');
  // In C++ any other bool than 0 and 1 is undefined behaviour.
  return finish(wanted === 'bool' ? flat.ne(0) : viewAs(flat, wanted), { requiresGrad });
}

interface FromFile {
  (filename: string, shared?: boolean | null, size?: number, options?: TensorOptions): Tensor;
  (filename: string, options?: TensorOptions & { shared?: boolean | null; size?: number }): Tensor;
}

/**
 * A tensor of one dimension whose memory is a file's; mirrors `torch.from_file`.
 *
 * @param shared - Whether changes are written to the file, which is made or grows for them. Default null, as false.
 * @param size - Elements. Default 0.
 * @throws {TorchError} `ERR_LIBTORCH` for a file that is not there or too short.
 * @example
 * import { writeFileSync } from 'node:fs';
 * writeFileSync('numbers.bin', new Float32Array([1, 2, 3]));
 * torch.fromFile('numbers.bin', { size: 3 }); // → tensor([1., 2., 3.])
 */
export const fromFile: FromFile = factory(
  'fromFile',
  { filename: text, shared: orNull(flag).or(null), size: integer(0).or(0) },
  ({ filename, shared, size }, made) => fromFileOp(filename, shared, size, keywords(made)),
);

function bytesOf(buffer: unknown): Uint8Array {
  if (ArrayBuffer.isView(buffer)) {
    return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
  }
  if (isAnyArrayBuffer(buffer)) return new Uint8Array(buffer as ArrayBuffer);
  throw invalidArgument(`frombuffer: buffer: expected bytes, got ${describe(buffer)}`);
}
