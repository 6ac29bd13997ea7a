import { inspect } from 'node:util';

import { invalidArgument } from '../error.js';
import { Tensor } from '../tensor/index.js';

/** Options without those that are `undefined`, which are not given. */
export function given<T extends object>(options: T): T {
  const entries = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as T;
}

/**
 * A number of a group as it is now: groups may be changed between steps. A tensor of one element counts as
 * its number, as in Python.
 *
 * @param what - `'Adam: lr'`
 * @throws {TypeError} `ERR_INVALID_ARG` for anything else, and for NaN.
 */
export function numberOf(what: string, value: unknown): number {
  const number = value instanceof Tensor && value.numel() === 1 ? Number(value.item()) : value;
  if (typeof number === 'number' && !Number.isNaN(number)) return number;
  throw invalidArgument(`${what}: expected a number, got ${inspect(value)}`);
}

/** A switch of a group. @throws {TypeError} `ERR_INVALID_ARG` for anything but a boolean. */
export function switchOf(what: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw invalidArgument(`${what}: expected a boolean, got ${inspect(value)}`);
}
