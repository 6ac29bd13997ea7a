import { atMost } from '../argument/atMost.js';
import { integer } from '../argument/kind.js';
import type { BackendName } from './backend.js';
import { launchedBy } from './environment/index.js';
import { isSet, refusal, Variables } from './environment/variables.js';
import type { ProcessGroup } from './group.js';
import { requireGroup } from './world.js';

/**
 * This process's rank in a group; mirrors `torch.distributed.get_rank`.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for a group that is none.
 * @example compile
 * if (distributed.getRank() === 0) console.log('said once');
 */
export function getRank(group?: ProcessGroup): number {
  atMost('getRank', 1, arguments.length);
  return requireGroup('getRank', group).rank;
}

/**
 * How many processes a group has; mirrors `torch.distributed.get_world_size`.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for a group that is none.
 * @example compile
 * const perProcess = 256 / distributed.getWorldSize();
 */
export function getWorldSize(group?: ProcessGroup): number {
  atMost('getWorldSize', 1, arguments.length);
  return requireGroup('getWorldSize', group).size;
}

/**
 * Mirrors `torch.distributed.get_backend`.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for a group that is none.
 * @example compile
 * const device = distributed.getBackend() === 'gloo' ? 'cpu' : 'cuda';
 */
export function getBackend(group?: ProcessGroup): BackendName {
  atMost('getBackend', 1, arguments.length);
  return requireGroup('getBackend', group).backend;
}

/**
 * This process's number on its host, of what its launcher says; mirrors `torch.distributed.get_node_local_rank`. It takes
 * no group: a process asks it for its GPU before it joins one.
 *
 * @param fallbackRank - Where no launcher says anything, integer ≥ 0. Default: none.
 * @throws {TypeError} `ERR_INVALID_ARG` for anything else.
 * @throws {TorchError} `ERR_DISTRIBUTED_ENVIRONMENT` where nothing says it and there is no `fallbackRank`, and where what
 *   a launcher says does not hold together.
 * @see https://docs.pytorch.org/docs/stable/distributed.html#torch.distributed.get_node_local_rank
 * @example
 * torch.distributed.getNodeLocalRank(0); // → 0
 */
export function getNodeLocalRank(fallbackRank?: number): number {
  atMost('getNodeLocalRank', 1, arguments.length);
  const fallback =
    fallbackRank === undefined
      ? undefined
      : integer(0).read('getNodeLocalRank: fallbackRank', fallbackRank);
  const found = launchedBy()?.localRank ?? localRankAlone() ?? fallback;
  if (found !== undefined) return found;
  throw refusal(
    'getNodeLocalRank: no launcher says which process of its host this is: give fallbackRank for one without a launcher',
  );
}

// LOCAL_RANK without the rest of what a launcher sets.
const localRankAlone = (): number | undefined =>
  isSet(process.env, 'LOCAL_RANK')
    ? new Variables(process.env, 'getNodeLocalRank').integer('LOCAL_RANK', 0)
    : undefined;

/**
 * Whether torchrun started this process; mirrors `torch.distributed.is_torchelastic_launched`.
 *
 * @example
 * torch.distributed.isTorchelasticLaunched(); // → false
 */
export function isTorchelasticLaunched(): boolean {
  atMost('isTorchelasticLaunched', 0, arguments.length);
  return process.env.TORCHELASTIC_RUN_ID !== undefined;
}
