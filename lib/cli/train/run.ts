import { resolve } from 'node:path';
import type { Command } from 'commander';

import type { ProcessGroup } from '../../distributed/index.js';
import type { Run } from '../../run/index.js';
import { kept as keptDataSet } from '../dataSet/open.js';
import { commandLineOf } from '../model/lastTraining.js';
import { isFile } from '../model/ownModel.js';
import type { Torch } from '../torch.js';
import type { TrainOptions } from './options.js';

/**
 * Settings that a run keeps, so that `--resume` has them again. Epochs and threads are in its
 * configuration already; the others are of the moment.
 */
const kept = [
  'model',
  'squash',
  'loss',
  'j',
  'batchSize',
  'lr',
  'device',
  'engine',
  'seed',
  'dataSet',
  'data',
  'limitTrain',
  'limitTest',
] as const;

/** Of these, what cannot change and shows neither in the model, the optimizer nor the data. */
const fixed: readonly string[] = ['seed'];

/**
 * Opens the run that `--out` or `--resume` names. With `--resume`, options that were not given on the
 * command line become what they were.
 *
 * @param processGroup - Who trains together.
 * @returns `undefined` where neither is given.
 * @throws {TorchError} As `Run.create` and `Run.resume`; `ERR_RUN_MISMATCH`.
 */
export async function openRun(
  torch: Torch,
  command: Command,
  options: TrainOptions,
  processGroup: ProcessGroup | undefined,
): Promise<Run | undefined> {
  const { out, resume, checkpointEvery } = options;
  const every = {
    ...(checkpointEvery !== undefined && { checkpointEvery }),
    ...(processGroup && { processGroup }),
  };
  if (resume === undefined) {
    if (out === undefined) return undefined;
    return torch.Run.create(out, { ...every, options: keptOf(options) });
  }
  const run = await torch.Run.resume(resume, every);
  try {
    takeOver(torch, command, options, run);
    return run;
  } catch (error) {
    await run.close();
    throw error;
  }
}

function keptOf(options: TrainOptions): Record<string, unknown> {
  const { seed, data, dataSet, model } = options;
  return {
    ...Object.fromEntries(kept.map((name) => [name, options[name]])),
    // As text: a seed may be beyond what numbers hold exactly.
    seed: String(seed),
    dataSet: keptDataSet(dataSet),
    data: data && resolve(data),
    model: isFile(model) ? resolve(model) : model,
  };
}

function takeOver(torch: Torch, command: Command, options: TrainOptions, run: Run): void {
  const { epochs, threads } = run.config ?? {};
  for (const [name, before] of Object.entries({ ...run.options, epochs, threads })) {
    const now = options[name as keyof TrainOptions];
    if (command.getOptionValueSource(name) !== 'cli') {
      Object.assign(options, { [name]: name === 'seed' ? BigInt(String(before)) : before });
    } else if (fixed.includes(name) && String(now) !== String(before)) {
      throw new torch.TorchError(
        'ERR_RUN_MISMATCH',
        `${run.dir} was begun with something else: ${name}: ${before} there, ${now} here`,
      );
    }
  }
}

/** What a run is when it is taken up, for a human. */
export function progressOf(run: Run, epochs: number): string {
  const done = `${run.epochs.length} of ${epochs} epochs done`;
  if (run.epochs.length >= epochs)
    return `${run.dir}: ${done}; --epochs says how many there are to be`;
  return `resuming ${run.dir} after step ${run.step}, ${done}`;
}

/** The command that goes on with a run. */
export const resumeCommand = (dir: string): string =>
  `${commandLineOf('train')} --resume ${quoted(dir)}`;

/** The command that shows a run. */
export const lookCommand = (dir: string): string => `${commandLineOf('live')} ${quoted(dir)}`;

const quoted = (dir: string): string =>
  /^[\w@%+=:,./-]+$/.test(dir) ? dir : `'${dir.replaceAll("'", `'\\''`)}'`;
