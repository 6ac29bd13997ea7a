import { atMost } from '../../argument/atMost.js';
import { describe } from '../../argument/describe.js';
import { instance } from '../../argument/kind.js';
import { readOptions, type SpecOf } from '../../argument/options.js';
import { Generator } from '../../context/random.js';
import { invalidArgument } from '../../error.js';
import { randperm } from '../../tensor/index.js';
import { tidy } from '../../tensor/scope.js';
import { type Dataset, requireDataset } from './dataset.js';
import { Subset } from './subset.js';

/** Options of {@link randomSplit}. */
export interface RandomSplitOptions {
  /** Where the order is drawn from. Default: the default generator. */
  generator?: Generator;
}

const spec = {
  generator: instance<Generator>(Generator, 'a torch.Generator').optional(),
} satisfies SpecOf<RandomSplitOptions>;

/**
 * Shares a data set's examples out at random, each to one part; mirrors `torch.utils.data.random_split` to the draw.
 *
 * @param lengths - How many examples each part has, together all; or fractions that sum up to 1: each is rounded down, and
 *   what is left over goes to the parts one by one.
 * @returns A {@link Subset} for each length.
 * @throws {TypeError} `ERR_INVALID_ARG`. A fraction of which nothing is left gives a warning, as in Python.
 * @see https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.random_split
 * @example
 * const [train, held] = data.randomSplit(new data.Subset(trainSet, 100), [0.8, 0.2]);
 * [train!.length, held!.length]; // → [ 80, 20 ]
 */
export function randomSplit<Item>(
  dataset: Dataset<Item>,
  lengths: readonly number[],
  options?: RandomSplitOptions,
): Subset<Item>[] {
  atMost('randomSplit', 3, arguments.length);
  const { generator } = readOptions('randomSplit', spec, options);
  const { length } = requireDataset('randomSplit', dataset);
  const isGiven = Array.isArray(lengths) && lengths.every((each) => each >= 0);
  if (!isGiven) {
    throw invalidArgument(
      `randomSplit: lengths: expected an array of numbers ≥ 0, got ${describe(lengths)}`,
    );
  }
  const all = areFractions(lengths) ? sharesOf(lengths, length) : lengths;
  if (!all.every(Number.isInteger) || sumOf(all) !== length) {
    throw invalidArgument(
      `randomSplit: lengths: expected integers with the sum ${length}, which the data set has, or fractions with the ` +
        `sum 1, got ${describe(lengths)}`,
    );
  }
  return tidy(() => {
    const order = randperm(length, generator === undefined ? {} : { generator });
    let start = 0;
    return all.map((count) => {
      const indices = order.narrow(0, start, count).clone();
      start += count;
      return new Subset(dataset, indices);
    });
  });
}

// With what rounding takes away added at the end, as Python's `sum` has it: ten tenths are 1.
function sumOf(numbers: readonly number[]): number {
  let sum = 0;
  let lost = 0;
  for (const each of numbers) {
    const next = sum + each;
    lost += Math.abs(sum) >= Math.abs(each) ? sum - next + each : each - next + sum;
    sum = next;
  }
  return sum + lost;
}

// As Python's: math.isclose(sum, 1) and sum <= 1.
function areFractions(lengths: readonly number[]): boolean {
  const sum = sumOf(lengths);
  return sum <= 1 && 1 - sum <= 1e-9;
}

function sharesOf(fractions: readonly number[], length: number): number[] {
  const shares = fractions.map((fraction) => Math.floor(length * fraction));
  const left = length - sumOf(shares);
  for (let i = 0; i < left; i++) shares[i % shares.length]!++;
  shares.forEach((share, i) => {
    if (share > 0) return;
    process.emitWarning(
      `Length of split at index ${i} is 0. This might result in an empty dataset.`,
      'TorchWarning',
    );
  });
  return shares;
}
