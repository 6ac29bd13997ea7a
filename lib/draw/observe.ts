import { noGrad } from '../autograd.js';
import { beginUse } from '../engine/busy.js';
import { inEvalMode } from '../engine/mode.js';
import { invalidArgument, TorchError } from '../error.js';
import type { Module } from '../nn/index.js';
import { getRngState, setRngState } from '../random.js';
import { tidy } from '../scope.js';
import { Tensor } from '../tensor/index.js';

/** One call of a module during a forward pass. */
export interface ObservedCall {
  readonly path: string;
  readonly module: Module;
  readonly input: Tensor;
  readonly output: Tensor;
}

/**
 * Runs a forward pass in evaluation mode without gradients and shows what its modules were given and
 * gave, in the order of their ends. Modes and the generator's state are put back.
 *
 * @param images - `(N, C, H, W)`, as the model takes them.
 * @param read - Sees the calls and the result; the tensors are released after it.
 * @throws {TorchError} `ERR_MODEL_BUSY` while the model is trained; `ERR_LIBTORCH` for images that do
 *   not fit.
 */
export function observe<T>(
  what: string,
  net: Module,
  images: Tensor,
  read: (calls: readonly ObservedCall[], result: Tensor) => T,
): T {
  const endUse = beginUse(net, what);
  const state = getRngState();
  const calls: ObservedCall[] = [];
  const undo: (() => void)[] = [];
  try {
    for (const [path, module] of net.namedModules()) {
      if (module !== net) undo.push(watch(module, path, calls));
    }
    return tidy(() =>
      noGrad(() => {
        const result: unknown = inEvalMode(net, () => net.forward(images));
        if (result instanceof Tensor) return read(calls, result);
        throw invalidArgument(`${what}: the model gives something else than a tensor`);
      }),
    );
  } catch (error) {
    if (!(error instanceof TorchError) || error.code !== 'ERR_LIBTORCH') throw error;
    const shape = images.shape.join(', ');
    throw new TorchError(
      'ERR_LIBTORCH',
      `${what}: ${net.constructor.name} does not take images (${shape}): ${error.message}`,
      { cause: error },
    );
  } finally {
    for (const restore of undo) restore();
    setRngState(state);
    endUse();
  }
}

// A forward of the module's own hides its class's for the time being, unseen by Object.entries.
function watch(module: Module, path: string, calls: ObservedCall[]): () => void {
  const before = Object.getOwnPropertyDescriptor(module, 'forward');
  const { forward } = module;
  const value = function observed(this: Module, ...inputs: unknown[]): unknown {
    const output: unknown = forward.apply(module, inputs);
    const [input] = inputs;
    if (input instanceof Tensor && output instanceof Tensor) {
      calls.push({ path, module, input, output });
    }
    return output;
  };
  Object.defineProperty(module, 'forward', { value, configurable: true, writable: true });
  return () => {
    if (before === undefined) Reflect.deleteProperty(module, 'forward');
    else Object.defineProperty(module, 'forward', before);
  };
}
