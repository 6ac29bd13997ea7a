import { invalidArgument } from '../error.js';

/**
 * Refuses arguments beyond those that a function takes, as Python does; JavaScript drops them without a word.
 * Every public function, constructor and method that is no operator begins with it, and a test sees that none forgets.
 * The count is asked for, and not `arguments` itself, which would then be made at every call.
 *
 * @param what - The function's name, for messages.
 * @param given - `arguments.length`, or that of a list.
 * @throws {TypeError} `ERR_INVALID_ARG`
 */
export function atMost(what: string, most: number, given: number): void {
  if (given > most) throw tooMany(what, most, given);
}

function tooMany(what: string, most: number, given: number): TypeError {
  const takes = most === 0 ? 'no arguments' : `at most ${most} argument${most === 1 ? '' : 's'}`;
  return invalidArgument(`${what}: takes ${takes}, got ${given}`);
}
