import type { Device } from '../../context/device.js';
import type { Tensor } from '../../tensor/index.js';
import { imagesOf } from '../dataset/ask.js';
import type { Dataset } from '../dataset/dataset.js';
import { type BatchIterable, DataLoader } from './dataloader.js';
import { isOwnLoader } from './position.js';

/** Batches for a device, and what to call when they are no longer needed. */
export interface Resident {
  readonly batches: BatchIterable;
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
export function residentOn(batches: BatchIterable, device: Device): Resident {
  const asTheyAre = { batches, dispose: () => {} };
  if (!isOwnLoader(batches)) return asTheyAre;
  const { dataset, batchSize, shuffle, sampler, dropLast, generator } = batches as DataLoader;
  const tensors = tensorsOf(dataset);
  if (!tensors?.every(({ deviceName }) => deviceName === 'cpu')) return asTheyAre;
  const order = shuffle ? { shuffle } : { sampler };
  const options = { batchSize, ...order, dropLast, ...(generator && { generator }) };
  const loader = new DataLoader(dataset, options).to(device);
  return {
    batches: loader as unknown as BatchIterable,
    dispose: () => {
      for (const tensor of tensorsOf(loader.dataset) ?? []) tensor.dispose();
    },
  };
}
