import { setImmediate } from 'node:timers/promises';

import { atMost } from '../../argument/atMost.js';
import { describe } from '../../argument/describe.js';
import { noGrad } from '../../context/autograd.js';
import { type DeviceLike, requireDevice } from '../../context/device.js';
import { invalidArgument } from '../../error.js';
import { BatchNorm1d, BatchNorm2d, BatchNorm3d, Module, SyncBatchNorm } from '../../nn/index.js';
import { Tensor } from '../../tensor/index.js';
import { tidy } from '../../tensor/scope.js';

/** Batches: tensors, or lists whose first element is what the model is called with. */
export type BatchesOf = Iterable<unknown> | AsyncIterable<unknown>;

const normalizations = [BatchNorm1d, BatchNorm2d, BatchNorm3d, SyncBatchNorm];
type Normalization = InstanceType<(typeof normalizations)[number]>;

const isNormalization = (module: Module): module is Normalization =>
  normalizations.some((Class) => module instanceof Class);

function inputOf(item: unknown): Tensor {
  const input: unknown = Array.isArray(item) ? item[0] : item;
  if (input instanceof Tensor) return input;
  throw invalidArgument(
    `updateBn: loader: expected Tensors, or lists that begin with one, got ${describe(item)}`,
  );
}

/**
 * Makes the running statistics of a model's batch normalizations those of all batches, in training mode and without
 * gradients; mirrors `torch.optim.swa_utils.update_bn`. A model of averages has those of its copies else.
 *
 * @param loader - A `DataLoader`, or any other iterable of tensors or of lists that begin with one.
 * @param device - Where batches are brought to. Default: they stay.
 * @returns A promise: other tasks run between batches, and must leave the model alone.
 * @throws {TypeError} `ERR_INVALID_ARG`, as a rejection, for batches without a tensor.
 * @throws {TorchError} `ERR_CUDA_UNAVAILABLE`, as a rejection, for a GPU where there is none.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.optim.swa_utils.update_bn.html
 * @example
 * const norm = new nn.BatchNorm1d(1);
 * await optim.swaUtils.updateBn([torch.tensor([[1], [3]])], norm);
 * norm.runningMean; // → tensor([2.])
 */
export async function updateBn(
  loader: BatchesOf,
  model: Module,
  device?: DeviceLike,
): Promise<void> {
  atMost('updateBn', 3, arguments.length);
  if (!(model instanceof Module)) {
    throw invalidArgument(`updateBn: model: expected a Module, got ${describe(model)}`);
  }
  const isIterable = Symbol.iterator in Object(loader) || Symbol.asyncIterator in Object(loader);
  if (!isIterable)
    throw invalidArgument(`updateBn: loader: expected batches, got ${describe(loader)}`);
  const place = device === undefined ? undefined : requireDevice(device);
  const layers = [...model.modules()].filter(isNormalization);
  if (layers.length === 0) return;
  const momenta = layers.map((layer) => layer.momentum);
  const modes = [...model.modules()].map((module) => [module, module.training] as const);
  const { training } = model;
  try {
    for (const layer of layers) {
      noGrad(() => layer.resetRunningStats());
      Reflect.set(layer, 'momentum', null);
    }
    model.train();
    for await (const item of loader) {
      const input = inputOf(item);
      noGrad(() => tidy(() => void model.forward(place === undefined ? input : input.to(place))));
      await setImmediate();
    }
    model.train(training);
  } catch (error) {
    for (const [module, mode] of modes) module.training = mode;
    throw error;
  } finally {
    for (const [i, layer] of layers.entries()) Reflect.set(layer, 'momentum', momenta[i]);
  }
}
