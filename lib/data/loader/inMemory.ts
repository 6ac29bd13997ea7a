import { bind } from '../../native/ops.js';
import type { Tensor } from '../../tensor/index.js';
import { isFixed, type Transform } from '../../transforms/transform.js';
import { imagesOf } from '../dataset/ask.js';
import { IterableDataset } from '../dataset/iterableDataset.js';
import { entriesOf, lookUp } from '../transforms/lookUp.js';
import { wholeOf } from './indices.js';
import { isOwnLoader } from './position.js';

const selectInto =
  bind<(a: Tensor, dim: number, index: Tensor, keywords: { out: Tensor }) => Tensor>(
    'index_select.out',
  );

/** A data set as tensors, for an engine that gathers batches itself. */
export interface InMemory {
  /** uint8 or float32 `(M, C, H, W)`, contiguous, all on one device. */
  readonly images: Tensor;
  /** uint8 or int64 `(M)`, contiguous. */
  readonly labels: Tensor;
  /** What the data set makes of the bytes 0–255, float32 `(256)`; `undefined`: gives them as they are. */
  readonly table: Tensor | undefined;
  /** What it does to the images afterwards, whole ones at a time. */
  readonly rest: Transform | undefined;
  /** Where the data set is a part of another: int64 rows of its examples, outermost first. */
  readonly rows: readonly Tensor[];
}

function fits(
  tensor: Tensor,
  dtypes: readonly string[],
  dimensions: number,
  place: string,
): boolean {
  return (
    dtypes.includes(tensor.dtype) &&
    tensor.ndim === dimensions &&
    (place === 'any' || tensor.deviceName === place) &&
    tensor.isContiguous() &&
    !tensor.requiresGrad
  );
}

/**
 * The data set behind a loader as tensors in memory, or why it cannot be had so.
 *
 * @param place - Name of the device that they must lie on, or `'any'`.
 * @param transforms - What the engine can do: look values of pixels up, or change whole images too.
 */
export function inMemory(
  loader: unknown,
  place = 'cpu',
  transforms: 'pixels' | 'images' = 'pixels',
): InMemory | string {
  if (!isOwnLoader(loader)) {
    return 'the batches do not come from a DataLoader';
  }
  const { sampler, dataset, batchSize, batchSampler, collateFn } = loader;
  if (dataset instanceof IterableDataset)
    return 'the data set gives its examples one after another';
  if (batchSampler !== undefined) return 'a batch sampler makes the batches';
  if (batchSize === null) return 'the loader makes no batches';
  if (collateFn !== undefined) return 'the loader has a collateFn of its own';
  if (wholeOf(sampler, dataset.length) === undefined) {
    const { name = 'of its own' } = sampler.constructor ?? {};
    return `the sampler ${name} is asked for one example after another`;
  }
  const found = imagesOf(dataset);
  if (typeof found === 'string') return found;
  const { images, labels, steps: { table, rest } = {}, rows = [] } = found;
  if (rest !== undefined) {
    const { name } = rest.constructor;
    if (transforms === 'pixels') return `the transform ${name} does not work pixel by pixel`;
    if (!isFixed(rest)) return `the transform ${name} does not say that it draws nothing`;
  }
  const where = place === 'cpu' ? 'the CPU' : place;
  if (!fits(images, ['uint8', 'float32'], 4, place)) {
    return `the images are not uint8 or float32 (N, C, H, W), contiguous and on ${where}`;
  }
  if (!fits(labels, ['uint8', 'int64'], 1, place)) {
    return `the labels are not int64 (N), contiguous and on ${where}`;
  }
  return { images, labels, table, rest, rows };
}

/** Rows of the images for an order of the data set's examples: a new tensor, or `order` itself. */
export function rowsOf({ rows }: InMemory, order: Tensor): Tensor {
  return rows.reduce((indices, each) => each.indexSelect(0, indices), order);
}

/** Images as the loader gives them, of images as they lie in memory. */
export function asGiven({ table, rest }: InMemory, images: Tensor): Tensor {
  const given = table === undefined ? images : lookUp(images, table);
  return rest === undefined ? given : rest.forward(given);
}

/** {@link asGiven} of some rows, into a contiguous tensor of that shape, without grad. */
export function gatherInto(out: Tensor, data: InMemory, rows: Tensor): void {
  const { images, table, rest } = data;
  const picked = (): Tensor => images.indexSelect(0, rows);
  if (rest !== undefined) out.copy_(asGiven(data, picked()));
  else if (table !== undefined) {
    selectInto(table, 0, entriesOf(picked()), { out: out.view([-1]) });
  } else selectInto(images, 0, rows, { out });
}
