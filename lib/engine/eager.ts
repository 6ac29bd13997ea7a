import { noGrad } from '../autograd.js';
import { type BatchIterable, requireBatch } from '../data/dataloader.js';
import type { Device } from '../device.js';
import { invalidArgument } from '../error.js';
import { Module } from '../nn/index.js';
import type { Optimizer } from '../optim/index.js';
import { tidy } from '../scope.js';
import { Tensor } from '../tensor/index.js';
import { inEvalMode } from './mode.js';
import { objectiveOf } from './objective.js';
import type { ProgressMeter } from './progress.js';
import { turn } from './turn.js';

/** A model that is a plain function: called with `{ isTraining: false }` if it takes two arguments. */
export type ModelFunction = (images: Tensor, options: { isTraining: boolean }) => Tensor;

/** Sums over one pass of the data. */
export interface PassSums {
  /** Of the batches' mean losses. */
  loss: number;
  correct: number;
  count: number;
  batches: number;
}

/** One pass of the chapter's inner loop. Nothing of a step is left set when other tasks run. */
export async function trainEagerly(
  net: Module,
  trainIter: BatchIterable,
  optimizer: Optimizer<object>,
  device: Device,
  meter: ProgressMeter | undefined,
  signal: AbortSignal | undefined,
): Promise<PassSums> {
  const objective = objectiveOf(net);
  const sums: PassSums = { loss: 0, correct: 0, count: 0, batches: 0 };
  for (const item of trainIter) {
    signal?.throwIfAborted();
    const batch = requireBatch('train', item);
    tidy(() => {
      const X = batch[0].to(device);
      const y = batch[1].to(device);
      const yHat = net.forward(X);
      const l = objective.forward(yHat, y);
      optimizer.zeroGrad();
      l.backward();
      optimizer.step();
      sums.loss += Number(l.item());
      sums.correct += Number(objective.scores(yHat).argmax({ dim: 1 }).eq(y).sum().item());
      sums.count += y.shape[0] as number;
    });
    sums.batches++;
    meter?.step(sums.count);
    await turn();
  }
  return sums;
}

/** A model's scores, without gradients and in evaluation mode. */
export function scores(net: Module | ModelFunction, images: Tensor): Tensor {
  const result = noGrad(() => {
    if (net instanceof Module) return inEvalMode(net, () => net.forward(images));
    return net.length >= 2
      ? net(images, { isTraining: false })
      : (net as (x: Tensor) => Tensor)(images);
  });
  if (result instanceof Tensor) return result;
  throw invalidArgument('net: expected the model to return a Tensor of scores');
}

/** How many of a pass's examples a model gets right, and of how many. */
export async function evaluateEagerly(
  dataIter: BatchIterable,
  net: Module | ModelFunction,
  place: Device | undefined,
  signal: AbortSignal | undefined,
): Promise<{ correct: number; count: number }> {
  const objective = objectiveOf(net);
  let correct = 0;
  let count = 0;
  for (const batch of dataIter) {
    signal?.throwIfAborted();
    const [X, y] = requireBatch('evaluate', batch);
    correct += noGrad(() =>
      tidy(() => {
        const images = place === undefined ? X : X.to(place);
        const result = objective.scores(scores(net, images));
        return Number(result.argmax({ dim: 1 }).eq(y.to(result.device)).sum().item());
      }),
    );
    count += y.shape[0] as number;
    await turn();
  }
  return { correct, count };
}
