import type { DataLoader } from '../data/loader/dataloader.js';

/** Examples in a loader's full batch: of one whose data set is in memory (`inMemory`), whose batches therefore have a size. */
export function fullBatch({ batchSize, sampler }: DataLoader): number {
  return Math.min(batchSize!, sampler.length!);
}

/**
 * How many examples a loader's batches have: the full ones, and a smaller last one where there is one.
 * @param loader - With a sampler that gives whole orders.
 */
export function batchSizes(loader: DataLoader): number[] {
  const last = loader.dropLast ? 0 : loader.sampler.length! % loader.batchSize!;
  return [...new Set([fullBatch(loader), last])].filter((size) => size > 0);
}
