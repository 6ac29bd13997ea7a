import { atMost } from '../../argument/atMost.js';
import { flag, integer, Kind } from '../../argument/kind.js';
import { readOptions, type SpecOf } from '../../argument/options.js';
import { Generator } from '../../context/random.js';
import { getRank, getWorldSize } from '../../distributed/rank.js';
import { invalidArgument } from '../../error.js';
import { randperm, tensor } from '../../tensor/index.js';
import { Sampler, type Whole, whole } from './sampler.js';
import { requireSized, type Sized } from './sized.js';

/** Options of {@link DistributedSampler}. */
export interface DistributedSamplerOptions {
  /** Among how many processes the examples are shared, integer ≥ 1. Default: the default group's. */
  numReplicas?: number;
  /** Which of them this one is, from 0. Default: its rank in the default group. */
  rank?: number;
  /** Whether each epoch has an order of its own. Default true. */
  shuffle?: boolean;
  /** Where the orders begin, an integer of 64 bits; all processes need the same. Default 0. */
  seed?: number | bigint;
  /** Whether examples that are too many for even shares are left out. Default false: some come twice. */
  dropLast?: boolean;
}

const spec = {
  numReplicas: integer(1).optional(),
  rank: integer(0).optional(),
  shuffle: flag.or(true),
  seed: new Kind<number | bigint>('an integer', (given) =>
    typeof given === 'bigint' || Number.isSafeInteger(given) ? (given as number) : undefined,
  ).or(0),
  dropLast: flag.or(false),
} satisfies SpecOf<DistributedSamplerOptions>;

/**
 * This process's share of a data set, the same number of examples for each; mirrors
 * `torch.utils.data.distributed.DistributedSampler` to the index. Shares that would be uneven are filled up with examples
 * from the beginning, which then come twice. {@link setEpoch} has to be called before each pass for another order;
 * `train` calls it.
 *
 * @param dataset - The whole one, or whatever has its length; the same in all processes.
 * @throws {TypeError} `ERR_INVALID_ARG`
 * @throws {TorchError} `ERR_DISTRIBUTED_CLOSED` without `numReplicas` or `rank` where there is no group.
 * @see https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.distributed.DistributedSampler
 * @example
 * const set = new data.TensorDataset(torch.arange(5));
 * const shares = [0, 1].map((rank) => new data.DistributedSampler(set, { numReplicas: 2, rank, shuffle: false }));
 * shares.map((each) => [...each]); // → [ [ 0, 2, 4 ], [ 1, 3, 0 ] ]
 */
export class DistributedSampler extends Sampler {
  readonly dataset: Sized;
  readonly numReplicas: number;
  readonly rank: number;
  readonly shuffle: boolean;
  readonly seed: number | bigint;
  readonly dropLast: boolean;
  #epoch = 0;

  constructor(dataset: Sized, options?: DistributedSamplerOptions) {
    atMost('DistributedSampler', 2, arguments.length);
    super();
    const given = readOptions('DistributedSampler', spec, options);
    this.dataset = requireSized('DistributedSampler', dataset);
    this.numReplicas = given.numReplicas ?? getWorldSize();
    this.rank = given.rank ?? getRank();
    if (this.rank >= this.numReplicas) {
      throw invalidArgument(
        `DistributedSampler: rank: expected one below numReplicas ${this.numReplicas}, got ${this.rank}`,
      );
    }
    this.shuffle = given.shuffle;
    this.seed = given.seed;
    this.dropLast = given.dropLast;
  }

  /** The number that {@link setEpoch} was given last. */
  get epoch(): number {
    return this.#epoch;
  }

  /**
   * Says which epoch comes next: its order is drawn from `seed + epoch`.
   * @param epoch - An integer, from 0 in Python's examples and in `train`.
   * @throws {TypeError} `ERR_INVALID_ARG`
   */
  setEpoch(epoch: number): void {
    atMost('setEpoch', 1, arguments.length);
    this.#epoch = integer().read('setEpoch: epoch', epoch);
  }

  /** How many examples a share has. */
  get numSamples(): number {
    const share = this.dataset.length / this.numReplicas;
    return this.dropLast ? Math.floor(share) : Math.ceil(share);
  }

  /** How many all shares have together. */
  get totalSize(): number {
    return this.numSamples * this.numReplicas;
  }

  /** As {@link numSamples}. */
  get length(): number {
    return this.numSamples;
  }

  /**
   * How many of this share's examples, the first ones, are its own: those after them stand in other shares, or before in
   * this one, and only fill it up. Together the ranks' own are each example once; with `dropLast` all are own.
   * @internal
   */
  get ownCount(): number {
    const own = Math.ceil((this.dataset.length - this.rank) / this.numReplicas);
    return Math.min(Math.max(own, 0), this.numSamples);
  }

  // The order of all is repeated until each share is full; example i of it is of rank i mod R.
  #share(): BigInt64Array {
    const count = this.dataset.length;
    const order = this.shuffle ? this.#shuffled() : undefined;
    return BigInt64Array.from({ length: this.numSamples }, (_, i) => {
      const place = (this.rank + i * this.numReplicas) % count;
      return order === undefined ? BigInt(place) : order[place]!;
    });
  }

  #shuffled(): BigInt64Array {
    const generator = new Generator().manualSeed(BigInt(this.seed) + BigInt(this.epoch));
    const order = randperm(this.dataset.length, { generator });
    const numbers = order.data() as BigInt64Array;
    order.dispose();
    return numbers;
  }

  override [Symbol.iterator](): IterableIterator<number> {
    return Array.from(this.#share(), Number).values();
  }

  /** @internal */
  [whole](): Whole {
    return {
      isDrawnFirst: true,
      draw: () => ({ order: tensor(this.#share(), { dtype: 'int64' }).keep(), finish: () => {} }),
    };
  }
}
