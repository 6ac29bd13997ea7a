import type { Device } from '../device.js';
import { type BatchIterable, DataLoader } from './dataloader.js';
import { inMemory } from './inMemory.js';

/** Batches for a device, and what to call when they are no longer needed. */
export interface Resident {
  readonly batches: BatchIterable;
  dispose(): void;
}

/**
 * A loader like another one, with the data set on a device; the batches themselves where that cannot be
 * had or is so already. Draws the same random numbers.
 */
export function residentOn(batches: BatchIterable, device: Device): Resident {
  const asTheyAre = { batches, dispose: () => {} };
  if (typeof inMemory(batches) === 'string') return asTheyAre;
  const { dataset, batchSize, shuffle, dropLast, generator } = batches as unknown as DataLoader;
  if (dataset.to === undefined) return asTheyAre;
  const options = { batchSize, shuffle, dropLast, ...(generator && { generator }) };
  const loader = new DataLoader(dataset, options).to(device);
  return {
    batches: loader as unknown as BatchIterable,
    dispose: () => {
      const copy = inMemory(loader, 'any');
      if (typeof copy === 'string') return;
      for (const tensor of [copy.images, copy.labels, copy.table, ...copy.rows]) tensor?.dispose();
    },
  };
}
