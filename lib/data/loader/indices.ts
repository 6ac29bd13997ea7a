import { describe } from '../../argument/describe.js';
import { holds } from '../../argument/holds.js';
import type { Device } from '../../context/device.js';
import { invalidArgument, invalidRange } from '../../error.js';
import { Tensor, tensor } from '../../tensor/index.js';
import { tidy } from '../../tensor/scope.js';
import {
  type BatchSamplerLike,
  isIterable,
  Sampler,
  type SamplerLike,
  type Whole,
  type WholeOrder,
  whole,
} from './sampler.js';

/** The numbers of a pass's examples, as a loader takes them. */
export interface Indices {
  /**
   * Goes on by so many, by fewer where the sampler comes to its end; by a whole batch of a batch sampler, however many it
   * has. @returns How many they are; `undefined` where nothing is left.
   */
  advance(most: number): number | undefined;
  /** Those that {@link advance} has gone over, int64 `(N)`. */
  current(): Tensor;
  dispose(): void;
}

/** How many numbers a pass has; `undefined` where the sampler does not say it. */
export function lengthOfSampler({
  length,
}: {
  readonly length?: number | undefined;
}): number | undefined {
  return Number.isSafeInteger(length) && length! >= 0 ? length : undefined;
}

/** Whether a sampler is a list of numbers that is there already: an array, a typed one or a tensor. */
export function isList(sampler: SamplerLike): boolean {
  return Array.isArray(sampler) || ArrayBuffer.isView(sampler) || sampler instanceof Tensor;
}

/**
 * What gives the order of a whole pass before the pass begins: the package's samplers, heirs that are iterated as these
 * are, and arrays. Others may wait for what happens in the pass, and are asked one number after another, as in Python.
 *
 * @param count - How many examples there are.
 */
export function wholeOf(sampler: SamplerLike, count: number): Whole | undefined {
  if (sampler instanceof Sampler && whole in sampler) {
    if (!holds(sampler, whole, [Symbol.iterator, 'length'])) return undefined;
    const { isDrawnFirst, draw } = (sampler[whole] as () => Whole)();
    return { isDrawnFirst, draw: () => inRange(draw(), count) };
  }
  if (!isList(sampler)) return undefined;
  return {
    isDrawnFirst: true,
    draw: () => {
      const numbers = tidy(() => Array.from(sampler, (each) => indexOf(each, count)));
      return { order: int64(numbers).keep(), finish: () => {} };
    },
  };
}

const int64 = (numbers: readonly bigint[]): Tensor =>
  tensor(BigInt64Array.from(numbers), { dtype: 'int64' });

const outOfRange = (index: number | bigint, count: number): RangeError =>
  invalidRange(`DataLoader: sampler: expected numbers of ${count} examples, from 0, got ${index}`);

function indexOf(given: unknown, count: number): bigint {
  const value = given instanceof Tensor ? given.item() : given;
  if (typeof value !== 'bigint' && !Number.isSafeInteger(value)) {
    throw invalidArgument(`DataLoader: sampler: expected integers, got ${describe(value)}`);
  }
  if (Number(value) >= 0 && Number(value) < count) return BigInt(value as number | bigint);
  throw outOfRange(value as number | bigint, count);
}

// A sampler of another data set may know more examples than there are; engines read memory by these numbers.
function inRange(drawn: WholeOrder, count: number): WholeOrder {
  const { order } = drawn;
  if (order.numel() === 0) return drawn;
  const extremes = tidy(() => [order.min(), order.max()].map((each) => Number(each.item())));
  const wrong = extremes.find((index) => index < 0 || index >= count);
  if (wrong === undefined) return drawn;
  order.dispose();
  throw outOfRange(wrong, count);
}

class OrderedIndices implements Indices {
  readonly #order: Tensor;
  readonly #finish: () => void;
  readonly #count: number;
  #start = 0;
  #size = 0;
  #isAtEnd = false;

  // On a device, where the batches are gathered there.
  constructor({ order, finish }: WholeOrder, device: Device | undefined) {
    this.#count = order.numel();
    this.#order = device === undefined ? order : order.to(device).keep();
    if (this.#order !== order) order.dispose();
    this.#finish = finish;
  }

  advance(most: number): number | undefined {
    this.#start += this.#size;
    this.#size = Math.min(most, this.#count - this.#start);
    if (this.#size < most && !this.#isAtEnd) {
      this.#isAtEnd = true;
      this.#finish();
    }
    return this.#size || undefined;
  }

  current(): Tensor {
    return this.#order.narrow(0, this.#start, this.#size);
  }

  dispose(): void {
    this.#order.dispose();
  }
}

class IteratedIndices implements Indices {
  readonly #iterator: Iterator<unknown>;
  readonly #count: number;
  readonly #device: Device | undefined;
  #numbers: bigint[] = [];
  #isAtEnd = false;

  constructor(sampler: SamplerLike, count: number, device: Device | undefined) {
    this.#iterator = sampler[Symbol.iterator]();
    this.#count = count;
    this.#device = device;
  }

  advance(most: number): number | undefined {
    this.#numbers = [];
    while (this.#numbers.length < most && !this.#isAtEnd) {
      const { done, value } = this.#iterator.next();
      if (done) this.#isAtEnd = true;
      else this.#numbers.push(indexOf(value, this.#count));
    }
    return this.#numbers.length || undefined;
  }

  current(): Tensor {
    return placed(this.#numbers, this.#device);
  }

  dispose(): void {
    if (!this.#isAtEnd) this.#iterator.return?.();
  }
}

class BatchedIndices implements Indices {
  readonly #iterator: Iterator<unknown>;
  readonly #count: number;
  readonly #device: Device | undefined;
  #numbers: bigint[] = [];
  #isAtEnd = false;

  constructor(batches: BatchSamplerLike, count: number, device: Device | undefined) {
    this.#iterator = batches[Symbol.iterator]();
    this.#count = count;
    this.#device = device;
  }

  advance(): number | undefined {
    const { done, value } = this.#iterator.next();
    if (done) {
      this.#isAtEnd = true;
      return undefined;
    }
    if (!isIterable(value)) {
      throw invalidArgument(
        `DataLoader: batchSampler: expected lists of integers, got ${describe(value)}`,
      );
    }
    const numbers = tidy(() => Array.from(value, (each) => indexOf(each, this.#count)));
    if (numbers.length === 0) {
      throw invalidArgument('DataLoader: batchSampler: expected at least one example in a batch');
    }
    this.#numbers = numbers;
    return numbers.length;
  }

  current(): Tensor {
    return placed(this.#numbers, this.#device);
  }

  dispose(): void {
    if (!this.#isAtEnd) this.#iterator.return?.();
  }
}

function placed(numbers: readonly bigint[], device: Device | undefined): Tensor {
  const made = int64(numbers);
  return device === undefined ? made : made.to(device);
}

/**
 * Begins to take the numbers of a pass, with the draws of Python's loader: of the batch sampler where there is one.
 * @param count - How many examples there are.
 * @param device - Where the numbers are wanted. Default: the CPU.
 */
export function indicesOf(
  sampler: SamplerLike,
  batchSampler: BatchSamplerLike | undefined,
  count: number,
  device: Device | undefined,
): Indices {
  if (batchSampler !== undefined) return new BatchedIndices(batchSampler, count, device);
  const known = wholeOf(sampler, count);
  if (known?.isDrawnFirst) return new OrderedIndices(known.draw(), device);
  return new IteratedIndices(sampler, count, device);
}
