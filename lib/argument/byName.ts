import { isPlain, requireKnown } from './options.js';

/**
 * What a call was given, in order: a plain object in the place of what may be left out has it by name, as Python's
 * keywords do. Values are the function's to check.
 *
 * @param what - The function's name, for messages.
 * @param needed - How many arguments have to be given by position.
 * @param names - Of those that come after them.
 * @throws {TypeError} `ERR_INVALID_ARG` for a name that is none of these, or of an argument that was given already.
 */
export function byName(
  what: string,
  given: readonly unknown[],
  needed: number,
  names: readonly string[],
): readonly unknown[] {
  const last = given.length - 1;
  const named = given[last];
  if (last < needed || !isPlain(named)) return given;
  const rest = names.slice(last - needed);
  requireKnown(what, rest, named);
  return [...given.slice(0, last), ...rest.map((name) => named[name])];
}
