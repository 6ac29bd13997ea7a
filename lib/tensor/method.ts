import { describe } from '../argument/describe.js';
import { invalidArgument } from '../error.js';
import { bindMethod, bindOverloads, bindSeveral } from '../native/ops.js';
import { Tensor } from './tensor.js';

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

/** Sizes one by one, as one list, or by their name. */
export type Shape<Name extends string> =
  | number[]
  | [sizes: readonly number[]]
  | [named: Record<Name, readonly number[]>];

/** A {@link method} that takes sizes in each of these ways, as in Python; what comes after a list goes on. */
export function several<Name extends string>(
  ...overloads: string[]
): (this: Tensor, ...sizes: Shape<Name>) => Tensor {
  return bindSeveral(overloads);
}

/** Whether a method or function is one of libtorch's operators as they are. */
export const isOperator = (made: object): boolean => overloadsOf.has(made);

// All parameters of a signature that is none, which TypeScript fills up with.
type Signature<Args extends unknown[], Result> = unknown[] extends Args
  ? unknown
  : (input: Tensor, ...args: Args) => Result;

/** The function that a method is, with each of at most six signatures: `torch.add(a, b)` is `a.add(b)`. */
export type FunctionOf<M> = M extends {
  (this: Tensor, ...args: infer A): infer R;
  (this: Tensor, ...args: infer B): infer S;
  (this: Tensor, ...args: infer C): infer T;
  (this: Tensor, ...args: infer D): infer U;
  (this: Tensor, ...args: infer E): infer V;
  (this: Tensor, ...args: infer F): infer W;
}
  ? Signature<A, R> &
      Signature<B, S> &
      Signature<C, T> &
      Signature<D, U> &
      Signature<E, V> &
      Signature<F, W>
  : never;

/**
 * Operator overloads as one function, as {@link method} makes a method.
 * @throws {TypeError} `ERR_INVALID_ARG`, when it is called, for what no overload accepts.
 */
export function bindFunction<F extends object>(...overloads: string[]): F {
  const made = bindOverloads(overloads) as unknown as F;
  overloadsOf.set(made, overloads);
  return made;
}

type Method = (this: unknown, ...args: unknown[]) => unknown;

// One that is no operator keeps its own way of reading what it is given.
function functionOf(name: string, made: Method): unknown {
  const overloads = overloadsOf.get(made);
  if (overloads !== undefined) return bindFunction(...overloads);
  return (input: unknown, ...args: unknown[]) => {
    if (input instanceof Tensor) return made.apply(input, args);
    throw invalidArgument(`${name}: input: expected a Tensor, got ${describe(input)}`);
  };
}

/** A family's methods as functions of the tensor and what they take. */
export function functionsOf<Methods extends object>(
  methods: Methods,
): { [N in keyof Methods]: FunctionOf<Methods[N]> } {
  const functions = Object.entries(methods).map(([name, made]) => [name, functionOf(name, made)]);
  return Object.fromEntries(functions);
}

/** The overload that changes the tensor: `add_.Tensor` of `add.Tensor`. */
export const inPlaceName = (overload: string): string => overload.replace(/^\w+/, '$&_');

/**
 * Methods that change the tensor, and return it, in place of making another: `add_` of `add`.
 * @param names - All of the family where there are none.
 */
export function inPlaceOf<Methods extends object, Name extends keyof Methods & string>(
  methods: Methods,
  ...names: Name[]
): { [N in Name as `${N}_`]: Methods[N] } {
  const chosen = names.length > 0 ? names : (Object.keys(methods) as Name[]);
  const made = chosen.map((name) => {
    const overloads = overloadsOf.get(methods[name] as object)!;
    return [`${name}_`, method(...overloads.map(inPlaceName))];
  });
  return Object.fromEntries(made);
}
