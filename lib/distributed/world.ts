import { inspect } from 'node:util';

import { atMost } from '../argument/atMost.js';
import { anything, instance, integer, number, oneOf, text } from '../argument/kind.js';
import { readOptions, type SpecOf, type ValuesOf } from '../argument/options.js';
import type { DeviceLike } from '../context/device.js';
import { invalidArgument, TorchError } from '../error.js';
import { native } from '../native/load.js';
import { listenAddress, reachable } from './address.js';
import { type Backend, type BackendName, backendNames, requireBackend } from './backend.js';
import { told } from './failure.js';
import { ProcessGroup, presenceKey } from './group.js';
import { openLibrary } from './library.js';
import { whyNotMet } from './meeting.js';
import { type Place, placeOf, requireGiven } from './place.js';
import { FileStore, PrefixStore, Store, TCPStore } from './store.js';

/** Options of {@link initProcessGroup}. What is not given comes from the launcher's variables. */
export interface InitOptions {
  /** `'env://'` (default): what the launcher says; `'tcp://HOST:PORT'`: of rank 0; `'file:///PATH'`, on a shared disk. */
  initMethod?: string;
  /** A store in place of `initMethod`; `rank` and `worldSize` have to be given then. Default: none. */
  store?: Store;
  /** Number of this process. Default: what the launcher says. */
  rank?: number;
  /** How many processes there are. Default: what the launcher says. */
  worldSize?: number;
  /** How long an operation waits for the other ranks, milliseconds. Default 30,000. */
  timeout?: number;
  /** How long all ranks may take to come together, and for the first step of a training, milliseconds. Default 300,000. */
  initTimeout?: number;
  /**
   * Where this process listens for the others: an address of this host. Default: the one that packets to the master
   * leave from, or what `GLOO_SOCKET_IFNAME` says. `'hostname'`: what the host's own name means, which is Python's
   * choice.
   */
  address?: string;
  /** This process's GPU, for NCCL. Default: the current one (`torch.cuda.setDevice`). */
  deviceId?: DeviceLike;
}

const spec = {
  initMethod: text.optional(),
  store: instance<Store>(Store, 'a Store').optional(),
  rank: integer(0).optional(),
  worldSize: integer(1).optional(),
  timeout: number(1).or(30_000),
  initTimeout: number(1).or(300_000),
  address: text.optional(),
  deviceId: anything<DeviceLike>("'cuda' or 'cuda:1'").optional(),
} satisfies SpecOf<InitOptions>;

type Given = ValuesOf<typeof spec>;

/** How this process came to its group. */
export interface World {
  readonly group: ProcessGroup;
  readonly backend: Backend;
  /** Milliseconds. */
  readonly initTimeout: number;
  /** How long one try to reach the others may take, milliseconds. */
  readonly meshTimeout: number;
  readonly address: string;
  /** Of this process's groups, in the order in which they are made. */
  groups: number;
  /** Without the prefix of a group. */
  readonly store: Store;
}

type Opening = Pick<World, 'store' | 'initTimeout' | 'meshTimeout' | 'address' | 'backend'>;

let world: World | undefined;
let isOpening = false;
// How often this process has been in a group before.
let times = 0;

async function openStore(place: Place, timeout: number): Promise<Store> {
  const { file, host, port, rank, worldSize, isStoreServed } = place;
  if (file !== undefined) return FileStore.open(file, worldSize);
  return TCPStore.open(host, port, {
    isMaster: rank === 0 && !isStoreServed,
    worldSize,
    timeout,
    waitForWorkers: true,
  });
}

/**
 * Joins the group of all processes; mirrors `torch.distributed.init_process_group`. The promise is kept when all are
 * there.
 *
 * @param backend - `'gloo'`: for tensors on the CPU; `'nccl'`: on GPUs, one of which each process has;
 *   `'cpu:gloo,cuda:nccl'`: both. Gloo's connections are made in any case: what processes tell each other goes by them.
 * @throws {TypeError} `ERR_INVALID_ARG`
 * @throws {TorchError} `ERR_DISTRIBUTED_ENVIRONMENT` where nothing says who the others are,
 *   `ERR_DISTRIBUTED_TIMEOUT` where some do not come, `ERR_DISTRIBUTED_CONNECT`, `ERR_DISTRIBUTED_ADDRESS`,
 *   `ERR_DISTRIBUTED_UNAVAILABLE`, `ERR_DISTRIBUTED_MISMATCH` where a rank comes twice; `ERR_CUDA_UNAVAILABLE`.
 * @see https://docs.pytorch.org/docs/stable/distributed.html#torch.distributed.init_process_group
 * @example compile
 * // torchrun, or `lenet-torch run --nproc 2 train.js`, says who this process is.
 * await torch.distributed.initProcessGroup('gloo', { timeout: 60_000 });
 * console.log(distributed.getRank(), 'of', distributed.getWorldSize());
 */
export async function initProcessGroup(
  backend: BackendName = 'gloo',
  options?: InitOptions,
): Promise<void> {
  atMost('initProcessGroup', 2, arguments.length);
  const name = oneOf(...backendNames).read('initProcessGroup: backend', backend);
  const given = readOptions('initProcessGroup', spec, options);
  if (world !== undefined || isOpening) {
    throw new TorchError(
      'ERR_DISTRIBUTED_MISMATCH',
      'initProcessGroup: this process is in a group already; destroyProcessGroup() leaves it',
    );
  }
  if (given.store !== undefined && given.initMethod !== undefined) {
    throw invalidArgument('initProcessGroup: give store or initMethod, not both');
  }
  const place: Place =
    given.store === undefined
      ? placeOf(given)
      : {
          rank: requireGiven('rank', given.rank),
          worldSize: requireGiven('worldSize', given.worldSize),
          host: '',
          port: 0,
          isStoreServed: true,
          attempt: 0,
        };
  if (place.rank >= place.worldSize) {
    throw invalidArgument(
      `initProcessGroup: rank: expected one below worldSize ${place.worldSize}, got ${place.rank}`,
    );
  }
  isOpening = true;
  let why = '';
  try {
    openLibrary();
    const by = requireBackend(name, given.deviceId);
    world = await open(place, given, by, async (error) => {
      why = await whyNotMet(error, place);
      throw error;
    });
    times++;
  } catch (error) {
    throw told(error, 'initProcessGroup', place.rank, place.worldSize, why);
  } finally {
    isOpening = false;
  }
}

async function open(
  place: Place,
  given: Given,
  backend: Backend,
  unmet: (error: unknown) => Promise<never>,
): Promise<World> {
  const { rank, worldSize, attempt } = place;
  const { timeout, initTimeout } = given;
  const base = given.store ?? (await openStore(place, Math.ceil(initTimeout)).catch(unmet));
  base.setTimeout(Math.ceil(initTimeout));
  // torchrun's store outlives a restart of the workers, with the addresses of the dead ones in it, and a group that
  // has been left.
  const again = [attempt > 0 ? `attempt_${attempt}` : '', times > 0 ? `time_${times}` : ''];
  const store = again.reduce(
    (inner, key) => (key === '' ? inner : new PrefixStore(key, inner)),
    base,
  );
  const address = await reachable(await listenAddress(place, given.address), store, place);
  // Where all have come to rank 0's store already, ranks that cannot be reached are tried five times.
  const haveCome = !place.isStoreServed && place.file === undefined;
  const meshTimeout = haveCome ? Math.max(1000, initTimeout / 5) : initTimeout;
  const known = { store, initTimeout, meshTimeout, address, backend };
  const ranks = Array.from({ length: worldSize }, (_, i) => i);
  const group = await openGroup(known, '0', ranks, rank, timeout);
  const opened = { ...known, group, groups: 1 };
  native.onDistributedMismatch((text) => {
    for (const each of alive) each.break(text);
  });
  return opened;
}

const alive = new Set<ProcessGroup>();

// Keys as torch/distributed/distributed_c10d.py has them, so that Node and Python can be ranks of one group.
async function openGroup(
  { store, initTimeout, meshTimeout, address, backend }: Opening,
  name: string,
  ranks: readonly number[],
  rank: number,
  timeout: number,
): Promise<ProcessGroup> {
  const all = new PrefixStore(`${name}/`, new PrefixStore('default_pg', store));
  const keys = new PrefixStore('cpu/', all);
  const { device } = backend;
  await refuseSecond(keys, rank);
  const opened = await native.openGroup(
    keys.native,
    rank,
    ranks.length,
    address,
    Math.ceil(meshTimeout),
    device === undefined ? undefined : new PrefixStore('cuda/', all).native,
    device ?? 0,
  );
  const group = new ProcessGroup({
    native: opened,
    store: keys,
    backend,
    name,
    ranks,
    rank,
    timeout,
    initTimeout,
  });
  alive.add(group);
  group.setTimeout(timeout);
  return group;
}

// Two processes of one rank would overwrite each other's addresses, and all the others wait for what never comes.
async function refuseSecond(store: Store, rank: number): Promise<void> {
  const times = await store.add(`${presenceKey}/${rank}`, 1);
  if (times === 1) return;
  throw new TorchError(
    'ERR_DISTRIBUTED_MISMATCH',
    `rank ${rank} has come ${times} times: two processes were started with the same rank, or with a store of an earlier group`,
  );
}

/**
 * Leaves a group, when what is under way has ended; mirrors `torch.distributed.destroy_process_group`.
 * @param group - Default: all of them.
 * @throws {TypeError} `ERR_INVALID_ARG` for a group that is none.
 * @example compile
 * await torch.distributed.initProcessGroup();
 * await torch.distributed.destroyProcessGroup();
 * distributed.isInitialized(); // false
 */
export async function destroyProcessGroup(group?: ProcessGroup): Promise<void> {
  atMost('destroyProcessGroup', 1, arguments.length);
  if (group !== undefined && !(group instanceof ProcessGroup)) {
    throw invalidArgument(`destroyProcessGroup: expected a ProcessGroup, got ${inspect(group)}`);
  }
  const isAll = group === undefined || group === world?.group;
  if (group === undefined && world === undefined) return;
  const leaving = isAll ? [...alive] : [group as ProcessGroup];
  if (isAll) world = undefined;
  await Promise.all(
    leaving.map((each) => {
      alive.delete(each);
      return each.close();
    }),
  );
}

/**
 * Whether this process is in a group; mirrors `torch.distributed.is_initialized`.
 *
 * @example
 * torch.distributed.isInitialized(); // → false
 */
export function isInitialized(): boolean {
  atMost('isInitialized', 0, arguments.length);
  return world !== undefined;
}

/** @internal @throws {TorchError} `ERR_DISTRIBUTED_CLOSED` before {@link initProcessGroup}. */
function requireWorld(what: string): World {
  if (world !== undefined) return world;
  throw new TorchError(
    'ERR_DISTRIBUTED_CLOSED',
    `${what}: there is no process group: call torch.distributed.initProcessGroup() first`,
  );
}

/** A group given to a function, or the one of all processes. @internal */
export function requireGroup(what: string, group?: ProcessGroup | null): ProcessGroup {
  if (group === undefined || group === null) return requireWorld(what).group;
  if (group instanceof ProcessGroup) return group;
  throw invalidArgument(`${what}: group: expected a ProcessGroup, got ${inspect(group)}`);
}

/**
 * Makes a group of some of the processes; mirrors `torch.distributed.new_group`. All processes have to call it, those
 * that are not in it too.
 * @param ranks - In the default group. Default: all.
 * @param options.timeout - Milliseconds. Default: the default group's.
 * @returns `undefined` for a process that is not in it.
 * @throws {TypeError} `ERR_INVALID_ARG` for anything but different ranks, at least one.
 * @throws {TorchError} `ERR_DISTRIBUTED_CLOSED` where there is no process group.
 * @example compile
 * const pair = await distributed.newGroup([0, 1]); // called by all, also by those that are not in it
 * if (pair !== undefined) await distributed.barrier({ group: pair });
 */
export async function newGroup(
  ranks?: readonly number[] | null,
  options?: { timeout?: number },
): Promise<ProcessGroup | undefined> {
  atMost('newGroup', 2, arguments.length);
  const { timeout } = readOptions('newGroup', { timeout: number(1).optional() }, options);
  const known = requireWorld('newGroup');
  const { rank, size } = known.group;
  const members = ranks ?? known.group.ranks;
  const isRank = (each: unknown): boolean =>
    Number.isInteger(each) && (each as number) >= 0 && (each as number) < size;
  if (!Array.isArray(members) || !members.every(isRank) || new Set(members).size < members.length) {
    throw invalidArgument(
      `newGroup: ranks: expected different ranks from 0 to ${size - 1}, got ${inspect(ranks)}`,
    );
  }
  if (members.length === 0) throw invalidArgument('newGroup: ranks: expected at least one');
  const name = String(known.groups++);
  // As in Python: in ascending order, whatever the order they are given in.
  const sorted = [...members].sort((a, b) => a - b);
  const place = sorted.indexOf(rank);
  if (place < 0) return undefined;
  try {
    return await openGroup(known, name, sorted, place, timeout ?? known.group.timeout);
  } catch (error) {
    throw told(error, 'newGroup', place, sorted.length);
  }
}
