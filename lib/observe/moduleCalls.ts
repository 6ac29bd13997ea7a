import type { Module } from '../nn/index.js';

/** One call of a module in a forward pass. */
export interface ModuleCall {
  /** Dotted, the first of a shared module's names; `''` for the network itself. */
  readonly name: string;
  readonly module: Module;
  readonly inputs: readonly unknown[];
  /** What it returned; `undefined` where it threw. */
  output: unknown;
}

/**
 * Runs `work` and notes every call of a network's modules, outer ones before those they make.
 *
 * @param told - Is told of each call as it begins and as it ends.
 */
export function recordModuleCalls(
  net: Module,
  work: () => void,
  told?: (call: ModuleCall, when: 'begin' | 'end') => void,
): ModuleCall[] {
  const calls: ModuleCall[] = [];
  const restore = [...net.namedModules()].map(([name, module]) => {
    const own = Object.getOwnPropertyDescriptor(module, 'forward');
    const { forward } = module;
    const value = (...inputs: unknown[]): unknown => {
      const call: ModuleCall = { name, module, inputs, output: undefined };
      calls.push(call);
      told?.(call, 'begin');
      call.output = forward.apply(module, inputs);
      told?.(call, 'end');
      return call.output;
    };
    // Not enumerable: a module's enumerable fields are its members.
    Object.defineProperty(module, 'forward', { value, configurable: true });
    return () => {
      if (own === undefined) Reflect.deleteProperty(module, 'forward');
      else Object.defineProperty(module, 'forward', own);
    };
  });
  try {
    work();
  } finally {
    for (const each of restore) each();
  }
  return calls;
}
