import { atMost } from '../argument/atMost.js';
import type { BackendName } from './backend.js';
import type { ProcessGroup } from './group.js';
import { requireGroup, requireWorld } from './world.js';

/** This process's rank in a group; mirrors `torch.distributed.get_rank`. */
export function getRank(group?: ProcessGroup): number {
  atMost('getRank', 1, arguments.length);
  return requireGroup('getRank', group).rank;
}

/** How many processes a group has; mirrors `torch.distributed.get_world_size`. */
export function getWorldSize(group?: ProcessGroup): number {
  atMost('getWorldSize', 1, arguments.length);
  return requireGroup('getWorldSize', group).size;
}

/** Mirrors `torch.distributed.get_backend`. */
export function getBackend(group?: ProcessGroup): BackendName {
  atMost('getBackend', 1, arguments.length);
  return requireGroup('getBackend', group).backend;
}

/** This process's number on its host; mirrors `torch.distributed.get_node_local_rank`. */
export function getNodeLocalRank(fallbackRank?: number): number {
  atMost('getNodeLocalRank', 1, arguments.length);
  const launched = requireWorld('getNodeLocalRank').launched;
  return launched?.localRank ?? fallbackRank ?? 0;
}

/** Whether torchrun started this process; mirrors `torch.distributed.is_torchelastic_launched`. */
export function isTorchelasticLaunched(): boolean {
  atMost('isTorchelasticLaunched', 0, arguments.length);
  return process.env.TORCHELASTIC_RUN_ID !== undefined;
}
