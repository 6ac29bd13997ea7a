import type { Device } from '../../context/device.js';
import type { Tensor } from '../../tensor/index.js';
import { imagesOf } from '../dataset/ask.js';
import type { Dataset } from '../dataset/dataset.js';
import { DataLoader, type LaterBatches } from './dataloader.js';
import { isOwnLoader } from './position.js';

/** Batches for a device, and what to call when they are no longer needed. */
export interface Resident {
  readonly batches: LaterBatches;
  dispose(): void;
}

// What a data set consists of; `undefined` for one that does not say it.
function tensorsOf(dataset: Dataset): readonly Tensor[] | undefined {
  const found = imagesOf(dataset);
  if (typeof found === 'string') return undefined;
  const { images, labels, steps, rows = [] } = found;
  return [images, labels, ...(steps?.table ? [steps.table] : []), ...rows];
}

/**
 * A loader like another one, with the data set on a device; the batches themselves where that cannot be
 * had or is so already. Draws the same random numbers.
 */
export function residentOn(batches: LaterBatches, device: Device): Resident {
  const asTheyAre = { batches, dispose: () => {} };
  if (!isOwnLoader(batches)) return asTheyAre;
  const loader = batches as DataLoader;
  const { dataset, batchSize, shuffle, sampler, dropLast, generator } = loader;
  // What makes its batches in a way of its own gathers none on a device.
  if (batchSize === null || loader.collateFn !== undefined) return asTheyAre;
  const tensors = tensorsOf(dataset);
  if (!tensors?.every(({ deviceName }) => deviceName === 'cpu')) return asTheyAre;
  const order = shuffle ? { shuffle } : { sampler };
  const options = { batchSize, ...order, dropLast, ...(generator && { generator }) };
  const resident = new DataLoader(dataset, options).to(device);
  return {
    batches: resident as unknown as LaterBatches,
    dispose: () => {
      for (const tensor of tensorsOf(resident.dataset) ?? []) tensor.dispose();
    },
  };
}
