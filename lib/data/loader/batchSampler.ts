import { atMost } from '../../argument/atMost.js';
import { flag, integer } from '../../argument/kind.js';
import { invalidArgument } from '../../error.js';
import { lengthOfSampler } from './indices.js';
import { type BatchSamplerLike, Sampler, type SamplerLike, samplerKind } from './sampler.js';

/** How many batches there are; `undefined` where nobody says it. */
export function lengthOfBatches(batches: BatchSamplerLike): number | undefined {
  if (batches instanceof BatchSampler && lengthOfSampler(batches.sampler) === undefined) {
    return undefined;
  }
  return lengthOfSampler(batches);
}

/**
 * Batches of what another sampler gives; mirrors `torch.utils.data.BatchSampler`. What follows the last whole batch is asked
 * of the sampler also where `dropLast` leaves it out, as in Python.
 *
 * @param sampler - A sampler, or any other iterable of integers.
 * @param batchSize - Integer ≥ 1.
 * @param dropLast - Whether a last, smaller batch is left out.
 * @throws {TypeError} `ERR_INVALID_ARG`
 * @see https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.BatchSampler
 * @example
 * [...new data.BatchSampler([0, 1, 2, 3, 4], 2, false)]; // → [ [ 0, 1 ], [ 2, 3 ], [ 4 ] ]
 */
export class BatchSampler extends Sampler<number[]> implements BatchSamplerLike {
  readonly sampler: SamplerLike;
  readonly batchSize: number;
  readonly dropLast: boolean;

  constructor(sampler: SamplerLike, batchSize: number, dropLast: boolean) {
    atMost('BatchSampler', 3, arguments.length);
    super();
    this.sampler = samplerKind.read('BatchSampler: sampler', sampler);
    this.batchSize = integer(1).read('BatchSampler: batchSize', batchSize);
    this.dropLast = flag.read('BatchSampler: dropLast', dropLast);
  }

  /**
   * How many batches a pass has.
   * @throws {TypeError} `ERR_INVALID_ARG` where the sampler has no length, as `len` in Python.
   */
  get length(): number {
    const examples = lengthOfSampler(this.sampler);
    if (examples === undefined) {
      throw invalidArgument(
        'BatchSampler: length: the sampler does not say how many examples it has',
      );
    }
    const batches = examples / this.batchSize;
    return this.dropLast ? Math.floor(batches) : Math.ceil(batches);
  }

  /** Tells the sampler which epoch comes, where it wants to know. */
  setEpoch(epoch: number): void {
    atMost('setEpoch', 1, arguments.length);
    this.sampler.setEpoch?.(epoch);
  }

  override *[Symbol.iterator](): IterableIterator<number[]> {
    let batch: number[] = [];
    for (const each of this.sampler) {
      batch.push(Number(typeof each === 'object' ? each.item() : each));
      if (batch.length < this.batchSize) continue;
      yield batch;
      batch = [];
    }
    if (batch.length > 0 && !this.dropLast) yield batch;
  }
}
