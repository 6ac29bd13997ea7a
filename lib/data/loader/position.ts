import { holds } from '../../argument/holds.js';
import type { Tensor } from '../../tensor/index.js';
import { DataLoader, type LaterBatches, lengthOfLoader } from './dataloader.js';

/** Whether batches come from the package's own loader, or an heir that changes nothing of them. */
export function isOwnLoader(batches: unknown): batches is DataLoader {
  return (
    batches instanceof DataLoader &&
    holds(batches, 'beginPass', [
      ...[Symbol.iterator, Symbol.asyncIterator, 'resumePass', 'dataset', 'sampler', 'length'],
    ])
  );
}

/**
 * Whether a pass over these batches can be gone on with in its middle: the package's own loader, unchanged,
 * or an array of batches.
 */
export function canResumePass(batches: LaterBatches): boolean {
  return Array.isArray(batches) || isOwnLoader(batches);
}

/**
 * The rest of a pass, for batches of which {@link canResumePass} is true.
 * @param drawn - Called when the order has been drawn, before a batch is fetched.
 */
export function resumePass(batches: LaterBatches, first: number, drawn: () => void): LaterBatches {
  if (batches instanceof DataLoader) {
    return (batches as DataLoader<readonly [Tensor, Tensor]>).resumePass(first, drawn);
  }
  drawn();
  return (batches as (readonly [Tensor, Tensor])[]).slice(first);
}

/** How many batches a pass has, where that is known. */
export function lengthOf(batches: LaterBatches): number | undefined {
  if (batches instanceof DataLoader && lengthOfLoader(batches) === undefined) return undefined;
  const { length } = batches as { length?: unknown };
  return typeof length === 'number' ? length : undefined;
}

/**
 * Tells a loader's sampler which epoch comes: one that is shared among processes draws another order in each.
 * @param epoch - From 0, as in Python.
 */
export function beginEpoch(batches: LaterBatches, epoch: number): void {
  if (!(batches instanceof DataLoader)) return;
  const { batchSampler, sampler } = batches as DataLoader;
  if (batchSampler !== undefined) batchSampler.setEpoch?.(epoch);
  else sampler.setEpoch?.(epoch);
}
