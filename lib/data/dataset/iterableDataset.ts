import { atMost } from '../../argument/atMost.js';
import { describe } from '../../argument/describe.js';
import { invalidArgument } from '../../error.js';
import { Dataset, streams } from './dataset.js';

/**
 * Examples that come one after another, from a file or a socket, and have no numbers; mirrors
 * `torch.utils.data.IterableDataset`. A subclass has `[Symbol.iterator]`, or `[Symbol.asyncIterator]` where it waits for
 * its examples: such a loader is iterated with `for await`. Each pass begins an iteration anew; the examples come in
 * their own order, so a loader takes neither `shuffle` nor a sampler.
 *
 * @typeParam Item - One example.
 * @see https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.IterableDataset
 * @example
 * class Numbers extends data.IterableDataset<number> {
 *   override *[Symbol.iterator]() {
 *     yield* [1, 2, 3];
 *   }
 * }
 * const loader = new data.DataLoader(new Numbers(), { batchSize: 2 });
 * Array.from(loader, (batch) => batch.tolist()); // → [ [ 1, 2 ], [ 3 ] ]
 */
export abstract class IterableDataset<Item = readonly unknown[]> extends Dataset<Item> {
  /** @internal */
  get [streams](): true {
    return true;
  }

  /** How many examples a pass has, where a subclass says it; else `NaN`. */
  readonly length: number = Number.NaN;

  [Symbol.iterator]?(): Iterator<Item>;
  [Symbol.asyncIterator]?(): AsyncIterator<Item>;

  /** @throws {TypeError} `ERR_INVALID_ARG`: examples have no numbers. */
  override get(index: number): Item {
    atMost('get', 1, arguments.length);
    throw invalidArgument(
      `${this.constructor.name}: expected to be iterated, got the index ${describe(index)}: its examples have no numbers`,
    );
  }
}

/**
 * Iterable data sets one after another; mirrors `torch.utils.data.ChainDataset`.
 *
 * @param datasets - Iterable data sets; iterated anew in each pass.
 * @throws {TypeError} `ERR_INVALID_ARG` for anything else.
 * @see https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.ChainDataset
 * @example
 * class Count extends data.IterableDataset<number> {
 *   override *[Symbol.iterator]() {
 *     yield* [1, 2];
 *   }
 * }
 * [...new data.ChainDataset([new Count(), new Count()])]; // → [ 1, 2, 1, 2 ]
 */
export class ChainDataset<Item = readonly unknown[]> extends IterableDataset<Item> {
  readonly datasets: readonly IterableDataset<Item>[];
  /** The sum of the data sets' lengths; `NaN` where one does not say its own. */
  override readonly length: number;

  constructor(datasets: Iterable<IterableDataset<Item>>) {
    atMost('ChainDataset', 1, arguments.length);
    super();
    if (typeof datasets?.[Symbol.iterator] !== 'function') {
      throw invalidArgument(
        `ChainDataset: expected an array of data sets, got ${describe(datasets)}`,
      );
    }
    this.datasets = [...datasets];
    const other = this.datasets.find((each) => !(each instanceof IterableDataset));
    if (other !== undefined) {
      throw invalidArgument(
        `ChainDataset: expected IterableDatasets alone, got ${describe(other)}`,
      );
    }
    this.length = this.datasets.reduce((sum, each) => sum + each.length, 0);
    // One that waits makes all wait.
    if (this.datasets.some(waits))
      Object.defineProperty(this, Symbol.iterator, { value: undefined });
  }

  override *[Symbol.iterator](): IterableIterator<Item> {
    for (const each of this.datasets) yield* iterated(each);
  }

  override async *[Symbol.asyncIterator](): AsyncIterableIterator<Item> {
    for (const each of this.datasets) {
      if (waits(each)) yield* each as AsyncIterable<Item>;
      else yield* iterated(each);
    }
  }
}

/** Whether an iterable data set can only be waited for. */
export const waits = (dataset: IterableDataset<unknown>): boolean =>
  dataset[Symbol.iterator] === undefined && dataset[Symbol.asyncIterator] !== undefined;

/** @throws {TypeError} `ERR_INVALID_ARG` for a data set that cannot be iterated at once. */
export function iterated<Item>(dataset: IterableDataset<Item>): Iterable<Item> {
  if (typeof dataset[Symbol.iterator] === 'function') return dataset as Iterable<Item>;
  const { name } = dataset.constructor;
  throw invalidArgument(
    waits(dataset)
      ? `DataLoader: the data set ${name} waits for its examples: iterate with for await`
      : `DataLoader: expected the data set ${name} to have [Symbol.iterator] or [Symbol.asyncIterator]`,
  );
}
