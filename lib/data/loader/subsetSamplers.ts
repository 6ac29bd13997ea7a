import { atMost } from '../../argument/atMost.js';
import { describe } from '../../argument/describe.js';
import { flag, instance, integer } from '../../argument/kind.js';
import { readOptions, type SpecOf } from '../../argument/options.js';
import { Generator } from '../../context/random.js';
import { invalidArgument } from '../../error.js';
import { randperm, Tensor, tensor } from '../../tensor/index.js';
import { tidy } from '../../tensor/scope.js';
import { Sampler, type Whole, whole } from './sampler.js';

/** Options of {@link SubsetRandomSampler}. */
export interface SubsetRandomSamplerOptions {
  /** Where the order is drawn from. Default: the default generator. */
  generator?: Generator;
}

const generatorKind = instance<Generator>(Generator, 'a torch.Generator');
const subsetSpec = {
  generator: generatorKind.optional(),
} satisfies SpecOf<SubsetRandomSamplerOptions>;

/**
 * Some examples, in random order, each once; mirrors `torch.utils.data.SubsetRandomSampler` to the draw.
 *
 * @param indices - The numbers of the examples: an array, a typed one, or a tensor of integers `(N)`.
 * @throws {TypeError} `ERR_INVALID_ARG`
 * @see https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.SubsetRandomSampler
 * @example
 * [...new data.SubsetRandomSampler([4, 7])].sort(); // → [ 4, 7 ]
 */
export class SubsetRandomSampler extends Sampler {
  readonly indices: readonly number[];
  readonly generator: Generator | undefined;

  constructor(indices: ArrayLike<number | bigint> | Tensor, options?: SubsetRandomSamplerOptions) {
    atMost('SubsetRandomSampler', 2, arguments.length);
    super();
    const { generator } = readOptions('SubsetRandomSampler', subsetSpec, options);
    this.indices = numbersOf(indices);
    this.generator = generator;
  }

  /** How many examples there are. */
  get length(): number {
    return this.indices.length;
  }

  #order(): Tensor {
    const { indices, generator } = this;
    return tidy(() => {
      const places = randperm(indices.length, generator === undefined ? {} : { generator });
      return tensor([...indices], { dtype: 'int64' }).indexSelect(0, places);
    });
  }

  override *[Symbol.iterator](): IterableIterator<number> {
    yield* listed(this.#order());
  }

  /** @internal */
  [whole](): Whole {
    return {
      isDrawnFirst: true,
      draw: () => ({ order: this.#order().keep(), finish: () => {} }),
    };
  }
}

function numbersOf(given: ArrayLike<number | bigint> | Tensor): number[] {
  const isList = Array.isArray(given) || ArrayBuffer.isView(given) || given instanceof Tensor;
  const all = isList ? Array.from(given as Iterable<unknown>, numberOf) : [];
  if (isList && all.every(Number.isSafeInteger)) return all;
  const wrong = all.findIndex((each) => !Number.isSafeInteger(each));
  throw invalidArgument(
    `SubsetRandomSampler: indices: expected an array or tensor of integers, got ${describe(isList ? all[wrong] : given)}`,
  );
}

const numberOf = (each: unknown): number => {
  const value = each instanceof Tensor ? each.item() : each;
  return typeof value === 'number' || typeof value === 'bigint' ? Number(value) : Number.NaN;
};

function listed(order: Tensor): number[] {
  const numbers = order.tolist() as number[];
  order.dispose();
  return numbers.map(Number);
}

/** Options of {@link WeightedRandomSampler}. */
export interface WeightedRandomSamplerOptions {
  /** Whether an example may come again in a pass. Default true. */
  replacement?: boolean;
  /** Where the numbers are drawn from. Default: the default generator. */
  generator?: Generator;
}

const weightedSpec = {
  replacement: flag.or(true),
  generator: generatorKind.optional(),
} satisfies SpecOf<WeightedRandomSamplerOptions>;

/**
 * Examples as likely as their weights say; mirrors `torch.utils.data.WeightedRandomSampler` to the draw.
 *
 * @param weights - One number ≥ 0 for each example, of any sum: an array, or a tensor `(N)`. Taken as float64.
 * @param numSamples - How many are drawn in a pass, integer ≥ 1.
 * @throws {TypeError} `ERR_INVALID_ARG`; in a pass `TorchError` `ERR_LIBTORCH` for weights that cannot be drawn from: all 0, or
 *   fewer than `numSamples` without replacement.
 * @see https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.WeightedRandomSampler
 * @example
 * [...new data.WeightedRandomSampler([0, 1], 3)]; // → [ 1, 1, 1 ]
 */
export class WeightedRandomSampler extends Sampler {
  /** float64 `(N)` */
  readonly weights: Tensor;
  readonly numSamples: number;
  readonly replacement: boolean;
  readonly generator: Generator | undefined;

  constructor(
    weights: readonly number[] | Float32Array | Float64Array | Tensor,
    numSamples: number,
    options?: WeightedRandomSamplerOptions,
  ) {
    atMost('WeightedRandomSampler', 3, arguments.length);
    super();
    const { replacement, generator } = readOptions('WeightedRandomSampler', weightedSpec, options);
    this.numSamples = integer(1).read('WeightedRandomSampler: numSamples', numSamples);
    this.replacement = replacement;
    this.generator = generator;
    this.weights = weightsOf(weights).keep();
  }

  /** As {@link numSamples}. */
  get length(): number {
    return this.numSamples;
  }

  #order(): Tensor {
    const { weights, numSamples, replacement, generator } = this;
    return weights.multinomial(
      numSamples,
      replacement,
      generator === undefined ? {} : { generator },
    );
  }

  override *[Symbol.iterator](): IterableIterator<number> {
    yield* listed(this.#order());
  }

  /** @internal */
  [whole](): Whole {
    return {
      isDrawnFirst: true,
      draw: () => ({ order: this.#order().keep(), finish: () => {} }),
    };
  }
}

function weightsOf(given: readonly number[] | Float32Array | Float64Array | Tensor): Tensor {
  const isNumbers = (list: ArrayLike<unknown>): boolean =>
    Array.from(list).every((each) => typeof each === 'number');
  const isList =
    Array.isArray(given) || given instanceof Float32Array || given instanceof Float64Array;
  if (given instanceof Tensor ? given.ndim === 1 : isList && isNumbers(given)) {
    return given instanceof Tensor
      ? given.detach().cpu().to('float64')
      : tensor(Float64Array.from(given as readonly number[]));
  }
  const got = given instanceof Tensor ? `shape [${given.shape}]` : describe(given);
  throw invalidArgument(
    `WeightedRandomSampler: weights: expected an array of numbers or a tensor of one dimension, got ${got}`,
  );
}
