import type { FunctionContext } from '../../autograd/context.js';
import { Function } from '../../autograd/function.js';
import { isGradEnabled } from '../../context/autograd.js';
import { requireSynchronous } from '../../context/synchronous.js';
import { invalidArgument } from '../../error.js';
import { Tensor } from '../../tensor/index.js';

type Gradients = readonly (Tensor | null)[];

/**
 * Called with a module and the gradients of its inputs and outputs, `null` where there is none; what it returns takes the
 * inputs' place: a list, or a single one.
 */
export type BackwardHook<M = unknown> = (
  module: M,
  gradInputs: Gradients,
  gradOutputs: Gradients,
  // biome-ignore lint/suspicious/noConfusingVoidType: a hook may return nothing
) => Gradients | Tensor | null | undefined | void;

/** Called with a module and the gradients of its outputs, before its backward; what it returns takes their place. */
export type BackwardPreHook<M = unknown> = (
  module: M,
  gradOutputs: Gradients,
  // biome-ignore lint/suspicious/noConfusingVoidType: a hook may return nothing
) => Gradients | Tensor | null | undefined | void;

type Seen = (gradients: Gradients) => Gradients;

// Changes nothing: all the tensors' gradients come by it at once.
class BackwardHookFunction extends Function {
  static forward(
    context: FunctionContext,
    seen: Seen,
    materializes: boolean,
    ...tensors: Tensor[]
  ): Tensor[] {
    context.seen = seen;
    context.setMaterializeGrads(materializes);
    const same = tensors.map((tensor) => tensor.detach());
    context.markNonDifferentiable(...same.filter((_, i) => !tensors[i]!.requiresGrad));
    return same;
  }

  static backward(context: FunctionContext, ...gradients: (Tensor | null)[]): Gradients {
    return [null, null, ...(context.seen as Seen)(gradients)];
  }
}

const tensorsAt = (values: readonly unknown[]): number[] =>
  values.flatMap((value, i) => (value instanceof Tensor ? [i] : []));

// A list of so many with gradients at some places.
function placed(count: number, at: readonly number[], gradients: Gradients): Gradients {
  const all: (Tensor | null)[] = Array(count).fill(null);
  for (const [k, i] of at.entries()) all[i] = gradients[k]!;
  return all;
}

// The values with other tensors among them; undefined where nothing is recorded.
function pass(
  values: readonly unknown[],
  materializes: boolean,
  seen: Seen,
): unknown[] | undefined {
  const at = tensorsAt(values);
  const tensors = at.map((i) => values[i] as Tensor);
  if (!isGradEnabled() || !tensors.some(({ requiresGrad }) => requiresGrad)) return undefined;
  const same = BackwardHookFunction.apply(seen, materializes, ...tensors);
  const all = [...values];
  for (const [k, i] of at.entries()) all[i] = same[k];
  return all;
}

// What a hook gave in the place of gradients.
function replaced(what: string, given: unknown, gradients: Gradients): Gradients {
  requireSynchronous(what, given);
  if (given === undefined || given === null) return gradients;
  const list = Array.isArray(given) ? given : [given];
  if (list.length === gradients.length) return list;
  throw invalidArgument(
    `${what}: the hook returned ${list.length} gradients, expected ${gradients.length}`,
  );
}

const warned = new WeakSet<object>();

function warnOfInputs(module: object): void {
  if (warned.has(module)) return;
  warned.add(module);
  process.emitWarning(
    `registerFullBackwardHook: no input of ${module.constructor.name} requires gradients: the hook is called when ` +
      'those of its outputs are there, without any of inputs',
    { type: 'TorchWarning', code: 'WARN_BACKWARD_HOOK' },
  );
}

/** One call of a module whose backward has hooks. */
export class HookedCall {
  readonly #module: object;
  readonly #hooks: readonly BackwardHook[];
  readonly #preHooks: readonly BackwardPreHook[];
  #inputs = 0;
  #hasInputs = false;
  // From when they are known to when those of the inputs are.
  #gradOutputs: Gradients | undefined;

  constructor(
    module: object,
    hooks: readonly BackwardHook[],
    preHooks: readonly BackwardPreHook[],
  ) {
    this.#module = module;
    this.#hooks = hooks;
    this.#preHooks = preHooks;
  }

  takeInputs(inputs: readonly unknown[]): readonly unknown[] {
    this.#inputs = inputs.length;
    const passed = pass(inputs, true, this.#seesInputs(inputs.length, tensorsAt(inputs)));
    this.#hasInputs = passed !== undefined;
    return passed ?? inputs;
  }

  takeOutput(output: unknown): unknown {
    const outputs = Array.isArray(output) ? output : [output];
    const passed = pass(outputs, false, this.#seesOutputs(outputs.length, tensorsAt(outputs)));
    if (passed === undefined) return output;
    return Array.isArray(output) ? passed : passed[0];
  }

  // What is made here is held by the graph, and must not hold a tensor of it.
  #seesInputs(count: number, at: readonly number[]): Seen {
    return (gradients) => {
      const gradOutputs = this.#gradOutputs;
      // It may have come to the inputs past the outputs: in a double backward.
      if (gradOutputs === undefined) return gradients;
      this.#gradOutputs = undefined;
      let all = placed(count, at, gradients);
      for (const hook of this.#hooks) {
        const what = 'registerFullBackwardHook';
        all = replaced(what, hook(this.#module, all, gradOutputs), all);
      }
      return at.map((i) => all[i] ?? null);
    };
  }

  #seesOutputs(count: number, at: readonly number[]): Seen {
    return (gradients) => {
      let all = placed(count, at, gradients);
      for (const hook of this.#preHooks) {
        all = replaced('registerFullBackwardPreHook', hook(this.#module, all), all);
      }
      if (this.#hasInputs) this.#gradOutputs = all;
      else this.#callWithoutInputs(all);
      return at.map((i) => all[i] ?? null);
    };
  }

  #callWithoutInputs(gradOutputs: Gradients): void {
    if (this.#hooks.length === 0) return;
    warnOfInputs(this.#module);
    const none: Gradients = Array(this.#inputs).fill(null);
    for (const hook of this.#hooks) {
      const result = hook(this.#module, none, gradOutputs);
      const given = replaced('registerFullBackwardHook', result, none);
      if (given.every((each) => (each ?? null) === null)) continue;
      throw invalidArgument(
        'registerFullBackwardHook: no input requires gradients: expected the hook to return none',
      );
    }
  }
}
