import { inspect } from 'node:util';

import { atMost } from '../argument/atMost.js';
import { readOptions } from '../argument/options.js';
import { type ErrorCode, invalidArgument, TorchError } from '../error.js';
import { fromClone, toClone } from '../native/runtime.js';
import { empty, Tensor, tensor } from '../tensor/index.js';
import { type GroupOptions, groupSpec } from './collectives.js';
import type { ProcessGroup } from './group.js';
import { requireGroup } from './world.js';

// As structured clones, which run no code when they are read; Python's pickles do.
function toBytes(what: string, value: unknown): Uint8Array {
  if (value instanceof Tensor) {
    throw invalidArgument(
      `${what}: expected plain data, got a Tensor; broadcast and allGather take those`,
    );
  }
  try {
    return toClone(value);
  } catch (error) {
    throw invalidArgument(`${what}: ${(error as Error).message}`);
  }
}

async function sizesOf(group: ProcessGroup, size: number): Promise<number[]> {
  const own = tensor([size], { dtype: 'int64' }).keep();
  const all = empty([group.size], { dtype: 'int64' }).keep();
  try {
    await group.runUnchecked({ operation: 'allGatherIntoTensor', inputs: [own], outputs: [all] });
    return (all.tolist() as (number | bigint)[]).map(Number);
  } finally {
    own.dispose();
    all.dispose();
  }
}

/** A value of each rank, in the ranks' order. @internal */
export async function gatherObjects<T>(group: ProcessGroup, value: T): Promise<T[]> {
  const bytes = toBytes('allGatherObject', value);
  const sizes = await sizesOf(group, bytes.length);
  const most = Math.max(...sizes);
  const padded = new Uint8Array(most);
  padded.set(bytes);
  const own = tensor(padded, { dtype: 'uint8' }).keep();
  const all = empty([group.size * most], { dtype: 'uint8' }).keep();
  try {
    await group.runUnchecked({ operation: 'allGatherIntoTensor', inputs: [own], outputs: [all] });
    const received = Buffer.from(all.data() as Uint8Array);
    return sizes.map((size, i) => fromClone(received.subarray(i * most, i * most + size)) as T);
  } finally {
    own.dispose();
    all.dispose();
  }
}

/**
 * Every rank gets a value of each rank; mirrors `torch.distributed.all_gather_object`, with a result in place of a list
 * to be filled. Between ranks of Node only: Python's are pickles.
 *
 * @param value - What `structuredClone` takes, no tensors.
 * @returns In the ranks' order.
 * @throws {TypeError} `ERR_INVALID_ARG` for a group that is none.
 * @example compile
 * const seen = await distributed.allGatherObject({ rank: distributed.getRank() }); // [{ rank: 0 }, { rank: 1 }]
 */
export async function allGatherObject<T>(value: T, options?: GroupOptions): Promise<T[]> {
  atMost('allGatherObject', 2, arguments.length);
  const { group } = readOptions('allGatherObject', groupSpec, options);
  return gatherObjects(requireGroup('allGatherObject', group), value);
}

/**
 * Every rank gets what rank `src` has in the list, in place; mirrors `torch.distributed.broadcast_object_list`.
 * @param list - Of the same length on all ranks.
 * @throws {TypeError} `ERR_INVALID_ARG` for anything but a list as long as that of `src`, and for a rank that is not in the
 *   group.
 * @example compile
 * const list = distributed.getRank() === 0 ? ['runs/7', 42] : [null, null];
 * await distributed.broadcastObjectList(list); // ['runs/7', 42] on all
 */
export async function broadcastObjectList(
  list: unknown[],
  src = 0,
  options?: GroupOptions,
): Promise<void> {
  atMost('broadcastObjectList', 3, arguments.length);
  const { group: given } = readOptions('broadcastObjectList', groupSpec, options);
  if (!Array.isArray(list)) {
    throw invalidArgument(`broadcastObjectList: list: expected an array, got ${inspect(list)}`);
  }
  const group = requireGroup('broadcastObjectList', given);
  const root = group.ranks.indexOf(src);
  if (root < 0)
    throw invalidArgument(`broadcastObjectList: src: ${inspect(src)} is no rank of the group`);
  const found = await broadcastObject(group, list, root);
  if (group.rank === root) return;
  if (found.length !== list.length) {
    throw invalidArgument(
      `broadcastObjectList: list: rank ${src} has ${found.length} values, here are ${list.length}`,
    );
  }
  list.splice(0, list.length, ...found);
}

/**
 * What one rank has, on all.
 * @param value - Of the others not looked at.
 * @internal
 */
export async function broadcastObject<T>(group: ProcessGroup, value: T, root = 0): Promise<T> {
  const isRoot = group.rank === root;
  const bytes = isRoot ? toBytes('broadcastObjectList', value) : new Uint8Array(0);
  const size = (await sizesOf(group, bytes.length))[root] as number;
  const buffer = tensor(isRoot ? bytes : new Uint8Array(size), { dtype: 'uint8' }).keep();
  try {
    await group.runUnchecked({ operation: 'broadcast', inputs: [buffer], rank: root });
    return isRoot ? value : (fromClone(Buffer.from(buffer.data() as Uint8Array)) as T);
  } finally {
    buffer.dispose();
  }
}

type Outcome<T> = { readonly value: T } | { readonly failure: { code: unknown; message: string } };

/**
 * Has rank 0 do something for all. Where that fails, it fails on all.
 * @returns What it has come to, a structured clone on the others.
 * @internal
 */
export async function fromRankZero<T>(group: ProcessGroup, work: () => Promise<T>): Promise<T> {
  let own: Outcome<T> | undefined;
  let problem: unknown;
  if (group.rank === 0) {
    try {
      own = { value: await work() };
    } catch (error) {
      problem = error;
      const { code, message = String(error) } = error as { code?: unknown; message?: string };
      own = { failure: { code, message } };
    }
  }
  const heard = (await broadcastObject(group, own))!;
  if ('value' in heard) return heard.value;
  const { code, message } = heard.failure;
  if (group.rank === 0) throw problem;
  // With its code, which says what kind of failure it is.
  throw new TorchError(
    typeof code === 'string' ? (code as ErrorCode) : 'ERR_DISTRIBUTED_PEER',
    `rank 0: ${message}`,
  );
}
