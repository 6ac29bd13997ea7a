import { existsSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { EpochResult } from '../../engine/epoch.js';
import { TorchError } from '../../error.js';
import { findCacheDir, makeFolder, sweepTemporary } from '../../libtorch/cache.js';
import { nameHome, noHome } from '../../libtorch/home.js';
import type { Module } from '../../nn/index.js';
import type { Torch } from '../torch.js';
import { type LoadedModel, loadModel } from './weights.js';

/** The command as it was started: by npm, npx or itself. */
export function commandLineOf(name: string): string {
  if (process.env.npm_lifecycle_event === 'start' && name === 'train') return 'npm start --';
  return `${process.env.npm_lifecycle_event === 'npx' ? 'npx ' : ''}lenet-torch ${name}`;
}

/** Where the weights of the last training are, whoever trained in this account; `undefined` without a home. */
function placeOfLast(): string | undefined {
  const cache = findCacheDir();
  return cache && join(cache, 'last-training.safetensors');
}

/** What is known of a training that has ended. */
export interface Ended {
  readonly net: Module;
  /** Its last whole epoch. */
  readonly last: EpochResult;
  /** Whether steps follow that epoch. */
  readonly interrupted: boolean;
  /** The folder of its run, whose best weights are taken. */
  readonly run?: string | undefined;
}

/**
 * Keeps the weights of a training for the commands that are given none, in place of those of the one
 * before. Of two trainings at once, the later one's stay.
 *
 * @returns The file.
 * @throws {TorchError} `ERR_CACHE` or as `saveSafetensors`, when they cannot be kept.
 */
export async function keepLast(
  torch: Torch,
  { net, last, interrupted, run }: Ended,
): Promise<string> {
  const path = placeOfLast();
  if (path === undefined) throw new TorchError('ERR_CACHE', `${noHome}. To go on, ${nameHome}`);
  makeFolder(dirname(path));
  // What a training that was killed while it wrote has left, a day ago or more.
  await sweepTemporary(dirname(path));
  if (run !== undefined) {
    // Here and not above: help must work without libtorch.
    const { writeAtomically } = await import('../../files/atomic.js');
    const best = await readFile(join(run, 'best.safetensors'));
    await writeAtomically(path, (write) => write(best));
    return path;
  }
  const { modelMetadata } = await import('../../run/config.js');
  const { epoch, loss, testAcc } = last;
  const metadata = {
    format: 'pt',
    ...modelMetadata(net),
    epoch: String(epoch),
    ...(!interrupted && { loss: String(loss), testAcc: String(testAcc) }),
  };
  const weights = net.stateDict();
  try {
    await torch.saveSafetensors(weights, path, { metadata });
  } finally {
    for (const tensor of Object.values(weights)) tensor.dispose();
  }
  return path;
}

/** What the option of every command that takes weights says. */
export const weightsOption = [
  '--weights <file>',
  "weights of a trained network, or a run's folder (default: the last training's)",
] as const;

/**
 * The network of the weights that are named, else of the last training, which is then said on stderr.
 *
 * @param model - Which network they are to be of: a name, or the file of a class.
 * @throws {TorchError} As `loadModel`; `ERR_FILE_NOT_FOUND` where none are named and none are kept.
 */
export async function loadModelOrLast(
  torch: Torch,
  named: string | undefined,
  model?: string,
): Promise<LoadedModel> {
  if (named !== undefined) return loadModel(torch, named, {}, model);
  const last = await loadLast(torch, model);
  if (last === undefined) throw noWeights();
  sayLast(last);
  return last;
}

/** The network of the last training; `undefined` where none is kept. */
export async function loadLast(
  torch: Torch,
  model?: string,
): Promise<(LoadedModel & { readonly path: string }) | undefined> {
  const path = placeOfLast();
  if (path === undefined || !existsSync(path)) return undefined;
  return { ...(await loadModel(torch, path, {}, model)), path };
}

/** Says on stderr that the last training's weights are taken, and which these are. */
export function sayLast({
  metadata,
  path,
}: {
  metadata: LoadedModel['metadata'];
  path: string;
}): void {
  const { model, epoch, testAcc } = metadata;
  const accuracy = testAcc === undefined ? '' : `, test acc ${Number(testAcc).toFixed(3)}`;
  const when = statSync(path).mtime.toLocaleString('sv').slice(0, 16);
  process.stderr.write(
    `lenet-torch: taking the last training's weights: ${model}, epoch ${epoch}${accuracy}, of ${when} (${path})\n`,
  );
}

/** For a command that needs weights. */
export const noWeights = (model = ''): TorchError =>
  new TorchError(
    'ERR_FILE_NOT_FOUND',
    `no weights${model && ` of ${model}`} are kept from a training. Name a file with --weights, or train first: ` +
      `${commandLineOf('train')}${model && ` --model ${model}`}`,
  );
