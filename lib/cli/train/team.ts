import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';

import { allowedCores } from '../../context/quota.js';
import { type Launched, ownCores, threadsPerProcess } from '../../distributed/environment/index.js';
import type { ProcessGroup } from '../../distributed/index.js';
import type { Torch } from '../torch.js';
import type { TrainOptions } from './options.js';

/** The processes that train together, of which this is one. */
export interface Team {
  readonly group: ProcessGroup;
  /** Threads of the CPU for this one, where nobody says how many. */
  readonly threads: number | undefined;
}

/**
 * Meets the other processes that a launcher has started. What has to be the same for all of them is then that of the
 * first one, which alone prints.
 *
 * @returns `undefined` where this process trains alone.
 * @throws {TorchError} As `initProcessGroup`.
 */
export async function joinTeam(
  torch: Torch,
  launched: Launched | undefined,
  options: TrainOptions,
): Promise<Team | undefined> {
  if (launched === undefined || launched.worldSize === 1) return undefined;
  const { requireGroup } = await import('../../distributed/world.js');
  const { broadcastObject, gatherObjects } = await import('../../distributed/objects.js');
  const times = { timeout: options.timeout * 1000, initTimeout: options.initTimeout * 1000 };
  // 'cuda': each process of a host has its own.
  if (options.device === 'cuda') torch.cuda.setDevice(launched.localRank);
  const isOnGpu = options.device.startsWith('cuda');
  await torch.distributed.initProcessGroup(isOnGpu ? 'nccl' : 'gloo', {
    ...times,
    ...(isOnGpu && { deviceId: options.device }),
  });
  const group = requireGroup('train');
  const own = {
    seed: options.seed,
    // Rank 0 keeps the run, but all have to know that there is one.
    out: options.out,
    resume: options.resume ?? restarted(launched, options),
  };
  Object.assign(options, await broadcastObject(group, own));
  const places = await gatherObjects(group, { host: hostname(), cores: allowedCores() });
  const others = places.filter(({ host }, rank) => rank !== group.rank && host === hostname());
  const cores = ownCores(others.map((each) => each.cores));
  const share = threadsPerProcess(process.env, cores, launched);
  if (group.rank !== 0) options.quiet = true;
  if (!options.quiet) {
    const { launcher, worldSize, masterAddr, masterPort, taken, notes } = launched;
    const place = `${worldSize} processes (${launcher}: ${taken.join(', ')}) met at ${masterAddr}:${masterPort}`;
    for (const line of [place, ...notes, ...(share?.note === undefined ? [] : [share.note])]) {
      console.error(`lenet-torch: ${line}`);
    }
  }
  return { group, threads: share?.threads };
}

// A launcher that starts the group again does so with the same command, whose run has been begun then.
function restarted({ attempt }: Launched, { out }: TrainOptions): string | undefined {
  const isBegun = attempt > 0 && out !== undefined && existsSync(join(out, 'config.json'));
  return isBegun ? out : undefined;
}
