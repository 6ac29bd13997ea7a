import { inspect } from 'node:util';

import { isPlain } from '../argument/options.js';
import { invalidArgument } from '../error.js';
import type { TypedArray } from '../native/exports/data.js';
import type { Nested } from './conversion.js';
import { tensor } from './creation/index.js';
import { Tensor } from './tensor.js';

/** Python's `start:end:step`; missing parts mean the whole dimension. The step is at least 1. */
export interface Slice {
  start?: number | bigint | null;
  end?: number | bigint | null;
  step?: number | bigint | null;
}

/**
 * One part of an index, as between Python's commas:
 *
 * - a number, a bigint, or an int tensor without dimensions: one element, the dimension goes;
 * - `{ start, end, step }` or `':'`: a slice;
 * - an array or typed array of integers (nested too), or an int tensor: these elements;
 * - an array of booleans, or a bool (or uint8) tensor of k dimensions: where k dimensions are true;
 * - `null`: a new dimension; `true` and `false`: a new one of size 1 or 0; `'...'`: all between.
 */
export type Index =
  | number
  | bigint
  | boolean
  | Slice
  | null
  | '...'
  | ':'
  | Tensor
  | readonly Nested<number | bigint>[]
  | readonly Nested<boolean>[]
  | Exclude<TypedArray, Uint8Array | Uint8ClampedArray | Float32Array | Float64Array>;

/** A slice whose bounds have been read. */
export class Bounds {
  constructor(
    readonly start: number | undefined,
    readonly end: number | undefined,
    readonly step: number,
  ) {}
}

/** A part that has been read: what it means no longer depends on how it was written. */
export type Part = number | boolean | null | '...' | Bounds | Tensor;

const keys = ['start', 'end', 'step'];

const isInteger = ({ dtype }: Tensor): boolean => /^u?int/.test(dtype);

/** Whether a tensor says where, not which: bytes do as well as bools. */
export const isMask = ({ dtype }: Tensor): boolean => dtype === 'bool' || dtype === 'uint8';

const wrong = (part: unknown): TypeError =>
  invalidArgument(
    "index: expected a number, a slice such as { start: 0, end: 2 }, an array of integers or booleans, a Tensor, null, ':' or '...', " +
      `got ${inspect(part, { depth: 0 })}`,
  );

const longest = BigInt(Number.MAX_SAFE_INTEGER);

// Beyond what a dimension can have, one integer is as good as another.
const clamped = (value: bigint): number =>
  Number(value > longest ? longest : value < -longest ? -longest : value);

function integer(what: string, value: unknown): number {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  if (typeof value === 'bigint') return clamped(value);
  if (value instanceof Tensor && value.numel() === 1 && isInteger(value)) {
    return integer(what, value.item());
  }
  throw invalidArgument(`index: ${what}: expected an integer, got ${inspect(value, { depth: 0 })}`);
}

function readSlice(slice: Slice): Bounds {
  for (const key of Object.keys(slice)) {
    if (keys.includes(key)) continue;
    const hint = key === 'stop' ? " ('end' here, as in slice())" : '';
    throw invalidArgument(`index: a slice has start, end and step, got '${key}'${hint}`);
  }
  const { start, end, step } = slice;
  const read = (what: string, value: unknown) =>
    value === undefined || value === null ? undefined : integer(what, value);
  const stride = read('step', step) ?? 1;
  if (stride < 1) throw invalidArgument(`index: step: expected an integer ≥ 1, got ${stride}`);
  return new Bounds(read('start', start), read('end', end), stride);
}

function elementsOf(list: readonly unknown[]): Nested<number | bigint | boolean>[] {
  return list.map((each) => {
    if (Array.isArray(each)) return elementsOf(each);
    return typeof each === 'boolean' ? each : integer('an element of a list', each);
  });
}

function readList(list: readonly unknown[]): Tensor {
  const elements = elementsOf(list);
  const all = (elements as unknown[]).flat(Number.POSITIVE_INFINITY as 20);
  const isBool = all.length > 0 && all.every((each) => typeof each === 'boolean');
  return tensor(elements, { dtype: isBool ? 'bool' : 'int64' });
}

function readTypedArray(array: ArrayBufferView): Tensor {
  if (array instanceof Uint8Array || array instanceof Uint8ClampedArray) {
    throw invalidArgument(
      'index: bytes could be a mask or numbers of rows: write torch.tensor(Array.from(bytes, Boolean)) or Int32Array.from(bytes)',
    );
  }
  if (array instanceof BigUint64Array) return readList(Array.from(array));
  if (/^(Big)?(Int|Uint)/.test(array.constructor.name)) {
    return tensor(array as Int32Array, { dtype: 'int64' });
  }
  throw wrong(array);
}

/**
 * Reads one part.
 * @param made - Takes the tensors that are made on the way, for the caller to release.
 * @throws {TypeError} `ERR_INVALID_ARG` for what is no index.
 */
function readPart(part: unknown, made: Tensor[]): Part {
  switch (typeof part) {
    case 'number':
    case 'bigint':
      return integer('a number', part);
    case 'boolean':
      return part;
    case 'string':
      if (part === '...') return part;
      if (part === ':') return new Bounds(undefined, undefined, 1);
      throw wrong(part);
    case 'object':
      break;
    default:
      throw wrong(part);
  }
  if (part === null) return null;
  if (part instanceof Tensor) return readTensor(part);
  if (Array.isArray(part) || ArrayBuffer.isView(part)) {
    const list = Array.isArray(part) ? readList(part) : readTypedArray(part);
    made.push(list);
    return list;
  }
  if (isPlain(part)) return readSlice(part);
  throw wrong(part);
}

function readTensor(part: Tensor): Part {
  if (part.ndim > 0) return part;
  if (isMask(part)) return Boolean(part.item());
  return isInteger(part) ? integer('a number', part) : part;
}

/**
 * Reads a whole index.
 * @throws {TypeError} `ERR_INVALID_ARG`
 */
export function readIndex(parts: readonly unknown[], made: Tensor[]): Part[] {
  const [lone] = parts;
  // Python takes a lone list of lists for several parts, warns, and will take it for one.
  if (parts.length === 1 && Array.isArray(lone) && lone.some((each) => typeof each === 'object')) {
    throw invalidArgument(
      'index: an array of arrays alone could be one part or several: write x.at(rows, columns), or x.at(torch.tensor(rows, { dtype: "int64" }))',
    );
  }
  return parts.map((part) => readPart(part, made));
}
