import { atMost } from '../../argument/atMost.js';
import { flag, instance, integer, Kind } from '../../argument/kind.js';
import { readOptions, type SpecOf } from '../../argument/options.js';
import { Generator } from '../../context/random.js';
import { TorchError } from '../../error.js';
import { arange, cat, empty, randint, randperm, type Tensor } from '../../tensor/index.js';
import { tidy } from '../../tensor/scope.js';
import { requireSized, type Sized } from './sized.js';

/** What says in which order a {@link DataLoader} takes examples: their numbers, from 0. */
export interface SamplerLike extends Iterable<number | bigint | Tensor> {
  /** How many numbers a pass has, where that is known: Python's `__len__`. */
  readonly length?: number;
  /** Called by `train` with the number of the epoch, from 0, before its pass. */
  setEpoch?(epoch: number): void;
  /** Where the order is drawn from: kept with a run's checkpoints. */
  readonly generator?: Generator | undefined;
}

/** What says which examples each batch has: lists of their numbers. */
export interface BatchSamplerLike extends Iterable<Iterable<number | bigint | Tensor>> {
  /** How many batches a pass has, where that is known: Python's `__len__`. */
  readonly length?: number | undefined;
  /** Called by `train` with the number of the epoch, from 0, before its pass. */
  setEpoch?(epoch: number): void;
}

/**
 * What says in which order a {@link DataLoader} takes examples; mirrors `torch.utils.data.Sampler`. A subclass is
 * iterated for the numbers of the examples, anew in each pass, and has a `length` where it is known. A loader takes any
 * other iterable of integers as well.
 *
 * @typeParam Index - What it gives: numbers of examples, or, as `batchSampler`, lists of them.
 * @see https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.Sampler
 * @example
 * class Backwards extends data.Sampler {
 *   *[Symbol.iterator]() {
 *     yield* [2, 1, 0];
 *   }
 * }
 * const set = new data.TensorDataset(torch.tensor([10, 20, 30]));
 * const loader = new data.DataLoader(set, { batchSize: 3, sampler: new Backwards() });
 * Array.from(loader, ([x]) => x.tolist()); // → [ [ 30, 20, 10 ] ]
 */
export abstract class Sampler<Index = number | bigint> implements Iterable<Index> {
  constructor() {
    // A class without a constructor of its own hands on all that it gets.
    atMost(new.target.length === 0 ? new.target.name : 'Sampler', 0, arguments.length);
  }

  abstract [Symbol.iterator](): Iterator<Index>;
}

export const samplerKind = new Kind<SamplerLike>(
  'a Sampler or another iterable of integers',
  (given) => (isIterable(given) ? (given as SamplerLike) : undefined),
);

/** Whether something can be iterated, anew each time: no text. */
export const isIterable = (given: unknown): given is Iterable<unknown> =>
  typeof given === 'object' &&
  typeof (given as Iterable<unknown> | null)?.[Symbol.iterator] === 'function';

/** Of a data set that says itself in which order its examples come. */
export const endless: SamplerLike = {
  *[Symbol.iterator]() {
    for (;;) yield 0;
  },
};

/** The order of one pass. */
export interface WholeOrder {
  /** int64 `(N)`, kept; the caller disposes of it. */
  readonly order: Tensor;
  /** To be called when a pass comes to its end, but not when it is broken off: draws what Python draws then. */
  finish(): void;
}

/** A sampler that can say the order of a whole pass at once. */
export interface Whole {
  /** Whether nothing is drawn between one index and the next. */
  readonly isDrawnFirst: boolean;
  draw(): WholeOrder;
}

/** The package's own samplers say {@link Whole} by it: no name that an heir could have by accident. */
export const whole = Symbol('whole');

/**
 * From first to last; mirrors `torch.utils.data.SequentialSampler`.
 *
 * @param dataSource - A data set, or whatever has a length.
 * @throws {TypeError} `ERR_INVALID_ARG`
 * @see https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.SequentialSampler
 * @example
 * [...new data.SequentialSampler({ length: 3 })]; // → [ 0, 1, 2 ]
 */
export class SequentialSampler extends Sampler {
  readonly dataSource: Sized;

  constructor(dataSource: Sized) {
    atMost('SequentialSampler', 1, arguments.length);
    super();
    this.dataSource = requireSized('SequentialSampler', dataSource);
  }

  /** How many examples there are. */
  get length(): number {
    return this.dataSource.length;
  }

  override *[Symbol.iterator](): IterableIterator<number> {
    const { length } = this;
    for (let index = 0; index < length; index++) yield index;
  }

  /** @internal */
  [whole](): Whole {
    return {
      isDrawnFirst: true,
      draw: () => ({ order: arange(this.length).keep(), finish: () => {} }),
    };
  }
}

/** Options of {@link RandomSampler}. */
export interface RandomSamplerOptions {
  /** Whether an example may come again in a pass. Default false. */
  replacement?: boolean;
  /** How many are drawn in a pass, integer ≥ 1; without replacement all come before one comes again. Default: all. */
  numSamples?: number;
  /** Default: in each pass a new one, with a seed from the default generator. */
  generator?: Generator;
}

const spec = {
  replacement: flag.or(false),
  numSamples: integer(1).optional(),
  generator: instance<Generator>(Generator, 'a torch.Generator').optional(),
} satisfies SpecOf<RandomSamplerOptions>;

// So many does Python draw at once with replacement.
const chunk = 32;

/**
 * In random order; mirrors `torch.utils.data.RandomSampler` to the draw.
 *
 * @param dataSource - A data set, or whatever has a length.
 * @throws {TypeError} `ERR_INVALID_ARG`
 * @throws {TorchError} `ERR_DATA_EMPTY` for a data set without examples, as in Python.
 * @see https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.RandomSampler
 * @example
 * const all = [...new data.RandomSampler({ length: 4 })];
 * all.toSorted(); // → [ 0, 1, 2, 3 ]
 * [...new data.RandomSampler({ length: 4 }, { replacement: true, numSamples: 9 })].length; // → 9
 */
export class RandomSampler extends Sampler {
  readonly dataSource: Sized;
  readonly replacement: boolean;
  readonly generator: Generator | undefined;
  readonly #numSamples: number | undefined;

  constructor(dataSource: Sized, options?: RandomSamplerOptions) {
    atMost('RandomSampler', 2, arguments.length);
    super();
    const { replacement, numSamples, generator } = readOptions('RandomSampler', spec, options);
    this.dataSource = requireSized('RandomSampler', dataSource);
    this.replacement = replacement;
    this.generator = generator;
    this.#numSamples = numSamples;
    this.#requireExamples();
  }

  #requireExamples(): number {
    const { length } = this.dataSource;
    if (length > 0) return length;
    throw new TorchError('ERR_DATA_EMPTY', 'RandomSampler: the data set has no examples');
  }

  /** How many are drawn in a pass. */
  get numSamples(): number {
    return this.#numSamples ?? this.dataSource.length;
  }

  /** As {@link numSamples}. */
  get length(): number {
    return this.numSamples;
  }

  // As Python draws, each part when the one before has been taken: the last one also where nothing is taken of it.
  *#parts(): IterableIterator<Tensor> {
    const count = this.#requireExamples();
    const generator = this.generator ?? new Generator().manualSeed(drawSeed());
    let left = this.numSamples;
    if (this.replacement) {
      for (; left >= chunk; left -= chunk) yield randint(0, count, [chunk], { generator });
      yield randint(0, count, [left], { generator });
    } else {
      for (; left >= count; left -= count) yield randperm(count, { generator });
      yield tidy(() => randperm(count, { generator }).narrow(0, 0, left));
    }
  }

  override *[Symbol.iterator](): IterableIterator<number> {
    for (const part of this.#parts()) {
      const numbers = part.tolist() as number[];
      part.dispose();
      yield* numbers;
    }
  }

  /** @internal */
  [whole](): Whole {
    const { generator, replacement, numSamples, dataSource } = this;
    return {
      isDrawnFirst: generator === undefined || (!replacement && numSamples <= dataSource.length),
      draw: () => {
        const parts = this.#parts();
        const order = tidy(() => {
          const drawn: Tensor[] = [];
          for (let left = numSamples; left > 0; left -= drawn.at(-1)!.numel()) {
            drawn.push(parts.next().value as Tensor);
          }
          return (drawn.length === 1 ? drawn[0]! : cat(drawn, 0)).keep();
        });
        // What a generator of the pass's own would still draw is seen by nobody.
        const isSeen = generator !== undefined;
        return { order, finish: isSeen ? () => tidy(() => [...parts].length) : () => {} };
      },
    };
  }
}

/** Draws 63 random bits, as `torch.empty((), dtype=torch.int64).random_()` does. */
export function drawSeed(generator?: Generator): number | bigint {
  const seed = empty([], { dtype: 'int64' }).random_(generator === undefined ? {} : { generator });
  const value = seed.item() as number | bigint;
  seed.dispose();
  return value;
}
