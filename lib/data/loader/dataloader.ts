import { atMost } from '../../argument/atMost.js';
import { flag, instance, integer } from '../../argument/kind.js';
import { readOptions, type SpecOf } from '../../argument/options.js';
import { type Device, type DeviceLike, requireDevice } from '../../context/device.js';
import { Generator } from '../../context/random.js';
import { invalidArgument, TorchError } from '../../error.js';
import { Tensor } from '../../tensor/index.js';
import { closeBatchScope, openBatchScope, tidy } from '../../tensor/scope.js';
import { batchOf, movedTo } from '../dataset/ask.js';
import type { BatchOf, Dataset } from '../dataset/dataset.js';
import { drawSeed, RandomSampler, type Sampler, SequentialSampler } from './sampler.js';

/** Options of {@link DataLoader}. */
export interface DataLoaderOptions {
  /** Examples per batch, integer ≥ 1. Default 1. */
  batchSize?: number;
  /** Whether each pass takes the examples in a new random order. Default false. */
  shuffle?: boolean;
  /** Whether a last, smaller batch is left out. Default false. */
  dropLast?: boolean;
  /** Where the order is drawn from. Default: the default generator. */
  generator?: Generator;
}

const spec = {
  batchSize: integer(1).or(1),
  shuffle: flag.or(false),
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
 * @throws {TypeError} `ERR_INVALID_ARG` for an option out of range; when a batch is fetched, for a
 *   number with a fraction, which has to be a tensor or in an array.
 * @throws {TorchError} `ERR_DATA_EMPTY` when an empty data set is to be shuffled.
 * @see https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.DataLoader
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
  readonly #sampler: Sampler;

  constructor(dataset: Dataset<Item>, options?: DataLoaderOptions) {
    atMost('DataLoader', 2, arguments.length);
    const { batchSize, shuffle, dropLast, generator } = readOptions('DataLoader', spec, options);
    if (typeof dataset?.get !== 'function' || !Number.isInteger(dataset.length)) {
      throw invalidArgument('DataLoader: expected a data set with length and get()');
    }
    this.#dataset = dataset;
    this.batchSize = batchSize;
    this.shuffle = shuffle;
    this.dropLast = dropLast;
    this.generator = generator;
    this.#sampler = shuffle
      ? new RandomSampler(dataset, generator)
      : new SequentialSampler(dataset);
  }

  /** Where the examples come from: after {@link to} the copy on the device. */
  get dataset(): Dataset<Item> {
    return this.#dataset;
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

  /** How many batches a pass has. */
  get length(): number {
    const batches = this.dataset.length / this.batchSize;
    return this.dropLast ? Math.floor(batches) : Math.ceil(batches);
  }

  [Symbol.iterator](): Iterator<BatchOf<Item>, void> {
    // Python's loader draws a seed for its workers, also where it has none.
    drawSeed(this.generator);
    return this.#batches();
  }

  /**
   * Begins a pass for an engine that gathers the batches itself: the same draws as iterating.
   * @returns int64 order of the examples, kept, the caller disposes of it; how many of them the
   *   batches take; and what to call when they all have been taken.
   * @internal
   */
  beginPass(): { order: Tensor; examples: number; finish(): void } {
    drawSeed(this.generator);
    const examples = this.dropLast ? this.length * this.batchSize : this.dataset.length;
    return { order: this.#sampler.order(), examples, finish: () => this.#sampler.finish() };
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

  // The order of a pass, where the batches are gathered.
  #order(): Tensor {
    const order = this.#sampler.order();
    const { device } = this;
    if (device === undefined || device.type === 'cpu' || !this.#isMoved) return order;
    const moved = order.to(device).keep();
    order.dispose();
    return moved;
  }

  *#batches(first = 0, drawn?: () => void): Iterator<BatchOf<Item>, void> {
    const order = this.#order();
    drawn?.();
    let scope = 0;
    try {
      for (let batch = first; batch < this.length; batch++) {
        closeBatchScope(scope);
        scope = openBatchScope();
        const start = batch * this.batchSize;
        const size = Math.min(this.batchSize, this.dataset.length - start);
        // A partial batch is fetched when the sampler has come to its end, as in Python.
        if (size < this.batchSize) this.#sampler.finish();
        yield this.#fetch(order.narrow(0, start, size));
      }
      if (this.dropLast || this.dataset.length % this.batchSize === 0) this.#sampler.finish();
    } finally {
      closeBatchScope(scope);
      order.dispose();
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
