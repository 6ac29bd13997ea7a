import type { NativeFunction } from './exports/operators.js';
import { native } from './load.js';
import type { Tensor } from './tensor.js';

/**
 * Answers a call of an operator in its place: `operator` is the function that would have been called, one and
 * the same for each binding.
 */
export type CallWatcher = (operator: NativeFunction, args: readonly unknown[]) => unknown;

let watcher: CallWatcher | undefined;

/** Runs `work` while all calls of operators go to `next`. */
export function watchCalls<T>(next: CallWatcher, work: () => T): T {
  const before = watcher;
  watcher = next;
  try {
    return work();
  } finally {
    watcher = before;
  }
}

// The one place where JavaScript calls operators.
const watched =
  (operator: NativeFunction): NativeFunction =>
  (...args: unknown[]) =>
    watcher === undefined ? operator(...args) : watcher(operator, args);

/** Operators as one function, or as one method of a tensor, which is their first argument. */
export const bindOverloads = (overloads: readonly string[]): NativeFunction =>
  watched(native.bindFunction(overloads));

export function bindMethod(overloads: readonly string[]): NativeFunction {
  const method = native.bindMethod(overloads);
  const operator = (receiver: unknown, ...args: unknown[]): unknown => method.apply(receiver, args);
  return function (this: unknown, ...args: unknown[]): unknown {
    return watcher === undefined ? method.apply(this, args) : watcher(operator, [this, ...args]);
  };
}

/**
 * Binds one operator overload by its full name (`'add.Tensor'`, `'relu'`); the look-up happens here,
 * once. Arguments follow the schema's order; a trailing plain object holds keyword arguments under
 * the schema's own names.
 *
 * @throws {TorchError} `ERR_UNKNOWN_OPERATOR` when libtorch has no such operator.
 */
export function bind<F extends NativeFunction = (...args: unknown[]) => Tensor>(name: string): F {
  return watched(native.bind(name)) as F;
}

/**
 * One operator as in Python's `torch.ops.aten.add`: called, it takes the first overload whose schema
 * accepts the arguments; its properties are the overloads (`torch.ops.aten.add.Tensor`).
 */
export interface OperatorPacket extends NativeFunction {
  /** Names of the overloads, in the order in which they are tried. */
  readonly overloads: () => string[];
  readonly [overload: string]: NativeFunction;
}

/** The operators of one namespace, by name. */
export interface OperatorNamespace {
  readonly [name: string]: OperatorPacket;
}

function packet(name: string): OperatorPacket {
  const overloads = new Map<string, NativeFunction>();
  return new Proxy(watched(native.resolve(name)), {
    get(target, key) {
      if (key === 'overloads') return () => native.overloads(name);
      if (typeof key !== 'string' || key in target) return Reflect.get(target, key);
      let overload = overloads.get(key);
      if (overload === undefined) {
        overload = bind(key === 'default' ? name : `${name}.${key}`);
        overloads.set(key, overload);
      }
      return overload;
    },
  }) as unknown as OperatorPacket;
}

function namespace(prefix: string): OperatorNamespace {
  const packets = new Map<string, OperatorPacket>();
  return new Proxy(Object.create(null), {
    get(_, key) {
      if (typeof key !== 'string') return undefined;
      let found = packets.get(key);
      if (found === undefined) {
        found = packet(`${prefix}::${key}`);
        packets.set(key, found);
      }
      return found;
    },
  });
}

/**
 * Every operator that libtorch registers, as in Python: `torch.ops.aten.add.Tensor(a, b)`, or
 * `torch.ops.aten.add(a, b)` for the first overload that fits.
 */
export const ops = { aten: namespace('aten') };
