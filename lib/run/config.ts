import { readFile } from 'node:fs/promises';
import { inspect } from 'node:util';
import { isPlain } from '../argument/options.js';
import type { Device } from '../context/device.js';
import { defaultGenerator } from '../context/random.js';
import { getNumThreads } from '../context/threads.js';
import type { LaterBatches } from '../data/loader/dataloader.js';
import type { EngineChoice } from '../engine/choice.js';
import type { Peers } from '../engine/peers.js';
import { invalidArgument, TorchError } from '../error.js';
import { writeAtomically } from '../files/atomic.js';
import { readError } from '../files/readError.js';
import { version } from '../location.js';
import { libtorchVersion } from '../native/load.js';
import type { Module } from '../nn/index.js';
import type { Optimizer } from '../optim/index.js';
import type { CheckpointEvery } from './cadence.js';
import { type DataDescription, describeData } from './dataset.js';
import { fromJson, toJson } from './json.js';

/** What is trained, and how. */
export interface Training {
  readonly net: Module;
  readonly trainIter: LaterBatches;
  readonly testIter: LaterBatches;
  readonly batchSize: number;
  readonly optimizer: Optimizer<object>;
  readonly device: Device;
  readonly numEpochs: number;
  readonly engine: EngineChoice;
  /** The other processes, where several train `net`. */
  readonly peers?: Peers | undefined;
}

/** `config.json` of a run. */
export interface RunConfig {
  format: 1;
  /** When the run was begun, ISO 8601. */
  created: string;
  versions: { lenetTorch: string; libtorch: string; node: string };
  /** The class's name in lower case, the lines that it prints, dtype and shape of its state. */
  model: { name: string; text: string[]; state: Record<string, string> };
  /** The class's name, and each group's options at the beginning with the number of its parameters. */
  optimizer: { name: string; groups: Record<string, unknown>[] };
  batchSize: number;
  device: string;
  engine: EngineChoice;
  threads: number;
  /** How many train together; absent where it is one. */
  processes?: number;
  data: { train: DataDescription; test: DataDescription };
  /** Of the default generator. */
  seed: string;
  epochs: number;
  checkpointEvery: CheckpointEvery;
  /** What the program that began the run wants to find again. */
  options: Record<string, unknown>;
}

/** What has to be the same when a run goes on: everything else only describes it. */
const fixed = [
  'model',
  'optimizer',
  'batchSize',
  'device',
  'engine',
  'threads',
  'processes',
  'data',
] as const;

/** A model's name in files: its class's, in lower case. */
function modelName(net: Module): string {
  return net.constructor.name.toLowerCase();
}

/**
 * What a file of weights says of its model: its name, and what neither keys nor shapes tell.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` where the model's `extraMetadata` gives anything but texts.
 */
export function modelMetadata(net: Module): Record<string, string> {
  const extra: unknown = net.extraMetadata();
  const isText = (value: unknown) => typeof value === 'string';
  if (isPlain(extra) && Object.values(extra).every(isText)) {
    return { ...(extra as Record<string, string>), model: modelName(net) };
  }
  throw invalidArgument(
    `${net.constructor.name}.extraMetadata: expected texts by name, got ${inspect(extra)}`,
  );
}

export function describeTraining(
  training: Training,
  checkpointEvery: CheckpointEvery,
  options: Record<string, unknown>,
): RunConfig {
  const { net, optimizer, batchSize, device, engine, trainIter, testIter, numEpochs, peers } =
    training;
  // What is no metadata is said now, not when the first weights are written.
  const { model: name } = modelMetadata(net);
  const state = Object.entries(net.stateDict()).map(([key, tensor]) => {
    const text = `${tensor.dtype} [${tensor.shape.join(', ')}]`;
    tensor.dispose();
    return [key, text];
  });
  return {
    format: 1,
    created: new Date().toISOString(),
    versions: { lenetTorch: version, libtorch: libtorchVersion, node: process.versions.node },
    model: {
      name: name!,
      text: String(net).split('\n'),
      state: Object.fromEntries(state),
    },
    optimizer: {
      name: optimizer.constructor.name,
      groups: optimizer.paramGroups.map(({ params, ...rest }) => ({
        ...rest,
        params: params.length,
      })),
    },
    batchSize,
    device: String(device),
    engine,
    threads: getNumThreads(),
    ...(peers && { processes: peers.size }),
    data: { train: describeData(trainIter), test: describeData(testIter) },
    seed: String(defaultGenerator.initialSeed()),
    epochs: numEpochs,
    checkpointEvery,
    options,
  };
}

/** @throws {TorchError} `ERR_RUN_MISMATCH` that says what is not as it was. */
export function refuseContradictions(dir: string, before: RunConfig, now: RunConfig): void {
  // As it would be read: JSON has no -0 and nothing that is undefined.
  const written = fromJson(toJson(now)) as RunConfig;
  const found = fixed.flatMap((key) => differences(before[key], written[key], key));
  if (found.length === 0) return;
  if (before.processes !== written.processes) {
    const there = before.processes ?? 1;
    throw new TorchError(
      'ERR_RUN_MISMATCH',
      `${dir} was begun by ${there} ${there === 1 ? 'process' : 'processes'}, and here are ${written.processes ?? 1}: ` +
        'each has examples and random numbers of its own. Start as many as there were, or begin another run from ' +
        'the weights in best.safetensors',
    );
  }
  const more = found.length > 4 ? [`and ${found.length - 4} more`] : [];
  throw new TorchError(
    'ERR_RUN_MISMATCH',
    `${dir} was begun with something else: ${[...found.slice(0, 4), ...more].join('; ')}`,
  );
}

// Leaf by leaf: `optimizer.groups.0.lr: 0.001 there, 0.01 here`.
function differences(before: unknown, now: unknown, path: string): string[] {
  const isObject = (value: unknown): value is Record<string, unknown> =>
    typeof value === 'object' && value !== null;
  if (isObject(before) && isObject(now)) {
    const keys = new Set([...Object.keys(before), ...Object.keys(now)]);
    return [...keys].flatMap((key) => differences(before[key], now[key], `${path}.${key}`));
  }
  if (Object.is(before, now)) return [];
  return [`${path}: ${shown(before)} there, ${shown(now)} here`];
}

function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'string') return value.trim();
  return toJson(value);
}

export async function writeConfig(path: string, config: RunConfig): Promise<void> {
  await writeAtomically(path, (write) => write(`${toJson(config, 2)}\n`));
}

/**
 * @returns `undefined` when there is no such file, or its folder is none.
 * @throws {TorchError} `ERR_FILE_READ`; `ERR_RUN_CORRUPT` for anything but a run's description.
 */
export async function readConfig(path: string): Promise<RunConfig | undefined> {
  const corrupt = (found: string): TorchError =>
    new TorchError('ERR_RUN_CORRUPT', `${path}: expected the description of a run, ${found}`);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw readError(error, path);
  }
  let config: RunConfig;
  try {
    config = fromJson(text) as RunConfig;
  } catch (error) {
    throw corrupt((error as Error).message);
  }
  if (config?.format === 1) return config;
  throw corrupt(`got format ${toJson(config?.format) ?? 'nothing'}, this version knows 1`);
}
