import { getDefaultDtype } from '../context/defaultDtype.js';
import { invalidArgument } from '../error.js';
import type { DType } from '../native/dtype.js';
import type { TypedArray } from '../native/exports/data.js';
import type { Nested } from './conversion.js';

/** What JavaScript has for an element of a tensor. */
export type Element = number | bigint | boolean;

/** The elements of nested arrays, in a typed array that holds each exactly as `dtype` will. */
export interface Flat {
  readonly shape: number[];
  readonly data: TypedArray;
  readonly dtype: DType;
}

/** The dtype of one value: `getDefaultDtype()` for a number, int64 for a bigint, bool for a boolean. */
export function dtypeOf(value: Element): DType {
  if (typeof value === 'bigint') return 'int64';
  return typeof value === 'boolean' ? 'bool' : getDefaultDtype();
}

function isLost(value: Element, dtype: DType): boolean {
  if (typeof value !== 'bigint') return false;
  const number = dtype === 'float64' ? Number(value) : Math.fround(Number(value));
  return !Number.isFinite(number) || BigInt(number) !== value;
}

// What holds all of them: one number makes all the default dtype, else one bigint makes all int64.
function commonDtype(elements: readonly Element[]): DType {
  const types = new Set(elements.map((value) => typeof value));
  if (types.size === 0 || types.has('number')) {
    const dtype = getDefaultDtype();
    const lost = types.has('bigint') ? elements.find((each) => isLost(each, dtype)) : undefined;
    if (lost !== undefined) {
      throw invalidArgument(
        `tensor: beside numbers bigints become ${dtype}, which does not hold ${lost}: give a dtype`,
      );
    }
    return dtype;
  }
  return types.has('bigint') ? 'int64' : 'bool';
}

function flatten(value: Nested<Element>): { shape: number[]; elements: Element[] } {
  const shape: number[] = [];
  for (let level: unknown = value; Array.isArray(level); level = level[0]) {
    shape.push(level.length);
    if (shape.length > 64) throw invalidArgument('tensor: expected at most 64 dimensions');
  }
  const elements: Element[] = [];
  const visit = (part: unknown, dim: number): void => {
    if (dim === shape.length) {
      if (!['number', 'bigint', 'boolean'].includes(typeof part)) {
        throw invalidArgument(
          `tensor: expected numbers, got ${part === null ? 'null' : typeof part}`,
        );
      }
      elements.push(part as Element);
      return;
    }
    if (!Array.isArray(part) || part.length !== shape[dim]) {
      const found = Array.isArray(part) ? `one of length ${part.length}` : typeof part;
      throw invalidArgument(
        `tensor: expected a sequence of length ${shape[dim]} at dimension ${dim}, got ${found}`,
      );
    }
    for (const inner of part) visit(inner, dim + 1);
  };
  visit(value, 0);
  return { shape, elements };
}

const ranges = {
  int64: [-(2n ** 63n), 2n ** 63n - 1n],
  uint64: [0n, 2n ** 64n - 1n],
} as const;

function toBigInt(value: Element, dtype: keyof typeof ranges): bigint {
  const [min, max] = ranges[dtype];
  const isWhole = typeof value !== 'number' || Number.isInteger(value);
  if (!isWhole && (dtype === 'uint64' || !Number.isFinite(value))) {
    throw invalidArgument(`tensor: ${dtype} cannot hold ${value}`);
  }
  const integer = BigInt(typeof value === 'number' ? Math.trunc(value) : value);
  if (integer < min || integer > max) {
    const hint = dtype === 'int64' && integer > 0n ? "; give dtype: 'uint64'" : '';
    throw invalidArgument(`tensor: ${dtype} cannot hold ${value}${hint}`);
  }
  return integer;
}

// Whether numbers are fit for the dtype is checked where they are converted; doubles do for all but
// bigints of 64 bits, and for these that is here.
function pack(elements: readonly Element[], dtype: DType): TypedArray {
  if (
    (dtype === 'int64' || dtype === 'uint64') &&
    elements.some((each) => typeof each === 'bigint')
  ) {
    const integers = elements.map((value) => toBigInt(value, dtype));
    return dtype === 'int64' ? BigInt64Array.from(integers) : BigUint64Array.from(integers);
  }
  return Float64Array.from(elements as Element[], (value) => {
    const number = Number(value);
    if (typeof value === 'bigint' && !Number.isFinite(number) && dtype !== 'bool') {
      throw invalidArgument(`tensor: ${dtype} cannot hold ${value}`);
    }
    return number;
  });
}

/** Refuses the one number that libtorch takes for 0 when it fills a uint64 tensor. */
export function requireScalar(what: string, value: unknown, like: { dtype: DType }): void {
  if (value === 2 ** 64 && like.dtype === 'uint64') {
    throw invalidArgument(`${what}: uint64 cannot hold ${value}`);
  }
}

/**
 * Reads a number, or nested arrays of one length per level.
 * @throws {TypeError} `ERR_INVALID_ARG` for anything else, and for an element that changes where no
 *   dtype was asked for.
 */
export function readNested(value: Nested<Element>, asked?: DType): Flat {
  const { shape, elements } = flatten(value);
  const dtype = asked ?? commonDtype(elements);
  return { shape, data: pack(elements, dtype), dtype };
}
