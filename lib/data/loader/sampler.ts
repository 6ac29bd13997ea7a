import { Generator } from '../../context/random.js';
import { TorchError } from '../../error.js';
import { arange, empty, randperm, type Tensor } from '../../tensor/index.js';

/** The order in which a loader takes examples. */
export interface Sampler {
  /** Draws the order of one pass: int64 `(N)`, kept; the caller disposes of it. */
  order(): Tensor;
  /** To be called when a pass comes to its end, but not when it is broken off. */
  finish(): void;
}

/** From first to last; mirrors `torch.utils.data.SequentialSampler`. */
export class SequentialSampler implements Sampler {
  readonly #dataset: { readonly length: number };

  constructor(dataset: { readonly length: number }) {
    this.#dataset = dataset;
  }

  order(): Tensor {
    return arange(this.#dataset.length).keep();
  }

  finish(): void {}
}

/**
 * In random order, each example once; mirrors `torch.utils.data.RandomSampler` to the draw: without
 * a generator, a seed from the default generator starts a fresh one for the permutation.
 */
export class RandomSampler implements Sampler {
  readonly #dataset: { readonly length: number };
  readonly #generator: Generator | undefined;

  /** @throws {TorchError} `ERR_DATA_EMPTY` for a data set without examples, as in Python. */
  constructor(dataset: { readonly length: number }, generator?: Generator) {
    if (dataset.length === 0) {
      throw new TorchError('ERR_DATA_EMPTY', 'RandomSampler: the data set has no examples');
    }
    this.#dataset = dataset;
    this.#generator = generator;
  }

  order(): Tensor {
    const generator = this.#generator ?? new Generator().manualSeed(drawSeed());
    return randperm(this.#dataset.length, { generator }).keep();
  }

  // Python's sampler ends with a permutation of which it takes none: the draw counts all the same.
  finish(): void {
    if (this.#generator !== undefined) {
      randperm(this.#dataset.length, { generator: this.#generator }).dispose();
    }
  }
}

/** Draws 63 random bits, as `torch.empty((), dtype=torch.int64).random_()` does. */
export function drawSeed(generator?: Generator): number | bigint {
  const seed = empty([], { dtype: 'int64' }).random_(generator === undefined ? {} : { generator });
  const value = seed.item() as number | bigint;
  seed.dispose();
  return value;
}
