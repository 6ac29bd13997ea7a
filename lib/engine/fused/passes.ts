import { onOneThread } from '../../context/oneThread.js';
import type { DataLoader, LaterBatches } from '../../data/loader/dataloader.js';
import { rowsOf } from '../../data/loader/inMemory.js';
import { countedOf } from '../../data/loader/shares.js';
import type { FusedResult, FusedTask } from '../../native/exports/fused.js';
import { native } from '../../native/load.js';
import type { Tensor } from '../../tensor/index.js';
import type { TrainingTask } from '../engine.js';
import type { Counts, PassSums, PassWatch } from '../pass.js';
import type { FusedPlan, FusedTraining } from './plan.js';

// A stretch of steps after which progress is told; longer ones have less overhead.
const stretchMs = 33;

// Waits for a task, which the signal stops at its next step.
async function finish(
  task: FusedTask,
  signal: AbortSignal | undefined,
  stops = false,
): Promise<FusedResult> {
  const stop = (): void => task.stop();
  signal?.addEventListener('abort', stop);
  if (stops || signal?.aborted) stop();
  try {
    return await task.promise;
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}

// The order of a pass over a loader's data, as rows of the images.
function beginPass(batches: LaterBatches, { data }: FusedPlan, drawn?: () => void) {
  return onOneThread(() => {
    const { order, examples, finish } = (batches as unknown as DataLoader).beginPass();
    drawn?.();
    const rows = rowsOf(data, order);
    if (rows !== order) order.dispose();
    return { rows: rows.keep(), examples, finish };
  });
}

function passOf({ session, data, table }: FusedPlan, rows: Tensor, first: number, count: number) {
  return [session.engine, data.images, data.labels, table, rows, first, count] as const;
}

// How many examples the next stretch has: those that are not counted are trained in stretches of one step.
function sizeOfStretch(
  { position, examples, counted }: { position: number; examples: number; counted: number },
  steps: number,
  batchSize: number,
): number {
  const left = examples - position;
  if (counted >= examples) return Math.min(steps * batchSize, left);
  const whole = counted - (counted % batchSize) - position;
  return Math.min(whole > 0 ? Math.min(steps * batchSize, whole) : batchSize, left);
}

/**
 * One epoch in the fused engine, on its own threads. Parameters and optimizer are up to date whenever
 * the meter reports or the keeper is told, and when the pass ends, however it ends; gradients are null.
 * @param sums - Kept up to date; where they are not zero, the pass goes on from there.
 */
export async function trainFused(
  plan: FusedTraining,
  { batches, optimizer, peers }: TrainingTask,
  sums: PassSums,
  watch: PassWatch,
): Promise<void> {
  const { meter, signal, keeper } = watch;
  const { session, fitting } = plan;
  const batchSize = (batches as unknown as DataLoader).batchSize!;
  const before = sums.batches;
  const { rows, examples, finish: endPass } = beginPass(batches, plan, keeper?.drawn);
  const counted = peers === undefined ? examples : Math.min(examples, countedOf(batches));
  let position = Math.min(examples, before * batchSize);
  // In stretches only where somebody wants to be told; the first step of several processes is one, as they may be late.
  const inStretches = meter !== undefined || keeper?.isTimed === true;
  let steps = inStretches || peers !== undefined ? 1 : Number.POSITIVE_INFINITY;
  session.users++;
  try {
    session.loadTraining(optimizer, fitting);
    while (position < examples) {
      // Of several processes none stops before they have agreed.
      if (peers === undefined) signal?.throwIfAborted();
      const most = Math.min(steps, keeper?.stepsToGo() ?? steps);
      const size = sizeOfStretch({ position, examples, counted }, most, batchSize);
      const strangers = Math.min(size, Math.max(0, position + size - counted));
      const end = position + size;
      const rightOfOthers = await rightIn(plan, rows, end - strangers, strangers);
      const start = performance.now();
      const pass = passOf(plan, rows, position, size);
      const task = native.trainFused(...pass, batchSize, peers?.average);
      const isLate = peers !== undefined && keeper?.isLate === true;
      const result = await finish(task, signal, isLate);
      const stepMs = (performance.now() - start) / Math.max(1, result.batches);
      if (result.batches > 0) peers?.arrived();
      steps = inStretches ? Math.max(1, Math.round(stretchMs / stepMs)) : Number.POSITIVE_INFINITY;
      const losses = result.losses ?? [];
      for (const loss of losses) sums.loss += loss;
      const isWhole = result.samples === size;
      sums.correct += result.correct - (isWhole ? rightOfOthers : 0);
      sums.count += result.samples - (isWhole ? strangers : 0);
      sums.batches += result.batches;
      position += result.samples;
      const isEnd = position === examples || result.failure !== undefined;
      if (meter || keeper || result.stopped || isEnd) {
        session.storeTraining(optimizer, fitting, sums.batches - before);
      }
      if (result.failure !== undefined) throw await peers?.failed(result.failure, sums.batches + 1);
      meter?.step(sums.count, result.batches);
      await keeper?.stepped(losses);
      if (peers !== undefined && result.stopped && !isEnd) await peers.haveWord(watch);
    }
    endPass();
  } finally {
    session.users--;
    rows.dispose();
  }
}

// How many of some examples are classified right as things are.
async function rightIn(
  plan: FusedPlan,
  rows: Tensor,
  first: number,
  count: number,
): Promise<number> {
  if (count === 0) return 0;
  const { correct } = await native.evaluateFused(...passOf(plan, rows, first, count)).promise;
  return correct;
}

/** How many of a pass's examples a model gets right, and of how many. */
export async function evaluateFused(
  plan: FusedPlan,
  batches: LaterBatches,
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
