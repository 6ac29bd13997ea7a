import { holds } from '../../argument/holds.js';
import type { Device } from '../../context/device.js';
import { invalidArgument } from '../../error.js';
import type { Tensor } from '../../tensor/index.js';
import { collate } from './collate.js';
import type { Dataset, ImagesInMemory } from './dataset.js';

/**
 * A batch of a data set's examples: by its `getBatch`, unless a subclass has changed what an example is, else example
 * by example.
 *
 * @param indices - int64 `(N)`.
 */
export function batchOf(dataset: Dataset, indices: Tensor): readonly Tensor[] {
  if (dataset.getBatch !== undefined && holds(dataset, 'getBatch', ['get'])) {
    return dataset.getBatch(indices);
  }
  const items = Array.from(indices.data() as BigInt64Array, (index) => dataset.get(Number(index)));
  const [first] = items;
  if (!Array.isArray(first)) {
    throw invalidArgument(
      'DataLoader: expected the data set to give arrays such as [image, label]',
    );
  }
  if (items.some((item) => item.length !== first.length)) {
    throw invalidArgument('DataLoader: expected examples with the same number of parts');
  }
  return first.map((_, part) =>
    collate(
      items.map((item) => item[part]),
      part,
    ),
  );
}

/** A copy of a data set on a device; `undefined` where none can be had. */
export function movedTo<Item extends readonly unknown[]>(
  dataset: Dataset<Item>,
  device: Device,
): Dataset<Item> | undefined {
  if (dataset.to === undefined || !holds(dataset, 'to', ['get', 'getBatch'])) return undefined;
  return dataset.to(device);
}

/** What a data set's images and labels are in memory, or why they are not. */
export function imagesOf(dataset: Dataset): ImagesInMemory | string {
  const { name } = dataset.constructor;
  if (dataset.inMemory === undefined)
    return `the data set ${name} does not say what it is in memory`;
  if (holds(dataset, 'inMemory', ['get', 'getBatch'])) return dataset.inMemory();
  return `the data set ${name} gets its examples in a way of its own`;
}
