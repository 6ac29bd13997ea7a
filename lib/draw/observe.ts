import { noGrad } from '../context/autograd.js';
import { invalidArgument, TorchError } from '../error.js';
import type { Module } from '../nn/index.js';
import { refuseTrained } from '../observe/busy.js';
import { inEvalMode } from '../observe/mode.js';
import { recordModuleCalls } from '../observe/moduleCalls.js';
import { undisturbed } from '../observe/undisturbed.js';
import { Tensor } from '../tensor/index.js';

/** One call of a module from a tensor to a tensor, or to one with more beside it. */
export interface ObservedCall {
  readonly path: string;
  readonly module: Module;
  readonly input: Tensor;
  readonly output: Tensor;
}

/**
 * Runs a forward pass in evaluation mode without gradients and shows what its modules were given and
 * gave. The network is left as it was.
 *
 * @param images - `(N, C, H, W)`, as the network takes them.
 * @param read - Sees the calls and the result; the tensors are released after it.
 * @throws {TypeError} `ERR_INVALID_ARG` for a network whose result is no tensor.
 * @throws {TorchError} `ERR_MODEL_BUSY` while the network is trained; `ERR_LIBTORCH` for images that
 *   do not fit.
 */
export function observe<T>(
  what: string,
  net: Module,
  images: Tensor,
  read: (calls: readonly ObservedCall[], result: Tensor) => T,
): T {
  refuseTrained([...net.modules()], what);
  return undisturbed(net, () =>
    noGrad(() => {
      let result: unknown;
      const calls = recordModuleCalls(net, () => {
        result = inEvalMode(net, () => forward(what, net, images));
      });
      if (result instanceof Tensor) return read(calls.flatMap(observed), result);
      throw invalidArgument(`${what}: ${net.constructor.name} gives something else than a tensor`);
    }),
  );
}

function forward(what: string, net: Module, images: Tensor): unknown {
  try {
    return net.forward(images);
  } catch (error) {
    if (!(error instanceof TorchError) || error.code !== 'ERR_LIBTORCH') throw error;
    throw new TorchError(
      'ERR_LIBTORCH',
      `${what}: ${net.constructor.name} does not take images (${images.shape.join(', ')}): ${error.message}`,
      { cause: error },
    );
  }
}

function observed(call: ReturnType<typeof recordModuleCalls>[number]): ObservedCall[] {
  const { name: path, module, output } = call;
  const [input] = call.inputs;
  // Recurrent layers give their states beside the output.
  const first = Array.isArray(output) ? output[0] : output;
  return input instanceof Tensor && first instanceof Tensor
    ? [{ path, module, input, output: first }]
    : [];
}
