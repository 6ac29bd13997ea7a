import { noGrad } from '../context/autograd.js';
import { type EngineUsed, emptySums, type PassSums } from '../engine/pass.js';
import { TorchError } from '../error.js';
import { loadSafetensors, saveSafetensors } from '../io/index.js';
import { readSafetensors, type Safetensors } from '../io/safetensors/read.js';
import type { Module } from '../nn/index.js';
import type { Optimizer } from '../optim/index.js';
import type { Tensor } from '../tensor/index.js';
import { modelMetadata } from './config.js';
import { fromJson, toJson } from './json.js';
import type { RandomMoments } from './random.js';

/** How far a training is, besides its tensors. */
export interface RunState {
  /** The epoch that is under way, from 1. */
  epoch: number;
  /** Steps of the whole training. */
  step: number;
  /** Of this epoch. */
  sums: PassSums;
  /** Whether all of the epoch's steps are done, and only its test pass is missing. */
  isTrained: boolean;
  /** Who trains this epoch; `null` while it has not begun. */
  engine: EngineUsed | null;
  /** Spent on this epoch. */
  seconds: number;
  /** The epoch with the best test accuracy so far. */
  best: { epoch: number; testAcc: number } | null;
  /** Bytes of `metrics.jsonl`. */
  metricsSize: number;
  /** What the run's `extras` gave. */
  extras: Record<string, unknown>;
}

/** How far a training is that has not begun. */
export const beginning = (): RunState => ({
  epoch: 1,
  step: 0,
  sums: emptySums(),
  isTrained: false,
  engine: null,
  seconds: 0,
  best: null,
  metricsSize: 0,
  extras: {},
});

/** What one process of a shared training has of its own. */
export interface RankState extends RandomMoments {
  readonly sums: PassSums;
}

/** What an optimizer remembers under a name: whether a tensor (or `null`), a number, or several of them. */
type Held = boolean | { readonly number: number } | readonly Held[];

/** Says what a value is; its tensors go to `moments`. */
function heldOf(key: string, value: unknown, moments: [string, Tensor][]): Held {
  if (Array.isArray(value)) return value.map((part, i) => heldOf(`${key}.${i}`, part, moments));
  if (typeof value === 'number') return { number: value };
  if (value === null) return false;
  moments.push([key, value as Tensor]);
  return true;
}

function valueOf(key: string, held: Held, moments: Readonly<Record<string, Tensor>>): unknown {
  if (held === true) return moments[key] ?? null;
  if (held === false) return null;
  if ('number' in held) return held.number;
  return held.map((part, i) => valueOf(`${key}.${i}`, part, moments));
}

/** What `checkpoint.safetensors` holds. */
export interface Checkpoint {
  readonly path: string;
  readonly state: RunState;
  readonly tensors: Readonly<Record<string, Tensor>>;
  /** By parameter: names of the states, and what each is. */
  readonly optimizer: {
    readonly param_groups?: unknown;
    /** Its name in older versions. */
    readonly paramGroups?: unknown;
    readonly states: Record<string, Record<string, Held>>;
  };
  /** Of the other processes of a shared training, by rank; {@link RunState.sums} are of the first. */
  readonly sums: ReadonlyMap<number, PassSums>;
}

// Buffers that the state dict leaves out are a part of what goes on all the same.
function hiddenBuffers(net: Module, known: Readonly<Record<string, Tensor>>): [string, Tensor][] {
  return [...net.namedBuffers()].filter(([name]) => !Object.hasOwn(known, name));
}

function prefixed(prefix: string, tensors: Iterable<[string, Tensor]>): [string, Tensor][] {
  return [...tensors].map(([name, tensor]) => [`${prefix}.${name}`, tensor]);
}

// Of a process's own.
const partOfRank = (rank: number): string => `rank.${rank}`;

/**
 * Writes a checkpoint: the file holds the last one or this one, whatever happens meanwhile.
 * @param others - What the other processes of a shared training have of their own, by rank.
 */
export async function writeCheckpoint(
  path: string,
  net: Module,
  optimizer: Optimizer<object>,
  random: RandomMoments,
  state: RunState,
  others: ReadonlyMap<number, RankState> = new Map(),
): Promise<void> {
  const model = net.stateDict();
  const { state: remembered, param_groups } = optimizer.stateDict();
  const states: Record<string, Record<string, Held>> = {};
  const moments: [string, Tensor][] = [];
  for (const [number, values] of remembered) {
    const entries = Object.entries(values);
    states[number] = Object.fromEntries(
      entries.map(([key, value]) => [key, heldOf(`${number}.${key}`, value, moments)]),
    );
  }
  const tensors = Object.fromEntries([
    ...prefixed('model', Object.entries(model)),
    ...prefixed('buffer', hiddenBuffers(net, model)),
    ...prefixed('optimizer', moments),
    ...prefixed('random', Object.entries(random.now)),
    ...prefixed('random.epoch', Object.entries(random.epoch)),
    ...[...others].flatMap(([rank, { now, epoch }]) => [
      ...prefixed(`${partOfRank(rank)}.random`, Object.entries(now)),
      ...prefixed(`${partOfRank(rank)}.random.epoch`, Object.entries(epoch)),
    ]),
  ]);
  try {
    const metadata = {
      format: 'lenet-torch checkpoint 1',
      ...modelMetadata(net),
      state: toJson(state),
      ...Object.fromEntries(
        [...others].map(([rank, { sums }]) => [partOfRank(rank), toJson(sums)]),
      ),
      optimizer: toJson({ param_groups, states }),
    };
    await saveSafetensors(tensors, path, { metadata });
  } finally {
    for (const tensor of Object.values(model)) tensor.dispose();
  }
}

/**
 * @throws {TorchError} `ERR_FILE_NOT_FOUND`, `ERR_FILE_READ`, `ERR_FILE_CORRUPT`, `ERR_FILE_FORMAT`;
 *   `ERR_RUN_CORRUPT` for a file of tensors that is no checkpoint.
 */
export async function readCheckpoint(path: string): Promise<Checkpoint> {
  return toCheckpoint(path, await loadSafetensors(path));
}

/** {@link readCheckpoint} of a file's bytes. @param path - For messages. */
export async function parseCheckpoint(path: string, bytes: Uint8Array): Promise<Checkpoint> {
  const read = async (position: number, target: Uint8Array): Promise<void> => {
    target.set(bytes.subarray(position, position + target.length));
  };
  return toCheckpoint(path, await readSafetensors({ path, size: bytes.length, read }));
}

function toCheckpoint(path: string, { tensors, metadata }: Safetensors): Checkpoint {
  if (metadata.format !== 'lenet-torch checkpoint 1') {
    throw new TorchError(
      'ERR_RUN_CORRUPT',
      `${path}: expected a checkpoint of this version ('lenet-torch checkpoint 1'), ` +
        `got ${metadata.format === undefined ? 'other tensors' : `'${metadata.format}'`}`,
    );
  }
  try {
    const state = fromJson(metadata.state ?? '') as RunState;
    const optimizer = fromJson(metadata.optimizer ?? '') as Checkpoint['optimizer'];
    const sums = new Map<number, PassSums>();
    for (let rank = 1; partOfRank(rank) in metadata; rank++) {
      sums.set(rank, fromJson(metadata[partOfRank(rank)]!) as PassSums);
    }
    return { path, state, tensors, optimizer, sums };
  } catch (error) {
    throw new TorchError('ERR_RUN_CORRUPT', `${path}: ${(error as Error).message}`);
  }
}

/** The tensors of a part of a checkpoint, under their own names. */
function part({ tensors }: Checkpoint, prefix: string): Record<string, Tensor> {
  const start = `${prefix}.`;
  const found = Object.entries(tensors).filter(([name]) => name.startsWith(start));
  return Object.fromEntries(found.map(([name, tensor]) => [name.slice(start.length), tensor]));
}

/** Puts weights, buffers and what the optimizer remembers back. */
export function restoreCheckpoint(
  checkpoint: Checkpoint,
  net: Module,
  optimizer: Optimizer<object>,
): void {
  net.loadStateDict(part(checkpoint, 'model'));
  const buffers = part(checkpoint, 'buffer');
  noGrad(() => {
    for (const [name, buffer] of net.namedBuffers()) {
      const saved = buffers[name];
      if (saved !== undefined) buffer.copy_(saved);
    }
  });
  const moments = part(checkpoint, 'optimizer');
  const { states, ...groups } = checkpoint.optimizer;
  const state = Object.fromEntries(
    Object.entries(states).map(([number, keys]) => [
      number,
      Object.fromEntries(
        Object.entries(keys).map(([key, held]) => [
          key,
          valueOf(`${number}.${key}`, held, moments),
        ]),
      ),
    ]),
  );
  optimizer.loadStateDict({ state, ...groups });
}

/** The states of the generators that a checkpoint holds. @param rank - Of whose process. */
export function randomMoments(checkpoint: Checkpoint, rank = 0): RandomMoments {
  const prefix = rank === 0 ? 'random' : `${partOfRank(rank)}.random`;
  const all = part(checkpoint, prefix);
  const isNow = ([name]: [string, Tensor]): boolean => !name.startsWith('epoch.');
  return {
    now: Object.fromEntries(Object.entries(all).filter(isNow)),
    epoch: part(checkpoint, `${prefix}.epoch`),
  };
}

export function disposeCheckpoint(checkpoint: Checkpoint | undefined): void {
  for (const tensor of Object.values(checkpoint?.tensors ?? {})) tensor.dispose();
}
