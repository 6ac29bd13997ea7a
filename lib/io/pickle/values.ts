// Python's values that JavaScript has no word for, while a pickle is read.

/** A tuple: a list that nothing is appended to. */
export class Tuple {
  readonly items: readonly unknown[];

  constructor(items: readonly unknown[]) {
    this.items = items;
  }
}

/** A class, function or constant that a pickle names. */
export interface Global {
  /** As Python writes it: `torch._utils._rebuild_tensor_v2`. */
  readonly name: string;
  /** What a call gives. Without it the global cannot be called. */
  readonly call?: (args: readonly unknown[]) => unknown;
  /** What stands for it where it is data, such as a dtype. Without it the global is no data. */
  readonly value?: string;
}

const globals = new WeakSet<object>();

export function makeGlobal(global: Global): Global {
  globals.add(global);
  return global;
}

export function isGlobal(value: unknown): value is Global {
  return typeof value === 'object' && value !== null && globals.has(value);
}

/** What a pickle can hold as key of a dict, in both directions. */
export type Key = string | number | bigint | boolean | null;

export function isKey(value: unknown): value is Key {
  return value === null || ['string', 'number', 'bigint', 'boolean'].includes(typeof value);
}
