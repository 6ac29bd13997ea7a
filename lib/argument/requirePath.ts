import { invalidArgument } from '../error.js';
import { describe } from './describe.js';

/** @throws {TypeError} `ERR_INVALID_ARG` for anything but the name of a file. */
export function requirePath(what: string, path: unknown): void {
  if (typeof path === 'string' && path !== '') return;
  throw invalidArgument(`${what}: path: expected the name of a file, got ${describe(path)}`);
}
