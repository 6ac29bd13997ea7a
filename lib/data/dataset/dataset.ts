import { describe } from '../../argument/describe.js';
import type { Device } from '../../context/device.js';
import { invalidArgument } from '../../error.js';
import { bind } from '../../native/ops.js';
import { arange, Tensor, tensor } from '../../tensor/index.js';
import { tensorKind } from '../../tensor/kinds.js';

const toCopy = bind<(tensor: Tensor, options: { device: string }) => Tensor>('_to_copy');

/** A tensor's copy on a device, also where it is there already: each data set owns its tensors. */
export function copyTo(tensor: Tensor, device: Device): Tensor {
  return toCopy(tensor, { device: String(device) });
}

/**
 * Examples that can be asked for by number; mirrors `torch.utils.data.Dataset`. Subclasses say how
 * many there are and what number `index` is.
 *
 * @typeParam Item - One example: an image and its label, mostly. Parts are tensors, numbers,
 *   bigints or booleans.
 * @see https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.Dataset
 */
export abstract class Dataset<Item extends readonly unknown[] = readonly unknown[]> {
  /** How many examples there are. */
  abstract readonly length: number;

  /** Example number `index`, from 0 to `length − 1`. */
  abstract get(index: number): Item;

  /**
   * Many examples at once, already put together, as Python's `__getitems__` allows: a data set that
   * can gather a batch faster than example by example has this method.
   *
   * @param indices - int64 `(N)`.
   * @returns New tensors with first dimension N, which the loader will release with the batch.
   */
  getBatch?(indices: Tensor): readonly Tensor[];

  /**
   * The same examples, kept on a device: `getBatch` then takes indices there and gives batches there. A
   * data set without this method stays where it is, and its loader moves batches one by one.
   */
  to?(device: Device): Dataset<Item>;
}

/** A batch of a data set's examples: every part of the example becomes one tensor. */
export type BatchOf<Item extends readonly unknown[]> = { -readonly [Part in keyof Item]: Tensor };

/**
 * Tensors whose first dimensions are equal: example i is row i of each; mirrors
 * `torch.utils.data.TensorDataset`. The tensors are kept as long as the data set.
 */
export class TensorDataset<const Item extends readonly Tensor[]> extends Dataset<Item> {
  readonly tensors: Item;
  readonly length: number;

  /** @throws {TypeError} `ERR_INVALID_ARG` without tensors, or when the numbers of rows differ. */
  constructor(...tensors: Item) {
    super();
    for (const part of tensors) tensorKind.read('TensorDataset', part);
    const rows = tensors.map(({ shape }) => shape[0]);
    const [length] = rows;
    if (length === undefined || rows.some((count) => count !== length)) {
      throw invalidArgument(
        'TensorDataset: expected tensors with the same number of rows, ' +
          `got ${rows.length === 0 ? 'none' : rows.join(' and ')}`,
      );
    }
    for (const part of tensors) part.keep();
    this.tensors = tensors;
    this.length = length;
  }

  override get(index: number): Item {
    checkIndex(this, index);
    return this.tensors.map((part) => part.select(0, index)) as unknown as Item;
  }

  override getBatch(indices: Tensor): readonly Tensor[] {
    return this.tensors.map((part) => part.indexSelect(0, indices));
  }

  override to(device: Device): TensorDataset<Item> {
    return new TensorDataset(
      ...(this.tensors.map((part) => copyTo(part, device)) as unknown as Item),
    );
  }
}

/** Some examples of another data set; mirrors `torch.utils.data.Subset`. */
export class Subset<Item extends readonly unknown[]> extends Dataset<Item> {
  readonly dataset: Dataset<Item>;
  readonly length: number;
  readonly indices: Tensor;
  override readonly getBatch?: (indices: Tensor) => readonly Tensor[];
  override readonly to?: (device: Device) => Subset<Item>;

  /**
   * @param indices - The examples' numbers, in the order wanted; or how many of the first ones.
   *   A tensor, int64 `(N)`, is taken as it is.
   * @throws {TypeError} `ERR_INVALID_ARG` for a number that the data set does not have, and for what is
   *   no list of numbers.
   */
  constructor(dataset: Dataset<Item>, indices: Iterable<number | bigint> | number | Tensor) {
    super();
    if (typeof dataset?.get !== 'function' || !Number.isInteger(dataset.length)) {
      throw invalidArgument(`Subset: expected a data set, got ${describe(dataset)}`);
    }
    this.dataset = dataset;
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
    if (dataset.getBatch !== undefined) {
      this.getBatch = (rows) => dataset.getBatch!(this.indices.indexSelect(0, rows));
    }
    if (dataset.getBatch !== undefined && dataset.to !== undefined) {
      this.to = (device) => new Subset(dataset.to!(device), copyTo(this.indices, device));
    }
  }

  override get(index: number): Item {
    checkIndex(this, index);
    const row = this.indices.select(0, index);
    const original = Number(row.item());
    row.dispose();
    return this.dataset.get(original);
  }
}

/** @throws {TypeError} `ERR_INVALID_ARG` for an index that a data set does not have. */
export function checkIndex(dataset: { readonly length: number }, index: number): void {
  if (!Number.isInteger(index) || index < 0 || index >= dataset.length) {
    throw invalidArgument(
      `${dataset.constructor.name}: expected an index from 0 to ${dataset.length - 1}, got ${describe(index)}`,
    );
  }
}
