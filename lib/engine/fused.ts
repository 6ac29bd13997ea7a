import type { BatchIterable, DataLoader } from '../data/dataloader.js';
import { rowsOf } from '../data/inMemory.js';
import { type FusedResult, type FusedTask, native } from '../native.js';
import type { Optimizer } from '../optim/index.js';
import type { Tensor } from '../tensor/index.js';
import type { PassSums } from './eager.js';
import type { FittingOptimizer } from './fit.js';
import type { FusedPlan } from './plan.js';
import type { ProgressMeter } from './progress.js';

// A stretch of steps after which progress is told; longer ones have less overhead.
const stretchMs = 33;

// Waits for a task, which the signal stops at its next step.
async function finish(task: FusedTask, signal: AbortSignal | undefined): Promise<FusedResult> {
  const stop = (): void => task.stop();
  signal?.addEventListener('abort', stop);
  if (signal?.aborted) stop();
  try {
    return await task.promise;
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}

// The order of a pass over a loader's data, as rows of the images.
function beginPass(iterable: BatchIterable, { data }: FusedPlan) {
  const { order, examples, finish } = (iterable as unknown as DataLoader).beginPass();
  const rows = rowsOf(data, order);
  if (rows !== order) order.dispose();
  return { rows: rows.keep(), examples, finish };
}

function passOf({ session, data, table }: FusedPlan, rows: Tensor, first: number, count: number) {
  return [session.engine, data.images, data.labels, table, rows, first, count] as const;
}

/**
 * One epoch in the fused engine, on its own threads. Parameters and optimizer are up to date whenever
 * the meter reports, and when the pass ends, however it ends; gradients are null.
 */
export async function trainFused(
  plan: FusedPlan & { readonly fitting: FittingOptimizer },
  trainIter: BatchIterable,
  optimizer: Optimizer<object>,
  meter: ProgressMeter | undefined,
  signal: AbortSignal | undefined,
): Promise<PassSums> {
  const { session, fitting } = plan;
  const { batchSize } = trainIter as unknown as DataLoader;
  const sums: PassSums = { loss: 0, correct: 0, count: 0, batches: 0 };
  const { rows, examples, finish: endPass } = beginPass(trainIter, plan);
  session.users++;
  try {
    session.loadTraining(optimizer, fitting);
    let steps = meter === undefined ? Math.ceil(examples / batchSize) : 1;
    while (sums.count < examples) {
      signal?.throwIfAborted();
      const size = Math.min(steps * batchSize, examples - sums.count);
      const start = performance.now();
      const pass = passOf(plan, rows, sums.count, size);
      const result = await finish(native.trainFused(...pass, batchSize), signal);
      const stepMs = (performance.now() - start) / Math.max(1, result.batches);
      steps = Math.max(1, Math.round(stretchMs / stepMs));
      sums.loss += result.loss;
      sums.correct += result.correct;
      sums.count += result.samples;
      sums.batches += result.batches;
      if (meter !== undefined || result.stopped || sums.count === examples) {
        session.storeTraining(optimizer, fitting, sums.batches);
      }
      meter?.step(sums.count, result.batches);
    }
    signal?.throwIfAborted();
    endPass();
    return sums;
  } finally {
    session.users--;
    rows.dispose();
  }
}

/** How many of a pass's examples a model gets right, and of how many. */
export async function evaluateFused(
  plan: FusedPlan,
  dataIter: BatchIterable,
  signal: AbortSignal | undefined,
): Promise<{ correct: number; count: number }> {
  const { session } = plan;
  const { rows, examples, finish: endPass } = beginPass(dataIter, plan);
  session.users++;
  try {
    signal?.throwIfAborted();
    const task = native.evaluateFused(...passOf(plan, rows, 0, examples));
    const { correct, samples } = await finish(task, signal);
    signal?.throwIfAborted();
    endPass();
    return { correct, count: samples };
  } finally {
    session.users--;
    rows.dispose();
  }
}
