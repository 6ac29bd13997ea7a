import { describe } from '../../argument/describe.js';
import { invalidArgument } from '../../error.js';

/** Whatever has a number of examples: a data set, an array. */
export interface Sized {
  readonly length: number;
}

/** @throws {TypeError} `ERR_INVALID_ARG` */
export function requireSized(what: string, given: Sized): Sized {
  if (typeof given === 'object' && Number.isSafeInteger(given?.length) && given.length >= 0) {
    return given;
  }
  throw invalidArgument(`${what}: expected a data set with a length, got ${describe(given)}`);
}
