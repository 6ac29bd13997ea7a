import { bindMethod, bindOverloads } from '../native/ops.js';
import type { Tensor } from './tensor.js';

/** A method without arguments. */
export type Unary = (this: Tensor) => Tensor;

/**
 * Operator overloads as one method (`'tril'`; `'sum', 'sum.dim_IntList'`): the tensor is their first
 * argument, and the first overload that accepts the others is called. Names, order and defaults are
 * those of libtorch's schema; a plain object given last holds arguments by name, in camel case.
 *
 * @throws {TypeError} `ERR_INVALID_ARG`, when the method is called, for what no overload accepts.
 */
export function method<F extends object = Unary>(...overloads: string[]): F {
  const made = bindMethod(overloads) as unknown as F;
  overloadsOf.set(made, overloads);
  return made;
}

const overloadsOf = new WeakMap<object, string[]>();

/** The function that a method is: `torch.add(a, b)` is `a.add(b)`. */
export type FunctionOf<M> = M extends (this: Tensor, ...args: infer Rest) => infer Result
  ? (input: Tensor, ...args: Rest) => Result
  : never;

/**
 * Operator overloads as one function, as {@link method} makes a method.
 * @throws {TypeError} `ERR_INVALID_ARG`, when it is called, for what no overload accepts.
 */
export function bindFunction<F extends object>(...overloads: string[]): F {
  return bindOverloads(overloads) as unknown as F;
}

/** A method made by {@link method} as a function; one with several signatures says its type itself. */
export function functionOf<M extends object, F = FunctionOf<M>>(made: M): F {
  return bindFunction<F & object>(...overloadsOf.get(made)!);
}

/** Methods as functions of the tensor and what they take. */
export function functionsOf<Methods, Name extends keyof Methods>(
  methods: Methods,
  ...names: Name[]
): { [N in Name]: FunctionOf<Methods[N]> } {
  const functions = names.map((name) => [name, functionOf(methods[name] as object)]);
  return Object.fromEntries(functions);
}
