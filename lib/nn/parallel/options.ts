import { flag, instance, number } from '../../argument/kind.js';
import type { SpecOf } from '../../argument/options.js';
import { ProcessGroup } from '../../distributed/group.js';

/** Options of {@link DistributedDataParallel}. */
export interface DistributedDataParallelOptions {
  /** Who trains together. Default: all processes. */
  processGroup?: ProcessGroup;
  /** Whether the buffers of rank 0 are given to all before each forward pass. Default true. */
  broadcastBuffers?: boolean;
  /** Whether parameters and buffers of rank 0 are given to all when the model is made. Default true. */
  initSync?: boolean;
  /** How many mebibytes of gradients are summed at once, while others are still computed. Default 25. */
  bucketCapMb?: number;
  /** Whether each forward pass is looked through for parameters that it leaves out. Default false. */
  findUnusedParameters?: boolean;
  /** Whether gradients lie in the memory that they are summed in. Default false. */
  gradientAsBucketView?: boolean;
}

export const spec = {
  processGroup: instance<ProcessGroup>(ProcessGroup, 'a ProcessGroup').optional(),
  broadcastBuffers: flag.or(true),
  initSync: flag.or(true),
  bucketCapMb: number(Number.MIN_VALUE).optional(),
  findUnusedParameters: flag.or(false),
  gradientAsBucketView: flag.or(false),
} satisfies SpecOf<DistributedDataParallelOptions>;

/** Options of {@link DistributedDataParallel.join}. */
export interface JoinOptions {
  /** Whether gradients are divided by the size of the group, or else by how many ranks have batches left. Default true. */
  divideByInitialWorldSize?: boolean;
  /** Whether ranks may have different numbers of batches at all; without it nothing is asked. Default true. */
  enable?: boolean;
  /** Whether all ranks throw when one has no batches left. Default false. */
  throwOnEarlyTermination?: boolean;
}

export const joinSpec = {
  divideByInitialWorldSize: flag.or(true),
  enable: flag.or(true),
  throwOnEarlyTermination: flag.or(false),
} satisfies SpecOf<JoinOptions>;
