import { noGrad } from '../../context/autograd.js';
import { requireBatch } from '../../data/loader/dataloader.js';
import { lengthOf, resumePass } from '../../data/loader/position.js';
import { invalidArgument } from '../../error.js';
import { Module } from '../../nn/index.js';
import { inEvalMode } from '../../observe/mode.js';
import { warnOfUnlisted } from '../../observe/unlisted.js';
import { Tensor } from '../../tensor/index.js';
import { tidy } from '../../tensor/scope.js';
import type { EvaluationTask, ModelFunction, TrainingTask } from '../engine.js';
import { objectiveOf } from '../objective.js';
import type { Counts, PassSums, PassWatch } from '../pass.js';
import { turn } from '../turn.js';
import { Tally } from './tally.js';

/**
 * One pass of the chapter's inner loop. Nothing of a step is left set when other tasks run.
 * @param sums - Where they are not zero, the pass goes on from there. Counts are kept up to date, loss and right
 *   answers where a keeper is told of each step; otherwise they are complete at the end.
 */
export async function trainEagerly(
  { net, batches, optimizer, device }: TrainingTask,
  sums: PassSums,
  { meter, signal, keeper }: PassWatch,
): Promise<void> {
  const objective = objectiveOf(net);
  const length = lengthOf(batches);
  const drawn = keeper?.drawn;
  const rest = drawn === undefined ? batches : resumePass(batches, sums.batches, drawn);
  signal?.throwIfAborted();
  const tally = new Tally(String(device));
  try {
    for await (const item of rest) {
      const batch = requireBatch('train', item);
      tidy(() => {
        const X = batch[0].to(device);
        const y = batch[1].to(device);
        const compute = (): readonly [Tensor, Tensor] => {
          const yHat = net.forward(X);
          const l = objective.forward(yHat, y);
          optimizer.zeroGrad();
          warnOfUnlisted(net, l);
          l.backward();
          return [yHat, l];
        };
        const [yHat, l] = optimizer.needsClosure ? stepWithClosure(optimizer, compute) : compute();
        if (!optimizer.needsClosure) optimizer.step();
        noGrad(() => tally.add(l, objective.right(yHat, y)));
        sums.count += y.shape[0] as number;
      });
      sums.batches++;
      // Whoever notes each step has to be told of it: that waits for the device.
      const told = keeper && tally.moveTo(sums);
      meter?.step(sums.count);
      await turn();
      if (told !== undefined) await keeper?.stepped([told]);
      // Before the next batch is fetched, which may draw random numbers; a finished pass is let end.
      if (sums.batches !== length) signal?.throwIfAborted();
    }
  } finally {
    try {
      tally.moveTo(sums);
    } finally {
      tally.dispose();
    }
  }
}

/** A step that computes the loss several times. @returns What was computed first, before anything had changed. */
function stepWithClosure(
  optimizer: TrainingTask['optimizer'],
  compute: () => readonly [Tensor, Tensor],
): readonly [Tensor, Tensor] {
  let first: readonly [Tensor, Tensor] | undefined;
  optimizer.step(() => {
    // What was first stays until the step is over.
    if (first === undefined) first = compute();
    else return tidy(() => compute()[1]);
    return first[1];
  });
  return first!;
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
  { net, batches, device }: EvaluationTask,
  signal: AbortSignal | undefined,
): Promise<Counts> {
  const objective = objectiveOf(net);
  const sums = { loss: 0, correct: 0 };
  let count = 0;
  let tally: Tally | undefined;
  try {
    for await (const batch of batches) {
      signal?.throwIfAborted();
      const [X, y] = requireBatch('evaluate', batch);
      noGrad(() =>
        tidy(() => {
          const images = device === undefined ? X : X.to(device);
          const output = scores(net, images);
          tally ??= new Tally(output.deviceName);
          tally.add(undefined, objective.right(output, y.to(output.device)));
        }),
      );
      count += y.shape[0] as number;
      await turn();
    }
    tally?.moveTo(sums);
    return { correct: sums.correct, count };
  } finally {
    tally?.dispose();
  }
}
