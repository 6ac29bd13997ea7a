import type { BatchIterable, DataLoader } from '../../data/loader/dataloader.js';
import { rowsOf } from '../../data/loader/inMemory.js';
import type { FusedResult, FusedTask } from '../../native/exports/fused.js';
import { native } from '../../native/load.js';
import type { Tensor } from '../../tensor/index.js';
import type { TrainingTask } from '../engine.js';
import type { Counts, PassSums, PassWatch } from '../pass.js';
import type { FusedPlan, FusedTraining } from './plan.js';

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
function beginPass(batches: BatchIterable, { data }: FusedPlan, drawn?: () => void) {
  const { order, examples, finish } = (batches as unknown as DataLoader).beginPass();
  drawn?.();
  const rows = rowsOf(data, order);
  if (rows !== order) order.dispose();
  return { rows: rows.keep(), examples, finish };
}

function passOf({ session, data, table }: FusedPlan, rows: Tensor, first: number, count: number) {
  return [session.engine, data.images, data.labels, table, rows, first, count] as const;
}

/**
 * One epoch in the fused engine, on its own threads. Parameters and optimizer are up to date whenever
 * the meter reports or the keeper is told, and when the pass ends, however it ends; gradients are null.
 * @param sums - Kept up to date; where they are not zero, the pass goes on from there.
 */
export async function trainFused(
  plan: FusedTraining,
  { batches, optimizer }: TrainingTask,
  sums: PassSums,
  { meter, signal, keeper }: PassWatch,
): Promise<void> {
  const { session, fitting } = plan;
  const { batchSize } = batches as unknown as DataLoader;
  const before = sums.batches;
  const { rows, examples, finish: endPass } = beginPass(batches, plan, keeper?.drawn);
  // In stretches only where somebody wants to be told.
  const inStretches = meter !== undefined || keeper?.isTimed === true;
  session.users++;
  try {
    session.loadTraining(optimizer, fitting);
    let steps = inStretches ? 1 : Number.POSITIVE_INFINITY;
    while (sums.count < examples) {
      signal?.throwIfAborted();
      const most = Math.min(steps, keeper?.stepsToGo() ?? steps) * batchSize;
      const size = Math.min(most, examples - sums.count);
      const start = performance.now();
      const pass = passOf(plan, rows, sums.count, size);
      const result = await finish(native.trainFused(...pass, batchSize), signal);
      const stepMs = (performance.now() - start) / Math.max(1, result.batches);
      if (inStretches) steps = Math.max(1, Math.round(stretchMs / stepMs));
      const losses = result.losses ?? [];
      for (const loss of losses) sums.loss += loss;
      sums.correct += result.correct;
      sums.count += result.samples;
      sums.batches += result.batches;
      if (meter || keeper || result.stopped || sums.count === examples) {
        session.storeTraining(optimizer, fitting, sums.batches - before);
      }
      meter?.step(sums.count, result.batches);
      await keeper?.stepped(losses);
    }
    endPass();
  } finally {
    session.users--;
    rows.dispose();
  }
}

/** How many of a pass's examples a model gets right, and of how many. */
export async function evaluateFused(
  plan: FusedPlan,
  batches: BatchIterable,
  signal: AbortSignal | undefined,
): Promise<Counts> {
  const { session } = plan;
  const { rows, examples, finish: endPass } = beginPass(batches, plan);
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
