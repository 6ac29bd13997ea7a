import { noGrad } from './autograd.js';
import type { BatchIterable } from './data/dataloader.js';
import { refuseEmpty, requireBatch } from './data/dataloader.js';
import { type DeviceLike, requireDevice } from './device.js';
import { beginUse } from './engine/busy.js';
import { turn } from './engine/turn.js';
import { invalidArgument } from './error.js';
import { Module } from './nn/index.js';
import { tidy } from './scope.js';
import { Tensor } from './tensor/index.js';

/** A model that is a plain function: called with `{ isTraining: false }` if it takes two arguments. */
export type ModelFunction = (images: Tensor, options: { isTraining: boolean }) => Tensor;

// Runs `work` with all modules in evaluation mode, and gives each its own mode back.
function inEvalMode<T>(net: Module, work: () => T): T {
  const modes = [...net.modules()].map((module) => [module, module.training] as const);
  net.eval();
  try {
    return work();
  } finally {
    for (const [module, mode] of modes) module.training = mode;
  }
}

/**
 * Share of the examples whose largest score is that of their class; mirrors the chapter's
 * `evaluate_accuracy`. Other tasks run between two batches.
 *
 * @param dataIter - Batches of images and int64 labels `(N)`.
 * @param net - A module, evaluated in evaluation mode without gradients, its modes restored; or a
 *   function from images to scores `(N, K)`.
 * @param device - Where to evaluate. Default: where the module's first parameter is.
 * @param options.signal - Stops at the next batch; the promise rejects with the signal's reason.
 * @returns The accuracy, a fraction 0–1.
 * @throws {TorchError} `ERR_DATA_EMPTY` without batches, `ERR_MODEL_BUSY` while the model is trained.
 */
export async function evaluate(
  dataIter: BatchIterable,
  net: Module | ModelFunction,
  device?: DeviceLike | null,
  options: { signal?: AbortSignal } = {},
): Promise<number> {
  if (typeof dataIter?.[Symbol.iterator] !== 'function') {
    throw invalidArgument('evaluate: dataIter: expected an iterable of [images, labels]');
  }
  const isModule = net instanceof Module;
  if (!isModule && typeof net !== 'function') {
    throw invalidArgument('evaluate: net: expected a Module or a function');
  }
  const endUse = beginUse(net, 'evaluate');
  try {
    return await evaluateBatches(dataIter, net, device, options.signal);
  } finally {
    endUse();
  }
}

/** {@link evaluate} for a model that the caller may use although it is being trained. */
export async function evaluateBatches(
  dataIter: BatchIterable,
  net: Module | ModelFunction,
  device?: DeviceLike | null,
  signal?: AbortSignal,
): Promise<number> {
  const isModule = net instanceof Module;
  const [first] = isModule ? net.parameters() : [];
  const place = device ? requireDevice(device) : first?.device;
  const predict = (images: Tensor): Tensor => {
    if (isModule) return inEvalMode(net, () => net.forward(images));
    return net.length >= 2
      ? net(images, { isTraining: false })
      : (net as (x: Tensor) => Tensor)(images);
  };
  let correct = 0;
  let count = 0;
  for (const batch of dataIter) {
    signal?.throwIfAborted();
    const [X, y] = requireBatch('evaluate', batch);
    correct += noGrad(() =>
      tidy(() => {
        const images = place === undefined ? X : X.to(place);
        const scores = predict(images);
        if (!(scores instanceof Tensor)) {
          throw invalidArgument('evaluate: net: expected the model to return a Tensor of scores');
        }
        return Number(scores.argmax({ dim: 1 }).eq(y.to(scores.device)).sum().item());
      }),
    );
    count += y.shape[0] as number;
    await turn();
  }
  if (count === 0) refuseEmpty('evaluate');
  return correct / count;
}
