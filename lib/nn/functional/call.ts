import { type Args, type ArgsOf, Signature } from '../../argument/arguments.js';

/**
 * A function that Python's own code makes of several operators. All that it takes may be given by position, and from
 * any place on by name in a plain object.
 *
 * The type that the result is given to says what that means in TypeScript.
 *
 * @param args - What it takes, in Python's order.
 */
export function callable<A extends Args, F>(
  name: string,
  args: A,
  run: (values: ArgsOf<A>) => unknown,
): F {
  const signature = new Signature(name, args, {});
  const call = (...given: unknown[]): unknown => {
    const values = {};
    signature.read(given, values);
    return run(values as ArgsOf<A>);
  };
  return call as unknown as F;
}
