import { atMost } from '../../argument/atMost.js';
import { isPlain } from '../../argument/options.js';
import { invalidArgument } from '../../error.js';
import { readingOf } from './ask.js';
import { checkIndex, Dataset, type Reading, requireDataset } from './dataset.js';

type Parts = readonly Dataset<unknown>[] | Readonly<Record<string, Dataset<unknown>>>;
type ItemOf<D> = D extends Dataset<infer Item> ? Item : never;
/** An example of each of several data sets. */
export type StackOf<P extends Parts> = { -readonly [Name in keyof P]: ItemOf<P[Name]> };

/**
 * Data sets of the same length side by side: example i is example i of each; mirrors `torch.utils.data.StackDataset`. Of data
 * sets given one after another examples are arrays, of those in an object (Python's keywords) objects.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` without data sets, or when their lengths differ.
 * @see https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.StackDataset
 * @example
 * const set = new data.TensorDataset(torch.arange(3));
 * const { a, b } = new data.StackDataset({ a: set, b: set }).get(2);
 * [a[0].item(), b[0].item()]; // → [ 2, 2 ]
 */
export class StackDataset<const P extends Parts> extends Dataset<StackOf<P>> {
  readonly datasets: P;
  readonly length: number;

  constructor(named: P & Readonly<Record<string, Dataset<unknown>>>);
  constructor(...datasets: P & readonly Dataset<unknown>[]);
  constructor(...datasets: readonly unknown[]) {
    super();
    const [first] = datasets;
    const isNamed = isPlain(first) && !(first instanceof Dataset);
    if (isNamed) atMost('StackDataset', 1, arguments.length);
    this.datasets = (isNamed ? { ...first } : [...datasets]) as unknown as P;
    const all = this.#entries().map(([, each]) => requireDataset('StackDataset', each));
    const lengths = all.map(({ length }) => length);
    if (lengths.length === 0) {
      throw invalidArgument('StackDataset: expected at least one data set, got none');
    }
    if (lengths.some((each) => each !== lengths[0])) {
      throw invalidArgument(
        `StackDataset: expected data sets of the same length, got ${lengths.join(' and ')}`,
      );
    }
    this.length = lengths[0]!;
  }

  #entries(): [string, Dataset<unknown>][] {
    return Object.entries(this.datasets);
  }

  #stacked(parts: readonly [string, unknown][]): StackOf<P> {
    const made = Array.isArray(this.datasets)
      ? parts.map(([, part]) => part)
      : Object.fromEntries(parts);
    return made as StackOf<P>;
  }

  override get(index: number): StackOf<P> {
    atMost('get', 1, arguments.length);
    checkIndex(this, index);
    return this.#stacked(this.#entries().map(([name, each]) => [name, each.get(index)]));
  }

  override reading(): Reading<StackOf<P>> | undefined {
    atMost('reading', 0, arguments.length);
    const all = this.#entries().map(([name, each]) => ({ name, each, read: readingOf(each) }));
    if (all.every(({ read }) => read === undefined)) return undefined;
    return async (index, images) => {
      const parts = all.map(async ({ name, each, read }) => {
        const make = await read?.(index, images);
        return [name, make ?? (() => each.get(index))] as const;
      });
      const made = await Promise.all(parts);
      return () => this.#stacked(made.map(([name, make]) => [name, make()]));
    };
  }
}
