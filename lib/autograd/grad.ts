import { atMost } from '../argument/atMost.js';
import { anything, flag } from '../argument/kind.js';
import { readOptions } from '../argument/options.js';
import { failedBackward } from '../context/backward.js';
import { invalidArgument } from '../error.js';
import { native } from '../native/load.js';
import {
  type BackwardOptions,
  type GradientsOf,
  type PassOptions,
  passSpec,
  readGradients,
  readPass,
  readTensors,
  runBackward,
  type Tensors,
} from '../tensor/gradients.js';
import { type Tensor, zerosLike } from '../tensor/index.js';

/** Options of {@link grad}. */
export interface GradOptions extends PassOptions {
  /** Gradients of the outputs, one for each; `null` for one of a single element: 1. Default: `null` for each. */
  gradOutputs?: GradientsOf;
  /** Whether inputs that the outputs do not depend on are no error. Default: `materializeGrads`. */
  allowUnused?: boolean;
  /** Zeros in place of `null` for such inputs. Default false. */
  materializeGrads?: boolean;
}

const gradSpec = {
  ...passSpec,
  gradOutputs: anything<GradientsOf>('a Tensor, null or a list of them').optional(),
  allowUnused: flag.optional(),
  materializeGrads: flag.or(false),
};

/**
 * The gradients of outputs with respect to inputs, given back and added to no `grad`; mirrors `torch.autograd.grad`.
 *
 * @param outputs - What is differentiated: their sum, weighted by `gradOutputs`.
 * @returns One for each input; `null` for an unused one that is allowed.
 * @throws {TypeError} `ERR_INVALID_ARG` for gradients of other shapes, and for `allowUnused: false` with `materializeGrads`.
 * @throws {TorchError} `ERR_LIBTORCH` for unused inputs, and where nothing was recorded or it has been freed.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.autograd.grad.html
 * @example
 * const x = torch.tensor([1, 2], { requiresGrad: true });
 * const [dx] = torch.autograd.grad(x.square().sum(), x);
 * dx; // → tensor([2., 4.])
 * x.grad; // → null
 */
export function grad(
  outputs: Tensors,
  inputs: Tensors,
  options: GradOptions & { allowUnused: true; materializeGrads?: false },
): (Tensor | null)[];
export function grad(outputs: Tensors, inputs: Tensors, options?: GradOptions): Tensor[];
export function grad(outputs: Tensors, inputs: Tensors, options?: GradOptions): (Tensor | null)[] {
  atMost('grad', 3, arguments.length);
  const { gradOutputs, retainGraph, createGraph, materializeGrads, allowUnused } = readOptions(
    'grad',
    gradSpec,
    options,
  );
  if (materializeGrads && allowUnused === false) {
    throw invalidArgument('grad: allowUnused: expected true or nothing with materializeGrads');
  }
  const from = readTensors('grad: outputs', outputs);
  const to = readTensors('grad: inputs', inputs);
  const begin = readGradients('grad: gradOutputs', gradOutputs, from);
  const allows = allowUnused ?? materializeGrads;
  let found: (Tensor | null)[];
  try {
    found = native.gradients(from, begin, retainGraph, createGraph, to, allows);
  } catch (error) {
    throw failedBackward(error);
  }
  if (!materializeGrads) return found;
  return found.map((gradient, i) => gradient ?? zerosLike(to[i]!, { requiresGrad: createGraph }));
}

/**
 * Adds the gradients of several tensors, weighted by `gradTensors`, to the `grad` of the leaves they were computed
 * from; mirrors `torch.autograd.backward`.
 *
 * @param gradTensors - One for each tensor, of its shape; `null` for one of a single element: 1.
 * @throws {TypeError} `ERR_INVALID_ARG` for gradients of other shapes.
 * @throws {TorchError} `ERR_LIBTORCH` where nothing was recorded, or it has been freed.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.autograd.backward.html
 * @example
 * const x = torch.tensor([1, 2], { requiresGrad: true });
 * torch.autograd.backward([x.mul(2), x.mul(3)], [torch.ones(2), torch.tensor([0, 10])]);
 * x.grad; // → tensor([2., 32.])
 */
export function backward(
  tensors: Tensors,
  gradTensors?: GradientsOf | (BackwardOptions & { gradTensors?: GradientsOf }),
  options?: BackwardOptions,
): void {
  atMost('backward', 3, arguments.length);
  const read = readPass('gradTensors', gradTensors, options);
  const from = readTensors('backward: tensors', tensors);
  runBackward('backward', from, readGradients('backward: gradTensors', read.from, from), read);
}
