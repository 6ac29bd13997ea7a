import { callback, flag } from '../../argument/kind.js';
import { readOptions } from '../../argument/options.js';
import { RemovableHandle } from '../../context/removableHandle.js';

import { type BackwardHook, type BackwardPreHook, HookedCall } from './backwardHooks.js';

export type { BackwardHook, BackwardPreHook } from './backwardHooks.js';

type Called = (...inputs: unknown[]) => unknown;

/** What hooks are registered on. */
interface Hooked {
  forward(...inputs: never[]): unknown;
}

/** Called with a module and its inputs before its forward pass; what it returns takes their place. */
export type ForwardPreHook<M = unknown> = (
  module: M,
  inputs: readonly unknown[],
  // biome-ignore lint/suspicious/noConfusingVoidType: a hook may return nothing
) => unknown | void;

/** Called with a module, its inputs and its output after its forward pass; what it returns takes the output's place. */
export type ForwardHook<M = unknown> = (
  module: M,
  inputs: readonly unknown[],
  output: unknown,
  // biome-ignore lint/suspicious/noConfusingVoidType: a hook may return nothing
) => unknown | void;

/** Options of hooks: where they stand. */
export interface HookOptions {
  /** Whether it is called before those that are there. Default false. */
  prepend?: boolean;
}

interface Entry {
  readonly call: Called;
  readonly isAlways: boolean;
}

// A module's hooks, and what its forward pass was before there were any.
class Hooks {
  readonly before: Entry[] = [];
  readonly after: Entry[] = [];
  readonly backward: Entry[] = [];
  readonly backwardBefore: Entry[] = [];
  readonly #module: Hooked;
  #own: PropertyDescriptor | undefined;

  constructor(module: Hooked) {
    this.#module = module;
  }

  get isEmpty(): boolean {
    const { before, after, backward, backwardBefore } = this;
    return [before, after, backward, backwardBefore].every(({ length }) => length === 0);
  }

  get #forward(): Called {
    const own = this.#own;
    if (own !== undefined) return (own.get?.call(this.#module) ?? own.value) as Called;
    return Reflect.get(Object.getPrototypeOf(this.#module), 'forward', this.#module) as Called;
  }

  // As a module is called by its forward pass, hooks stand before that.
  install(): void {
    const module = this.#module;
    this.#own = Object.getOwnPropertyDescriptor(module, 'forward');
    const forward = (...inputs: unknown[]): unknown => this.#call(inputs);
    Object.defineProperty(module, 'forward', {
      get: () => forward,
      set: (value: unknown) => {
        this.#own = { value, writable: true, enumerable: true, configurable: true };
      },
      // Not enumerable: a module's enumerable fields are its members.
      enumerable: false,
      configurable: true,
    });
  }

  uninstall(): void {
    if (this.#own === undefined) Reflect.deleteProperty(this.#module, 'forward');
    else Object.defineProperty(this.#module, 'forward', this.#own);
  }

  #hookedCall(): HookedCall | undefined {
    const [hooks, preHooks] = [this.backward, this.backwardBefore].map((entries) =>
      entries.map(({ call }) => call),
    ) as [BackwardHook[], BackwardPreHook[]];
    if (hooks.length + preHooks.length === 0) return undefined;
    return new HookedCall(this.#module, hooks, preHooks);
  }

  #call(given: readonly unknown[]): unknown {
    const module = this.#module;
    let inputs = given;
    let output: unknown;
    const done = new Set<Entry>();
    try {
      for (const { call } of [...this.before]) {
        const changed = call(module, inputs);
        if (changed !== undefined) inputs = Array.isArray(changed) ? changed : [changed];
      }
      const hooked = this.#hookedCall();
      if (hooked !== undefined) inputs = hooked.takeInputs(inputs);
      output = this.#forward.apply(module, [...inputs]);
      for (const entry of [...this.after]) {
        done.add(entry);
        const changed = entry.call(module, inputs, output);
        if (changed !== undefined) output = changed;
      }
      if (hooked !== undefined) output = hooked.takeOutput(output);
      return output;
    } catch (error) {
      for (const entry of this.after) {
        if (entry.isAlways && !done.has(entry)) entry.call(module, inputs, output);
      }
      throw error;
    }
  }
}

const hooksOf = new WeakMap<Hooked, Hooks>();

/** Whether a module calls anything but its forward pass. */
export const hasHooks = (module: Hooked): boolean => hooksOf.has(module);

/** Has a function called at each call of a module. */
export function addHook(
  module: Hooked,
  kind: 'before' | 'after' | 'backward' | 'backwardBefore',
  call: unknown,
  { prepend, alwaysCall = false }: { prepend: boolean; alwaysCall?: boolean },
): RemovableHandle {
  let hooks = hooksOf.get(module);
  if (hooks === undefined) {
    hooks = new Hooks(module);
    hooks.install();
    hooksOf.set(module, hooks);
  }
  const list = hooks[kind];
  const entry: Entry = { call: call as Called, isAlways: alwaysCall };
  if (prepend) list.unshift(entry);
  else list.push(entry);
  const own = hooks;
  return new RemovableHandle(() => {
    const at = list.indexOf(entry);
    if (at < 0) return;
    list.splice(at, 1);
    if (!own.isEmpty) return;
    own.uninstall();
    hooksOf.delete(module);
  });
}

/** Has all functions that are called at a module's calls called at those of another one too. */
export function copyHooks(from: Hooked, to: Hooked): void {
  const hooks = hooksOf.get(from);
  for (const kind of ['before', 'after', 'backward', 'backwardBefore'] as const) {
    for (const { call, isAlways } of hooks?.[kind] ?? []) {
      addHook(to, kind, call, { prepend: false, alwaysCall: isAlways });
    }
  }
}

const prepended = { prepend: flag.or(false) };

/** Reads what `registerForwardPreHook` and its like are given. */
export function readHook(what: string, hook: unknown, options: unknown): { prepend: boolean } {
  callback('a function').read(`${what}: hook`, hook);
  return readOptions(what, prepended, options);
}

/** The same for `registerForwardHook`. */
export function readForwardHook(
  what: string,
  hook: unknown,
  options: unknown,
): { prepend: boolean; alwaysCall: boolean } {
  callback('a function').read(`${what}: hook`, hook);
  return readOptions(what, { ...prepended, alwaysCall: flag.or(false) }, options);
}
