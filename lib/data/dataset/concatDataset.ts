import { atMost } from '../../argument/atMost.js';
import { describe } from '../../argument/describe.js';
import { invalidArgument } from '../../error.js';
import { cat, Tensor, tensor } from '../../tensor/index.js';
import { batchOf, gathers, numbersIn, readingOf } from './ask.js';
import { collateExamples } from './collate.js';
import { checkIndex, Dataset, type Reading, requireDataset } from './dataset.js';

/**
 * Several data sets as one, one after another; mirrors `torch.utils.data.ConcatDataset`. A batch is gathered from each of them
 * in one call, where they all can.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` without data sets, and for what has no length, such as an `IterableDataset`.
 * @see https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.ConcatDataset
 * @example
 * const both = new data.ConcatDataset([trainSet, new data.Subset(trainSet, 10)]);
 * both.length - trainSet.length; // → 10
 */
export class ConcatDataset<Item = readonly unknown[]> extends Dataset<Item> {
  readonly datasets: readonly Dataset<Item>[];
  /** Up to each data set, how many examples there are: `[10, 25]` for data sets of 10 and 15. */
  readonly cumulativeSizes: readonly number[];
  readonly length: number;

  constructor(datasets: Iterable<Dataset<Item>>) {
    atMost('ConcatDataset', 1, arguments.length);
    super();
    if (typeof datasets?.[Symbol.iterator] !== 'function') {
      throw invalidArgument(
        `ConcatDataset: expected an array of data sets, got ${describe(datasets)}`,
      );
    }
    this.datasets = Array.from(datasets, (each) => requireDataset('ConcatDataset', each));
    if (this.datasets.length === 0) {
      throw invalidArgument('ConcatDataset: expected at least one data set, got none');
    }
    let sum = 0;
    this.cumulativeSizes = this.datasets.map(({ length }) => (sum += length));
    this.length = sum;
  }

  // Which data set has an example, and its number there.
  #place(index: number): { set: number; index: number } {
    const set = this.cumulativeSizes.findIndex((size) => index < size);
    return { set, index: index - (set === 0 ? 0 : this.cumulativeSizes[set - 1]!) };
  }

  override get(index: number): Item {
    atMost('get', 1, arguments.length);
    checkIndex(this, index);
    const place = this.#place(index);
    return this.datasets[place.set]!.get(place.index);
  }

  override getBatch(indices: Tensor): readonly Tensor[] {
    atMost('getBatch', 1, arguments.length);
    const numbers = numbersIn(indices);
    for (const index of numbers) checkIndex(this, index);
    if (!this.datasets.every(gathers)) {
      return collateExamples(
        'ConcatDataset',
        numbers.map((index) => this.get(index)),
      ) as Tensor[];
    }
    const places = numbers.map((index) => this.#place(index));
    const parts: (readonly Tensor[])[] = [];
    // Where in what is gathered, set after set, each example of the batch comes to lie.
    const rows = new Array<number>(numbers.length);
    let gathered = 0;
    this.datasets.forEach((dataset, set) => {
      const own = [...places.keys()].filter((at) => places[at]!.set === set);
      if (own.length === 0) return;
      const within = own.map((at) => places[at]!.index);
      parts.push(batchOf(dataset, tensor(within, { dtype: 'int64' })));
      for (const at of own) rows[at] = gathered++;
    });
    if (parts.length === 1) return parts[0]!;
    const order = tensor(rows, { dtype: 'int64' });
    return parts[0]!.map((_, part) =>
      joined(parts.map((each) => each[part])).indexSelect(0, order),
    );
  }

  override reading(): Reading<Item> | undefined {
    atMost('reading', 0, arguments.length);
    const each = this.datasets.map(readingOf);
    if (each.every((read) => read === undefined)) return undefined;
    return async (index, images) => {
      const place = this.#place(index);
      const read = each[place.set];
      return read ? read(place.index, images) : () => this.datasets[place.set]!.get(place.index);
    };
  }
}

function joined(parts: readonly (Tensor | undefined)[]): Tensor {
  const shapes = [...new Set(parts.map((each) => `[${each?.shape.slice(1)}]`))];
  if (shapes.length === 1 && parts.every((each) => each instanceof Tensor)) {
    return cat(parts as Tensor[]);
  }
  throw invalidArgument(
    `ConcatDataset: expected data sets whose examples have the same shapes, got ${shapes.join(' and ')}`,
  );
}
