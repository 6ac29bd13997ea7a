import { inspect } from 'node:util';

import { invalidArgument } from '../error.js';

/**
 * A name for each of `count` classes; their numbers where none are given.
 * @throws {TypeError} `ERR_INVALID_ARG` for another number of names.
 */
export function requireNames(
  what: string,
  classes: readonly string[] | undefined,
  count: number,
): readonly string[] {
  if (classes === undefined) return Array.from({ length: count }, (_, i) => String(i));
  if (Array.isArray(classes) && classes.length === count) return classes.map(String);
  throw invalidArgument(
    `${what}: classes: expected ${count} names, got ${Array.isArray(classes) ? classes.length : inspect(classes)}`,
  );
}
