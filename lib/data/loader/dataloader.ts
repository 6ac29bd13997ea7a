import { atMost } from '../../argument/atMost.js';
import { flag, instance, integer, Kind } from '../../argument/kind.js';
import { readOptions, type SpecOf } from '../../argument/options.js';
import { type Device, type DeviceLike, requireDevice } from '../../context/device.js';
import { Generator } from '../../context/random.js';
import { invalidArgument, TorchError } from '../../error.js';
import { Tensor } from '../../tensor/index.js';
import { closeBatchScope, openBatchScope, tidy } from '../../tensor/scope.js';
import { batchOf, movedTo } from '../dataset/ask.js';
import type { BatchOf, Dataset } from '../dataset/dataset.js';
import { indicesOf, lengthOfSampler, wholeOf } from './indices.js';
import { drawSeed, RandomSampler, type SamplerLike, SequentialSampler } from './sampler.js';

/** Options of {@link DataLoader}. */
export interface DataLoaderOptions {
  /** Examples per batch, integer ≥ 1. Default 1. */
  batchSize?: number;
  /** Whether each pass takes the examples in a new random order. Default false. */
  shuffle?: boolean;
  /**
   * Which examples a pass takes, and in which order: one of the package's samplers, or any iterable of integers from 0,
   * iterated anew in each pass. One that is neither the package's nor an array or tensor is asked number by number, as
   * in Python, which the eager engine alone does. Not together with `shuffle`. Default: all, in their order.
   */
  sampler?: SamplerLike;
  /** Whether a last, smaller batch is left out. Default false. */
  dropLast?: boolean;
  /** Where seeds and, with `shuffle`, the order are drawn from. Default: the default generator. */
  generator?: Generator;
}

const spec = {
  batchSize: integer(1).or(1),
  shuffle: flag.or(false),
  sampler: new Kind<SamplerLike>('a Sampler or another iterable of integers', (given) =>
    typeof (given as SamplerLike | null)?.[Symbol.iterator] === 'function' &&
    typeof given === 'object'
      ? (given as SamplerLike)
      : undefined,
  ).optional(),
  dropLast: flag.or(false),
  generator: instance<Generator>(Generator, 'a torch.Generator').optional(),
} satisfies SpecOf<DataLoaderOptions>;

/**
 * Batches of a data set; mirrors `torch.utils.data.DataLoader` without workers. Iteration is
 * synchronous, draws seeds as Python does, and opens a scope per batch. When the next batch is asked for,
 * or the loop is left, these go: the batch itself, whatever was computed from it, wherever, and whatever was
 * made from no tensor in the loop's body, such as `torch.zeros(3)`, up to its first `await`. These stay:
 * what was computed from older tensors alone (`total = total.add(1)`), gradients, parameters, optimizer
 * state, and tensors on which `keep()` was called.
 *
 * Parts that are tensors are stacked. Whole numbers and bigints become int64, booleans bool, arrays what
 * `torch.tensor` makes of them: float32 of numbers, whatever these are.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for an option out of range, and for `sampler` together with `shuffle`; when a batch
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
export class DataLoader<Item extends readonly unknown[] = readonly unknown[]> {
  #dataset: Dataset<Item>;
  #device: Device | undefined;
  /** Whether the data set itself is there, too. */
  #isMoved = false;
  readonly batchSize: number;
  readonly shuffle: boolean;
  readonly dropLast: boolean;
  readonly generator: Generator | undefined;
  readonly #sampler: SamplerLike;

  constructor(dataset: Dataset<Item>, options?: DataLoaderOptions) {
    atMost('DataLoader', 2, arguments.length);
    const { batchSize, shuffle, sampler, dropLast, generator } = readOptions(
      'DataLoader',
      spec,
      options,
    );
    if (typeof dataset?.get !== 'function' || !Number.isInteger(dataset.length)) {
      throw invalidArgument('DataLoader: expected a data set with length and get()');
    }
    if (sampler !== undefined && shuffle) {
      throw invalidArgument('DataLoader: sampler option is mutually exclusive with shuffle');
    }
    this.#dataset = dataset;
    this.batchSize = batchSize;
    this.shuffle = shuffle;
    this.dropLast = dropLast;
    this.generator = generator;
    this.#sampler =
      sampler ??
      (shuffle
        ? new RandomSampler(dataset, { ...(generator && { generator }) })
        : new SequentialSampler(dataset));
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
    const examples = lengthOfSampler(this.#sampler);
    if (examples === undefined) {
      throw invalidArgument(
        'DataLoader: length: the sampler does not say how many examples it has',
      );
    }
    const batches = examples / this.batchSize;
    return this.dropLast ? Math.floor(batches) : Math.ceil(batches);
  }

  [Symbol.iterator](): Iterator<BatchOf<Item>, void> {
    // Python's loader draws a seed for its workers, also where it has none.
    drawSeed(this.generator);
    return this.#batches();
  }

  /**
   * Begins a pass for an engine that gathers the batches itself: the same draws as iterating. Only where the sampler
   * gives a whole order ({@link wholeOf}).
   * @returns int64 order of the examples, kept, the caller disposes of it; how many of them the
   *   batches take; and what to call when they all have been taken.
   * @internal
   */
  beginPass(): { order: Tensor; examples: number; finish(): void } {
    drawSeed(this.generator);
    const { order, finish } = wholeOf(this.#sampler, this.dataset.length)!.draw();
    const count = order.numel();
    const examples = this.dropLast ? count - (count % this.batchSize) : count;
    return { order, examples, finish };
  }

  /**
   * Goes on with a pass that was broken off after `first` batches: the order is drawn as when the pass
   * began, the batches before are not fetched.
   * @param drawn - Called when the order has been drawn, before a batch is fetched.
   * @internal
   */
  resumePass(first: number, drawn: () => void): Iterable<BatchOf<Item>> {
    return {
      [Symbol.iterator]: () => {
        drawSeed(this.generator);
        return this.#batches(first, drawn);
      },
    };
  }

  *#batches(first = 0, drawn?: () => void): Iterator<BatchOf<Item>, void> {
    const { dataset, device, batchSize, dropLast } = this;
    const isThere = this.#isMoved && device?.type !== 'cpu';
    const indices = indicesOf(this.#sampler, dataset.length, isThere ? device : undefined);
    let scope = 0;
    try {
      for (let batch = 0; batch < first; batch++) indices.advance(batchSize);
      drawn?.();
      while (true) {
        closeBatchScope(scope);
        scope = 0;
        // Not in the batch's scope: a sampler's own tensors outlive it. A partial batch is fetched when the sampler
        // has come to its end, as in Python.
        const size = indices.advance(batchSize);
        if (size === 0 || (dropLast && size < batchSize)) return;
        const fetched = openBatchScope(() => this.#fetch(indices.current()));
        scope = fetched.id;
        yield fetched.batch;
      }
    } finally {
      closeBatchScope(scope);
      indices.dispose();
    }
  }

  #fetch(indices: Tensor): BatchOf<Item> {
    const batch = batchOf(this.#dataset, indices);
    const { device } = this;
    const isThere = device === undefined || this.#isMoved;
    return (isThere ? batch : batch.map((part) => part.to(device))) as BatchOf<Item>;
  }
}

/** What can be iterated in batches of images and labels: a {@link DataLoader}, or an array of batches. */
export type BatchIterable = Iterable<readonly [Tensor, Tensor]>;

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
