import { invalidArgument } from '../error.js';

/** What Python would call a dict: an object without a class of its own, or a `Map`. */
export function isDict(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  if (value instanceof Map) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  // Test runners load packages into contexts with another Object.prototype: nothing stands above it.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** A value's kind in words, for messages. */
export function kindOf(value: unknown): string {
  if (value === null || (typeof value !== 'object' && typeof value !== 'function')) {
    return typeof value === 'string' ? `'${value}'` : String(value);
  }
  if (typeof value === 'function') return 'a function';
  if (Array.isArray(value)) return 'an array';
  if (isPromise(value)) return 'a Promise: await it first';
  return isDict(value) ? 'an object' : `an object of class ${Object(value).constructor?.name}`;
}

const isPromise = (value: object): boolean =>
  typeof (value as { then?: unknown }).then === 'function';

/**
 * The keys and values of a dict, all of them.
 * @param what - Of what, for messages: `'SGD: loadStateDict'`.
 * @param expected - In words. Default: `'an object or a Map'`.
 * @throws {TypeError} `ERR_INVALID_ARG` for anything that would be read in part or not at all.
 */
export function entriesOf(
  what: string,
  value: unknown,
  expected = 'an object or a Map',
): [unknown, unknown][] {
  if (!isDict(value) || isPromise(value)) {
    throw invalidArgument(`${what}: expected ${expected}, got ${kindOf(value)}`);
  }
  if (Object.getOwnPropertySymbols(value).length > 0) {
    throw invalidArgument(`${what}: expected ${expected}, got one with symbols as keys`);
  }
  return value instanceof Map ? [...value] : Object.entries(value);
}
