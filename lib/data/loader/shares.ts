import type { Tensor } from '../../tensor/index.js';
import { DataLoader, type LaterBatches } from './dataloader.js';
import { DistributedSampler } from './distributedSampler.js';
import { wholeOf } from './indices.js';
import { isOwnLoader } from './position.js';
import { Sampler, type Whole, whole } from './sampler.js';

function shareOf(batches: LaterBatches): DistributedSampler | undefined {
  if (!isOwnLoader(batches)) return undefined;
  const { sampler, dataset, batchSampler } = batches as DataLoader;
  const isShare =
    batchSampler === undefined &&
    sampler instanceof DistributedSampler &&
    wholeOf(sampler, dataset.length) !== undefined;
  return isShare ? sampler : undefined;
}

/**
 * How many of a pass's examples are to be counted, the first ones: those after them fill up a share, and other processes
 * count them. `Infinity` where nobody says that some are to be left out.
 */
export function countedOf(batches: LaterBatches): number {
  return shareOf(batches)?.ownCount ?? Number.POSITIVE_INFINITY;
}

/** The first examples of a share. */
class OwnPart extends Sampler {
  readonly #share: DistributedSampler;

  constructor(share: DistributedSampler) {
    super();
    this.#share = share;
  }

  get length(): number {
    return this.#share.ownCount;
  }

  override *[Symbol.iterator](): IterableIterator<number> {
    yield* [...this.#share].slice(0, this.length);
  }

  [whole](): Whole {
    const all = this.#share[whole]();
    const draw: Whole['draw'] = () => {
      const { order, finish } = all.draw();
      const own = order.narrow(0, 0, this.length).clone().keep();
      order.dispose();
      return { order: own, finish };
    };
    return { ...all, draw };
  }
}

/** The same batches without what only fills up a share, for a pass in which nobody waits for the others. */
export function ownPartOf(batches: LaterBatches): LaterBatches {
  const share = shareOf(batches);
  if (share === undefined || share.ownCount === share.length) return batches;
  const loader = batches as unknown as DataLoader<readonly [Tensor, Tensor]>;
  const { dataset, batchSize, dropLast, generator, collateFn, numWorkers, prefetchFactor } = loader;
  return new DataLoader(dataset, {
    batchSize,
    dropLast,
    sampler: new OwnPart(share),
    numWorkers,
    ...(prefetchFactor !== null && { prefetchFactor }),
    ...(collateFn && { collateFn }),
    ...(generator && { generator }),
  });
}
