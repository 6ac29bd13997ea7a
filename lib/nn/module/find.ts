import { describe } from '../../argument/describe.js';
import { text } from '../../argument/kind.js';
import { invalidArgument } from '../../error.js';

/** What has parts by name. */
interface Parts {
  ownMembers(): [string, unknown][];
}

/** The part of that dotted name. @throws {TypeError} `ERR_INVALID_ARG` where a step of the way is missing. */
export function partAt(module: Parts, what: string, target: string): unknown {
  let at: unknown = module;
  if (text.read(`${what}: target`, target) === '') return at;
  for (const name of target.split('.')) {
    const owner = at as Partial<Parts> & object;
    const members = owner.ownMembers?.() ?? [];
    const found = members.find(([key]) => key === name);
    if (found === undefined) {
      throw invalidArgument(
        `${what}: ${describe(target)}: ${owner.constructor.name} has no attribute '${name}'`,
      );
    }
    at = found[1];
  }
  return at;
}
