import type { NativeFunction } from './exports/operators.js';
import { native } from './load.js';
import type { Tensor } from './tensor.js';

const { handleOf } = native;
const TensorClass = native.Tensor as unknown as abstract new () => Tensor;

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

// An operator takes tensors too, but finds their handles in many times what compiled JavaScript does. Which values are
// tensors is asked before the first handle is read: a proxy's trap could release a tensor whose handle was read.
const isTensor = (value: unknown): boolean => value instanceof TensorClass;

function handlesOf(args: readonly unknown[]): unknown[] {
  const are = args.map(isTensor);
  return args.map((value, i) => (are[i] ? handleOf(value) : value));
}

// The one place where JavaScript calls operators. Most are never called: libtorch is asked for one at its first call.
function watched(find: () => NativeFunction): NativeFunction {
  let operator: NativeFunction = (...args) => {
    operator = find();
    return operator(...args);
  };
  const first = operator;
  return (...args: unknown[]): unknown => {
    if (watcher !== undefined) {
      if (operator === first) operator = find();
      return watcher(operator, args);
    }
    const [a, b, c] = args;
    switch (args.length) {
      case 1:
        return operator(isTensor(a) ? handleOf(a) : a);
      case 2: {
        const [isA, isB] = [isTensor(a), isTensor(b)];
        return operator(isA ? handleOf(a) : a, isB ? handleOf(b) : b);
      }
      case 3: {
        const [isA, isB, isC] = [isTensor(a), isTensor(b), isTensor(c)];
        return operator(isA ? handleOf(a) : a, isB ? handleOf(b) : b, isC ? handleOf(c) : c);
      }
      default:
        return operator(...handlesOf(args));
    }
  };
}

/** Operators as one function, or as one method of a tensor, which is their first argument. */
export const bindOverloads = (overloads: readonly string[]): NativeFunction =>
  watched(() => native.bindFunction(overloads));

export function bindMethod(overloads: readonly string[]): NativeFunction {
  let method: NativeFunction = function (this: unknown, ...args) {
    method = native.bindMethod(overloads);
    return method.apply(this, args);
  };
  const operator = (receiver: unknown, ...args: unknown[]): unknown => method.apply(receiver, args);
  return function (this: unknown, ...args: unknown[]): unknown {
    if (watcher !== undefined) return watcher(operator, [this, ...args]);
    const isThis = isTensor(this);
    const [a, b] = args;
    switch (args.length) {
      case 0:
        return method.call(isThis ? handleOf(this) : this);
      case 1: {
        const isA = isTensor(a);
        return method.call(isThis ? handleOf(this) : this, isA ? handleOf(a) : a);
      }
      case 2: {
        const [isA, isB] = [isTensor(a), isTensor(b)];
        const [handleA, handleB] = [isA ? handleOf(a) : a, isB ? handleOf(b) : b];
        return method.call(isThis ? handleOf(this) : this, handleA, handleB);
      }
      default: {
        const [self, ...rest] = handlesOf([this, ...args]);
        return method.apply(self, rest);
      }
    }
  };
}

/** A method that takes a list, or its integers one by one. */
export function bindSeveral(overloads: readonly string[]): NativeFunction {
  const whole = bindMethod(overloads);
  let method: NativeFunction = function (this: unknown, ...elements) {
    method = native.bindSeveral(overloads);
    return method.apply(this, elements);
  };
  return function (this: unknown, ...given: unknown[]): unknown {
    const [a, b, c] = given;
    if (typeof a !== 'number') return whole.apply(this, given);
    if (watcher !== undefined) return whole.call(this, given);
    const self = isTensor(this) ? handleOf(this) : this;
    switch (given.length) {
      case 1:
        return method.call(self, a);
      case 2:
        return method.call(self, a, b);
      case 3:
        return method.call(self, a, b, c);
      default:
        return method.apply(self, given);
    }
  };
}

/**
 * Binds one operator overload by its full name (`'add.Tensor'`, `'relu'`), which libtorch has: a test looks.
 * Arguments follow the schema's order; a trailing plain object holds keyword arguments under
 * the schema's own names.
 */
export function bind<F extends NativeFunction = (...args: unknown[]) => Tensor>(name: string): F {
  return watched(() => native.bind(name)) as F;
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

const bound = (operator: NativeFunction): NativeFunction => watched(() => operator);

function packet(name: string): OperatorPacket {
  const overloads = new Map<string, NativeFunction>();
  return new Proxy(bound(native.resolve(name)), {
    get(target, key) {
      if (key === 'overloads') return () => native.overloads(name);
      if (typeof key !== 'string' || key in target) return Reflect.get(target, key);
      let overload = overloads.get(key);
      if (overload === undefined) {
        overload = bound(native.bind(key === 'default' ? name : `${name}.${key}`));
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

const namespaces = new Map<string, OperatorNamespace>();

/**
 * Every operator that libtorch registers, as in Python: `torch.ops.aten.add.Tensor(a, b)`, or
 * `torch.ops.aten.add(a, b)` for the first overload that fits. `aten` has all that computes; other namespaces are
 * there by their names too (`torch.ops.quantized`, `torch.ops.inductor`).
 *
 * @example
 * torch.ops.aten.add!(torch.ones(2), torch.ones(2)); // → tensor([2., 2.])
 */
export const ops = new Proxy(Object.create(null), {
  get(_, name) {
    if (typeof name !== 'string') return undefined;
    let found = namespaces.get(name);
    if (found === undefined) {
      found = namespace(name);
      namespaces.set(name, found);
    }
    return found;
  },
}) as Readonly<Record<string, OperatorNamespace>> & { readonly aten: OperatorNamespace };
