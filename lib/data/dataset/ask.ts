import { describe } from '../../argument/describe.js';
import { holds } from '../../argument/holds.js';
import type { Device } from '../../context/device.js';
import { invalidArgument } from '../../error.js';
import { Tensor } from '../../tensor/index.js';
import { collateExamples } from './collate.js';
import type { Dataset, ImagesInMemory, Reading } from './dataset.js';

/** The numbers of a batch's examples. */
export function numbersIn(indices: Tensor): number[] {
  if (!(indices instanceof Tensor) || indices.dtype !== 'int64') {
    throw invalidArgument(
      `getBatch: indices: expected an int64 tensor (N), got ${describe(indices)}`,
    );
  }
  return Array.from(indices.data() as BigInt64Array, Number);
}

/**
 * A batch of a data set's examples: by its `getBatch`, unless a subclass has changed what an example is, else example
 * by example.
 *
 * @param indices - int64 `(N)`.
 */
export function batchOf(dataset: Dataset<unknown>, indices: Tensor): readonly Tensor[] {
  if (gathers(dataset)) return dataset.getBatch!(indices);
  const examples = numbersIn(indices).map((index) => dataset.get(index));
  return collateExamples('DataLoader', examples) as readonly Tensor[];
}

/** Whether a data set gathers batches itself. */
export const gathers = (dataset: Dataset<unknown>): boolean =>
  dataset.getBatch !== undefined && holds(dataset, 'getBatch', ['get']);

/** What reads a data set's examples off the event loop; `undefined` where they are there at once. */
export function readingOf<Item>(dataset: Dataset<Item>): Reading<Item> | undefined {
  if (dataset.reading === undefined || !holds(dataset, 'reading', ['get', 'getBatch'])) {
    return undefined;
  }
  return dataset.reading();
}

/** A copy of a data set on a device; `undefined` where none can be had. */
export function movedTo<Item>(dataset: Dataset<Item>, device: Device): Dataset<Item> | undefined {
  if (dataset.to === undefined || !holds(dataset, 'to', ['get', 'getBatch'])) return undefined;
  return dataset.to(device);
}

/** What a data set's images and labels are in memory, or why they are not. */
export function imagesOf(dataset: Dataset<unknown>): ImagesInMemory | string {
  const { name } = dataset.constructor;
  if (dataset.inMemory === undefined)
    return `the data set ${name} does not say what it is in memory`;
  if (holds(dataset, 'inMemory', ['get', 'getBatch'])) return dataset.inMemory();
  return `the data set ${name} gets its examples in a way of its own`;
}
