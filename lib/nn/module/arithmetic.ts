import { integer } from '../../argument/kind.js';
import { invalidArgument } from '../../error.js';
import type { Tensor } from '../../tensor/index.js';

/** What a layer computes for one example. */
export interface Arithmetic {
  /** Inputs and biases that its output units are connected to, summed over the units. */
  readonly connections: number;
  /** Multiplications whose product is added to something; adding a bias or comparing is none. */
  readonly multiplyAdds: number;
}

/** The arithmetic of so many units, each with the same. */
export function perUnit(units: number, connections: number, multiplyAdds: number): Arithmetic {
  const count = integer(0).read('arithmetic: units', units);
  return { connections: count * connections, multiplyAdds: count * multiplyAdds };
}

/** The arithmetic of units that each see so many inputs, multiply each, and add a bias where there is one. */
export function weighted(units: number, inputs: number, bias: Tensor | null): Arithmetic {
  return perUnit(units, bias === null ? inputs : inputs + 1, inputs);
}

/** What is asked of a module. */
interface Answering {
  arithmetic(units: number): Arithmetic | undefined;
}

/**
 * A module's answer, looked at: it may be a module of the user's own.
 *
 * @throws {TypeError} `ERR_INVALID_ARG`
 */
export function arithmeticOf(module: Answering, units: number): Arithmetic | undefined {
  // Without types, a module may have a member of that name.
  if (typeof module.arithmetic !== 'function') return undefined;
  const answer: unknown = module.arithmetic(units);
  if (answer === undefined) return undefined;
  const what = `${module.constructor.name}.arithmetic`;
  if (typeof answer !== 'object' || answer === null) {
    throw invalidArgument(`${what}: expected { connections, multiplyAdds }, got ${answer}`);
  }
  const { connections, multiplyAdds } = answer as Arithmetic;
  return {
    connections: integer(0).read(`${what}: connections`, connections),
    multiplyAdds: integer(0).read(`${what}: multiplyAdds`, multiplyAdds),
  };
}
