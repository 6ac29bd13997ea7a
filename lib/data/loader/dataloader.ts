import { atMost } from '../../argument/atMost.js';
import { holds } from '../../argument/holds.js';
import { isPlain } from '../../argument/options.js';
import { type Device, type DeviceLike, requireDevice } from '../../context/device.js';
import type { Generator as RandomGenerator } from '../../context/random.js';
import { invalidArgument, TorchError } from '../../error.js';
import { Tensor } from '../../tensor/index.js';
import { closeBatchScope, openBatchScope, tidy } from '../../tensor/scope.js';
import { batchOf, movedTo, numbersIn, readingOf } from '../dataset/ask.js';
import { type BatchOf, collateExamples, defaultConvert } from '../dataset/collate.js';
import type { Dataset } from '../dataset/dataset.js';
import { IterableDataset, iterated, waits } from '../dataset/iterableDataset.js';
import { lengthOfBatches } from './batchSampler.js';
import { type Indices, indicesOf, lengthOfSampler, wholeOf } from './indices.js';
import { type DataLoaderOptions, readLoaderOptions } from './options.js';
import { readAhead } from './readAhead.js';
import {
  type BatchSamplerLike,
  drawSeed,
  endless,
  RandomSampler,
  type SamplerLike,
  SequentialSampler,
} from './sampler.js';
import { streamed, streamedAsync } from './streamed.js';

/** What makes a batch, to be called in the batch's scope. */
export type Make = () => unknown;

/**
 * Batches of a data set; mirrors `torch.utils.data.DataLoader`. `for … of` is synchronous; `for await` gives the same batches
 * and, where the examples lie in files (`ImageFolder`), reads and decodes them off the event loop, as `train` and `evaluate`
 * do. Iteration draws seeds as Python does, and opens a scope per batch. When the next batch is asked for,
 * or the loop is left, these go: the batch itself, whatever was computed from it, wherever, and whatever was
 * made from no tensor in the loop's body, such as `torch.zeros(3)`, up to its first `await`. These stay:
 * what was computed from older tensors alone (`total = total.add(1)`), gradients, parameters, optimizer
 * state, and tensors on which `keep()` was called.
 *
 * What becomes of the examples' parts, `defaultCollate` says, or the option `collateFn`.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for an option out of range, and for options that Python refuses together; when a batch
 *   is fetched, for a number with a fraction, which has to be a tensor or in an array, and for what a sampler gives
 *   that is no integer.
 * @throws {RangeError} `ERR_INVALID_ARG` when a sampler gives a number that is no example's.
 * @throws {TorchError} `ERR_DATA_EMPTY` when an empty data set is to be shuffled.
 * @see https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.DataLoader
 * @example
 * const set = new data.TensorDataset(torch.rand(10, 3), torch.zeros([10], { dtype: 'int64' }));
 * const loader = new data.DataLoader(set, { batchSize: 4 });
 * for (const [X, y] of loader) net; // batches of 4, 4 and 2
 * loader.length; // → 3
 */
export class DataLoader<Item = readonly unknown[], Batch = BatchOf<Item>> {
  #dataset: Dataset<Item>;
  #device: Device | undefined;
  /** Whether the data set itself is there, too. */
  #isMoved = false;
  /** Examples per batch; `null` where there are no batches, or where `batchSampler` makes them. */
  readonly batchSize: number | null;
  readonly shuffle: boolean;
  readonly dropLast: boolean;
  readonly generator: RandomGenerator | undefined;
  readonly batchSampler: BatchSamplerLike | undefined;
  readonly collateFn: ((examples: Item[]) => Batch) | undefined;
  readonly numWorkers: number;
  /** How many batches each worker reads ahead; `null` without workers. */
  readonly prefetchFactor: number | null;
  readonly #sampler: SamplerLike;

  constructor(dataset: Dataset<Item>, options?: DataLoaderOptions<Item, Batch>) {
    atMost('DataLoader', 2, arguments.length);
    const given = readLoaderOptions(dataset, options);
    const { shuffle, generator } = given;
    this.#dataset = dataset;
    this.batchSize = given.batchSize;
    this.shuffle = shuffle;
    this.dropLast = given.dropLast;
    this.generator = generator;
    this.batchSampler = given.batchSampler;
    this.collateFn = given.collateFn as ((examples: Item[]) => Batch) | undefined;
    this.numWorkers = given.numWorkers;
    this.prefetchFactor = given.numWorkers > 0 ? (given.prefetchFactor ?? 2) : null;
    this.#sampler = given.sampler ?? orderOf(dataset, shuffle, generator);
  }

  /** Where the examples come from: after {@link to} the copy on the device. */
  get dataset(): Dataset<Item> {
    return this.#dataset;
  }

  /** What says which examples a pass takes: the option, or what `shuffle` stands for. */
  get sampler(): SamplerLike {
    return this.#sampler;
  }

  /** Where {@link to} has put the batches; `undefined` before. */
  get device(): Device | undefined {
    return this.#device;
  }

  /**
   * Puts this loader's batches on a device: the data set is copied there once, and batches are gathered
   * and scaled there, in the same order and with the same draws. The data set that it was made with
   * stays as it is. One of which no copy can be had there stays where it is too, and batches are copied.
   *
   * @returns This loader, as `net.to` does.
   * @throws {TorchError} `ERR_CUDA_UNAVAILABLE`, `ERR_OUT_OF_MEMORY`
   */
  to(device: DeviceLike): this {
    atMost('to', 1, arguments.length);
    const place = requireDevice(device);
    const moved = tidy(() => movedTo(this.#dataset, place));
    if (moved !== undefined) this.#dataset = moved;
    this.#isMoved = moved !== undefined;
    this.#device = place;
    return this;
  }

  /**
   * How many batches a pass has, by the length of the sampler.
   * @throws {TypeError} `ERR_INVALID_ARG` where the sampler has none, as `len` in Python.
   */
  get length(): number {
    const length = lengthOfLoader(this as DataLoader<unknown, unknown>);
    if (length !== undefined) return length;
    throw invalidArgument(
      this.#dataset instanceof IterableDataset
        ? 'DataLoader: length: the data set does not say how many examples it has'
        : 'DataLoader: length: the sampler does not say how many examples it has',
    );
  }

  [Symbol.iterator](): Iterator<Batch, void> {
    // Python's loader draws a seed for its workers, also where it has none.
    drawSeed(this.generator);
    return this.#batches();
  }

  [Symbol.asyncIterator](): AsyncIterator<Batch, void> {
    // Whoever has changed what a pass is has changed it for both.
    if (!holds(this, Symbol.asyncIterator, [Symbol.iterator])) return later(this);
    drawSeed(this.generator);
    return this.#batchesAhead();
  }

  /**
   * Begins a pass for an engine that gathers the batches itself: the same draws as iterating. Only where the sampler
   * gives a whole order ({@link wholeOf}), and where the batches have a size.
   * @returns int64 order of the examples, kept, the caller disposes of it; how many of them the
   *   batches take; and what to call when they all have been taken.
   * @internal
   */
  beginPass(): { order: Tensor; examples: number; finish(): void } {
    drawSeed(this.generator);
    const { order, finish } = wholeOf(this.#sampler, this.dataset.length)!.draw();
    const count = order.numel();
    const examples = this.dropLast ? count - (count % this.batchSize!) : count;
    return { order, examples, finish };
  }

  /**
   * Goes on with a pass that was broken off after `first` batches: the order is drawn as when the pass
   * began, the batches before are not fetched.
   * @param drawn - Called when the order has been drawn, before a batch is fetched.
   * @internal
   */
  resumePass(first: number, drawn: () => void): Iterable<Batch> & AsyncIterable<Batch> {
    return {
      [Symbol.iterator]: () => {
        drawSeed(this.generator);
        return this.#batches(first, drawn);
      },
      [Symbol.asyncIterator]: () => {
        drawSeed(this.generator);
        return this.#batchesAhead(first, drawn);
      },
    };
  }

  *#batches(first = 0, drawn?: () => void): Generator<Batch, void> {
    let scope = 0;
    const makers = this.#makers(first, drawn);
    try {
      for (;;) {
        closeBatchScope(scope);
        scope = 0;
        // Not in the batch's scope: a sampler's own tensors outlive it.
        const { done, value } = makers.next();
        if (done) return;
        const opened = openBatchScope(value);
        scope = opened.id;
        yield opened.batch as Batch;
      }
    } finally {
      closeBatchScope(scope);
      makers.return();
    }
  }

  async *#batchesAhead(first = 0, drawn?: () => void): AsyncGenerator<Batch, void> {
    const makers = this.#makersAhead(first, drawn);
    if (makers === undefined) {
      yield* this.#batches(first, drawn);
      return;
    }
    let scope = 0;
    try {
      for (;;) {
        closeBatchScope(scope);
        scope = 0;
        const { done, value } = await makers.next();
        if (done) return;
        const opened = openBatchScope(value);
        scope = opened.id;
        yield opened.batch as Batch;
      }
    } finally {
      closeBatchScope(scope);
      await makers.return();
    }
  }

  *#makers(first: number, drawn?: () => void): Generator<Make, void> {
    const { dropLast } = this;
    const size = this.batchSize ?? 1;
    const dataset = this.#dataset;
    if (dataset instanceof IterableDataset) {
      const source = iterated<Item>(dataset);
      for (const examples of streamed(source, size, dropLast, first, drawn)) {
        yield () => this.#put(examples);
      }
      return;
    }
    const indices = this.#indices();
    try {
      for (let batch = 0; batch < first; batch++) indices.advance(size);
      drawn?.();
      for (;;) {
        // A partial batch is fetched when the sampler has come to its end, as in Python.
        const count = indices.advance(size);
        if (count === undefined || (dropLast && count < size)) return;
        yield () => this.#fetch(indices.current());
      }
    } finally {
      indices.dispose();
    }
  }

  // What is to be waited for; `undefined` where nothing is.
  #makersAhead(first: number, drawn?: () => void): AsyncGenerator<Make, void> | undefined {
    const dataset = this.#dataset;
    const { dropLast, numWorkers } = this;
    const size = this.batchSize ?? 1;
    if (dataset instanceof IterableDataset) {
      if (!waits(dataset)) return undefined;
      const source = dataset as AsyncIterable<Item>;
      const batches = streamedAsync(source, size, dropLast, first, drawn);
      return mapped(batches, (examples) => () => this.#put(examples));
    }
    const read = readingOf(dataset);
    if (read === undefined) return undefined;
    const depth = numWorkers * (this.prefetchFactor ?? 0);
    const batches = readAhead(
      this.#indices(),
      read,
      { size, dropLast, numWorkers, depth },
      first,
      drawn,
    );
    return mapped(batches, (makes) => () => this.#put(makes.map((make) => make())));
  }

  #indices(): Indices {
    const { dataset, device, batchSampler } = this;
    const isThere = this.#isMoved && device?.type !== 'cpu';
    return indicesOf(this.#sampler, batchSampler, dataset.length, isThere ? device : undefined);
  }

  #fetch(indices: Tensor): unknown {
    const isPlain = this.collateFn === undefined && !this.#isSingle;
    if (!isPlain)
      return this.#put(numbersIn(indices.cpu()).map((index) => this.#dataset.get(index)));
    const batch = batchOf(this.#dataset, indices);
    return this.#isMoved ? batch : this.#placed(batch);
  }

  // Whether examples are given one by one.
  get #isSingle(): boolean {
    return this.batchSize === null && this.batchSampler === undefined;
  }

  #put(examples: Item[]): unknown {
    const { collateFn } = this;
    if (this.#isSingle) {
      const [example] = examples;
      const convert = collateFn as ((example: unknown) => unknown) | undefined;
      return this.#placed(convert === undefined ? defaultConvert(example) : convert(example));
    }
    return this.#placed(
      collateFn === undefined ? collateExamples('DataLoader', examples) : collateFn(examples),
    );
  }

  #placed(value: unknown): unknown {
    const { device } = this;
    if (device === undefined) return value;
    if (value instanceof Tensor) return value.to(device);
    if (Array.isArray(value)) return value.map((each) => this.#placed(each));
    if (!isPlain(value)) return value;
    const entries = Object.entries(value).map(([name, each]) => [name, this.#placed(each)]);
    return Object.fromEntries(entries);
  }
}

function orderOf(
  dataset: Dataset<unknown>,
  shuffle: boolean,
  generator: RandomGenerator | undefined,
): SamplerLike {
  if (dataset instanceof IterableDataset) return endless;
  if (!shuffle) return new SequentialSampler(dataset);
  return new RandomSampler(dataset, { ...(generator && { generator }) });
}

/** How many batches a loader's pass has; `undefined` where its sampler, or its iterable data set, does not say it. */
export function lengthOfLoader(loader: DataLoader<unknown, unknown>): number | undefined {
  const { dataset, sampler, batchSampler, batchSize, dropLast } = loader;
  if (batchSampler !== undefined) return lengthOfBatches(batchSampler);
  const examples = lengthOfSampler(dataset instanceof IterableDataset ? dataset : sampler);
  if (examples === undefined || batchSize === null) return examples;
  return dropLast ? Math.floor(examples / batchSize) : Math.ceil(examples / batchSize);
}

async function* later<T>(batches: Iterable<T>): AsyncGenerator<T, void> {
  yield* batches;
}

async function* mapped<T, R>(
  each: AsyncIterable<T>,
  change: (value: T) => R,
): AsyncGenerator<R, void> {
  for await (const value of each) yield change(value);
}

/** What can be iterated in batches of images and labels: a {@link DataLoader}, or an array of batches. */
export type BatchIterable = Iterable<readonly [Tensor, Tensor]>;

/** Batches as `train` and `evaluate` take them: also such as are waited for. */
export type LaterBatches = BatchIterable | AsyncIterable<readonly [Tensor, Tensor]>;

/** Whether something can be iterated in batches. */
export function areBatches(given: unknown): given is LaterBatches {
  const { [Symbol.iterator]: once, [Symbol.asyncIterator]: waited } = Object(given);
  return typeof once === 'function' || typeof waited === 'function';
}

/** @throws {TypeError} `ERR_INVALID_ARG` for anything but images and labels. */
export function requireBatch(what: string, batch: unknown): readonly [Tensor, Tensor] {
  const [X, y] = Array.isArray(batch) ? batch : [];
  if (X instanceof Tensor && y instanceof Tensor) return [X, y];
  throw invalidArgument(`${what}: expected batches of [images, labels], both Tensors`);
}

/** @throws {TorchError} `ERR_DATA_EMPTY` */
export function refuseEmpty(what: string): never {
  throw new TorchError('ERR_DATA_EMPTY', `${what}: there are no batches; is the data set empty?`);
}
