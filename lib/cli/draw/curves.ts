import { readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { inspect } from 'node:util';
import { Command } from 'commander';

import type { CurvePoint, CurveRun } from '../../draw/curves.js';
import { look } from '../../files/look.js';
import { reasonOf } from '../../files/readError.js';
import { fromJson } from '../../run/json.js';
import type { Torch } from '../torch.js';
import { addPictureOptions, type PictureOptions, writePicture } from './picture.js';

export function curvesCommand(): Command {
  const made = new Command('curves')
    .description('loss and accuracy by epoch')
    .argument('<run...>', 'folders of runs, or files of JSON lines as train --json prints them');
  return addPictureOptions(made).action(async (runs: string[], options: PictureOptions) => {
    const torch = await import('../../index.js');
    const read = runs.map((run) => readRun(torch, run));
    await writePicture(torch, torch.draw.curves(read, { theme: options.theme }), options);
  });
}

function readRun(torch: Torch, run: string): CurveRun {
  const isFolder = look(run)?.isDirectory() ?? false;
  const file = isFolder ? join(run, 'metrics.jsonl') : run;
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    const reason =
      isMissing && isFolder ? 'the folder is no run: it lacks this file' : reasonOf(error);
    throw new torch.TorchError(
      isMissing ? 'ERR_FILE_NOT_FOUND' : 'ERR_FILE_READ',
      `${file}: ${reason}`,
      { cause: error },
    );
  }
  const epochs = epochsIn(torch, text, file);
  if (epochs.length === 0) {
    throw new torch.TorchError(
      'ERR_FILE_FORMAT',
      `${file}: expected at least one epoch, found none`,
    );
  }
  return { name: basename(resolve(run)), epochs };
}

function epochsIn(torch: Torch, text: string, file: string): CurvePoint[] {
  const lines = text.split('\n');
  // Behind the last line break stands nothing, or a line that is being written.
  lines.pop();
  return lines.flatMap((line, i) => {
    if (line.trim() === '') return [];
    const found = parse(line);
    // Other events of `train --json`.
    if (found?.event !== undefined && found.event !== 'epoch') return [];
    const point = found === undefined ? undefined : pointOf(found);
    if (point !== undefined) return [point];
    throw new torch.TorchError(
      'ERR_FILE_FORMAT',
      `${file}: line ${i + 1}: expected a JSON object with numbers epoch and loss, found ${inspect(line.slice(0, 60))}`,
    );
  });
}

type Fields = Readonly<Record<string, unknown>>;

function parse(line: string): Fields | undefined {
  try {
    const value = fromJson(line);
    return typeof value === 'object' && value !== null ? (value as Fields) : undefined;
  } catch {
    return undefined;
  }
}

function pointOf({ epoch, loss, trainAcc, testAcc }: Fields): CurvePoint | undefined {
  const number = numberIn(loss);
  const isEpoch = Number.isSafeInteger(epoch) && (epoch as number) >= 1;
  if (!isEpoch || number === undefined) return undefined;
  const [train, test] = [numberIn(trainAcc), numberIn(testAcc)];
  return {
    epoch: epoch as number,
    loss: number,
    ...(train !== undefined && { trainAcc: train }),
    ...(test !== undefined && { testAcc: test }),
  };
}

const numberIn = (value: unknown): number | undefined =>
  typeof value === 'number' ? value : undefined;
