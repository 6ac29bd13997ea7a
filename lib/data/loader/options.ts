import { callback, flag, instance, integer, Kind, orNull } from '../../argument/kind.js';
import { readOptions, type SpecOf, type ValuesOf } from '../../argument/options.js';
import { Generator } from '../../context/random.js';
import { invalidArgument } from '../../error.js';
import type { Dataset } from '../dataset/dataset.js';
import { IterableDataset } from '../dataset/iterableDataset.js';
import { type BatchSamplerLike, isIterable, type SamplerLike, samplerKind } from './sampler.js';

/** Options of `DataLoader`. */
// biome-ignore lint/suspicious/noExplicitAny: of any data set, where nobody says of which
export interface DataLoaderOptions<Item = any, Batch = any> {
  /**
   * Examples per batch, integer ≥ 1. `null`: no batches, each example is given by itself, with tensors in place of its typed
   * arrays. Default 1.
   */
  batchSize?: number | null;
  /** Whether each pass takes the examples in a new random order. Default false. */
  shuffle?: boolean;
  /**
   * Which examples a pass takes, and in which order: one of the package's samplers, or any iterable of integers from 0,
   * iterated anew in each pass. One that is neither the package's nor an array or tensor is asked number by number, as
   * in Python, which the eager engine alone does. Not together with `shuffle`. Default: all, in their order.
   */
  sampler?: SamplerLike;
  /**
   * Which examples each batch has: a `BatchSampler`, or any iterable of lists of integers, iterated anew in each pass. Not
   * together with `batchSize`, `shuffle`, `sampler` and `dropLast`. The eager engine alone takes such batches. Default:
   * none.
   */
  batchSampler?: BatchSamplerLike;
  /**
   * Makes a batch of an array of examples; of one example where `batchSize` is null. The eager engine alone takes such batches.
   * Default: `defaultCollate`, `defaultConvert`.
   */
  collateFn?: (examples: Item[]) => Batch;
  /**
   * How many threads of their own read and decode what lies in files, while batches that are there are used; batches, their
   * order and what is drawn for them are the same. Taken by `for await`, `train` and `evaluate`, of data sets with `reading`
   * such as `ImageFolder`; what lies in memory is there at once, and nothing is left to do for a thread. Integer ≥ 0. Default
   * 0: on Node's threads, when a batch is asked for.
   */
  numWorkers?: number;
  /** How many batches each worker reads ahead, integer ≥ 1; only with `numWorkers`. Default 2. */
  prefetchFactor?: number;
  /** Whether a last, smaller batch is left out. Default false. */
  dropLast?: boolean;
  /** Where seeds and, with `shuffle`, the order are drawn from. Default: the default generator. */
  generator?: Generator;
}

const spec = {
  batchSize: orNull(integer(1)).or(1),
  shuffle: flag.or(false),
  sampler: samplerKind.optional(),
  batchSampler: new Kind<BatchSamplerLike>(
    'a BatchSampler or another iterable of lists of integers',
    (given) => (isIterable(given) ? (given as BatchSamplerLike) : undefined),
  ).optional(),
  collateFn: callback<(examples: unknown[]) => unknown>().optional(),
  numWorkers: integer(0).or(0),
  prefetchFactor: integer(1).optional(),
  dropLast: flag.or(false),
  generator: instance<Generator>(Generator, 'a torch.Generator').optional(),
} satisfies SpecOf<DataLoaderOptions>;

/** The options as they have been read; conflicts are refused as Python refuses them. */
export function readLoaderOptions(
  dataset: Dataset<unknown>,
  given: DataLoaderOptions | undefined,
): ValuesOf<typeof spec> {
  const options = readOptions('DataLoader', spec, given);
  const { batchSize, shuffle, sampler, batchSampler, dropLast } = options;
  if (dataset instanceof IterableDataset) {
    const wrong = Object.entries({ shuffle: shuffle || undefined, sampler, batchSampler });
    for (const [name, value] of wrong) {
      if (value === undefined) continue;
      throw invalidArgument(
        `DataLoader with IterableDataset: expected unspecified ${name} option: the examples come in their own order`,
      );
    }
  } else if (typeof dataset?.get !== 'function' || !Number.isInteger(dataset.length)) {
    throw invalidArgument('DataLoader: expected a data set with length and get()');
  }
  if (options.numWorkers === 0 && options.prefetchFactor !== undefined) {
    throw invalidArgument('DataLoader: prefetchFactor goes with numWorkers > 0');
  }
  if (sampler !== undefined && shuffle) {
    throw invalidArgument('DataLoader: sampler option is mutually exclusive with shuffle');
  }
  if (batchSampler !== undefined) {
    if (batchSize === 1 && !shuffle && sampler === undefined && !dropLast) {
      return { ...options, batchSize: null };
    }
    throw invalidArgument(
      'DataLoader: batchSampler option is mutually exclusive with batchSize, shuffle, sampler, and dropLast',
    );
  }
  if (batchSize === null && dropLast) {
    throw invalidArgument(
      'DataLoader: batchSize null disables auto-batching and is mutually exclusive with dropLast',
    );
  }
  return options;
}
