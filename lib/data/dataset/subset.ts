import { atMost } from '../../argument/atMost.js';
import type { Device } from '../../context/device.js';
import { invalidArgument } from '../../error.js';
import { arange, Tensor, tensor } from '../../tensor/index.js';
import { batchOf, imagesOf, movedTo, readingOf } from './ask.js';
import {
  checkIndex,
  copyTo,
  Dataset,
  type ImagesInMemory,
  type Reading,
  requireDataset,
} from './dataset.js';

/**
 * Some examples of another data set; mirrors `torch.utils.data.Subset`.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for anything but a data set and numbers of its examples.
 * @example
 * new data.Subset(trainSet, 256).length; // → 256
 */
export class Subset<Item = readonly unknown[]> extends Dataset<Item> {
  readonly dataset: Dataset<Item>;
  readonly length: number;
  readonly indices: Tensor;

  /**
   * @param indices - The examples' numbers, in the order wanted; or how many of the first ones.
   *   A tensor, int64 `(N)`, is taken as it is.
   * @throws {TypeError} `ERR_INVALID_ARG` for a number that the data set does not have, and for what is
   *   no list of numbers.
   */
  constructor(dataset: Dataset<Item>, indices: Iterable<number | bigint> | number | Tensor) {
    atMost('Subset', 2, arguments.length);
    super();
    this.dataset = requireDataset('Subset', dataset);
    if (indices instanceof Tensor) {
      if (indices.dtype !== 'int64' || indices.ndim !== 1) {
        throw invalidArgument(
          `Subset: indices: expected int64 (N), got ${indices.dtype} [${indices.shape}]`,
        );
      }
      this.indices = indices.keep();
    } else if (typeof indices === 'number') {
      if (!Number.isInteger(indices) || indices < 0) {
        throw invalidArgument(`Subset: expected a number of examples ≥ 0, got ${indices}`);
      }
      this.indices = arange(Math.min(indices, dataset.length)).keep();
    } else {
      if (typeof indices?.[Symbol.iterator] !== 'function' || typeof indices === 'string') {
        throw invalidArgument(
          'Subset: indices: expected an array of numbers, a number or a Tensor',
        );
      }
      const all = Array.from(indices, (each) => (typeof each === 'bigint' ? Number(each) : each));
      for (const index of all) checkIndex(dataset, index);
      this.indices = tensor(all, { dtype: 'int64' }).keep();
    }
    this.length = this.indices.shape[0]!;
  }

  override get(index: number): Item {
    atMost('get', 1, arguments.length);
    checkIndex(this, index);
    return this.dataset.get(this.#original(index));
  }

  #original(index: number): number {
    const row = this.indices.select(0, index);
    const original = Number(row.item());
    row.dispose();
    return original;
  }

  override getBatch(indices: Tensor): readonly Tensor[] {
    atMost('getBatch', 1, arguments.length);
    return batchOf(this.dataset, this.indices.indexSelect(0, indices));
  }

  override reading(): Reading<Item> | undefined {
    atMost('reading', 0, arguments.length);
    const read = readingOf(this.dataset);
    return read && ((index, images) => read(this.#original(index), images));
  }

  override to(device: Device): Subset<Item> | undefined {
    atMost('to', 1, arguments.length);
    const moved = movedTo(this.dataset, device);
    return moved && new Subset(moved, copyTo(this.indices, device));
  }

  override inMemory(): ImagesInMemory | string {
    atMost('inMemory', 0, arguments.length);
    const whole = imagesOf(this.dataset);
    if (typeof whole === 'string') return whole;
    return { ...whole, rows: [this.indices, ...(whole.rows ?? [])] };
  }
}
