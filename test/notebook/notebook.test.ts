// examples/lenet.ipynb, run in both kernels: with one epoch, or in the long tier with all. What cells show is what PyTorch gave
// and what the committed notebook holds: texts and pictures exactly, figures within the tolerances.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { temporaryFolder } from '../folder.js';
import { recorded } from '../recorded.js';
import { kernels, missing, project, python } from './workplace.js';

interface Output {
  output_type: string;
  text?: string;
  data?: Record<string, string>;
}

interface Cell {
  cell_type: string;
  source: string;
  outputs?: Output[];
}

interface Line {
  loss: number;
  trainAcc: number;
  testAcc: number;
}

const long = process.env.LENET_TORCH_LONG === '1';
const allEpochs = 5;
const epochs = long ? allEpochs : 1;

const root = new URL('../../', import.meta.url);
const whole = (text: string | string[]): string => (Array.isArray(text) ? text.join('') : text);

// Files hold texts line by line.
function notebookAt(file: string | URL): Cell[] {
  const { cells } = JSON.parse(readFileSync(file, 'utf8')) as { cells: Cell[] };
  return cells.map((cell) => ({
    ...cell,
    source: whole(cell.source),
    outputs: (cell.outputs ?? []).map(({ output_type, text, data }) => ({
      output_type,
      ...(text !== undefined && { text: whole(text) }),
      ...(data !== undefined && {
        data: Object.fromEntries(Object.entries(data).map(([type, value]) => [type, whole(value)])),
      }),
    })),
  }));
}

const source = new URL('examples/notebook.ts', root);
const committed = notebookAt(new URL('examples/lenet.ipynb', root));
const reference = recorded<Record<string, Line[]>>('training')['0']!;

// One kernel has one form of a value: the rich one.
function richest({ output_type, text, data }: Output): Output {
  if (data === undefined) return { output_type, text: text! };
  const type = Object.keys(data).find((each) => each !== 'text/plain') ?? 'text/plain';
  return { output_type, data: { [type]: data[type]! } };
}

const line = /epoch (\d), loss ([\d.]+), train acc ([\d.]+), test acc ([\d.]+), time [\d.]+ sec\n/g;

function expectFigures(text: string, count: number): void {
  expect(text.replace(line, '')).toBe('training on cpu\n');
  const lines = [...text.matchAll(line)].map((found) => found.slice(1).map(Number));
  expect(lines.map(([epoch]) => epoch)).toEqual(reference.slice(0, count).map((_, i) => i + 1));
  for (const [epoch, loss, trainAcc, testAcc] of lines as [number, number, number, number][]) {
    const wanted = reference[epoch - 1]!;
    expect(Math.abs(loss - wanted.loss)).toBeLessThan(0.002);
    expect(Math.abs(trainAcc - wanted.trainAcc)).toBeLessThan(0.005);
    expect(Math.abs(testAcc - wanted.testAcc)).toBeLessThan(0.005);
  }
}

/** Until the training nothing depends on the number of epochs. */
const trainsIn = (cell: Cell): boolean => /^await trainCh5|torch\.train\(/m.test(cell.source);
const firstTraining = committed.findIndex(trainsIn);

const printed = ({ outputs }: Cell): string => outputs!.map(({ text = '' }) => text).join('');

test('the committed notebook is its source, cell by cell', () => {
  const parts = readFileSync(source, 'utf8')
    .split(/^\/\/ %%/m)
    .slice(1);
  const cells = parts.map((part) => {
    const isMarkdown = part.startsWith(' [markdown]\n');
    const body = part.slice(part.indexOf('\n') + 1).trim();
    return {
      cell_type: isMarkdown ? 'markdown' : 'code',
      source: isMarkdown ? body.replace(/^\/\/ ?/gm, '') : body,
    };
  });
  expect(committed.map(({ cell_type, source }) => ({ cell_type, source }))).toEqual(cells);
});

test('the committed notebook holds what PyTorch gives, and every picture', () => {
  const trained = committed.filter(trainsIn);
  expect(trained).toHaveLength(2);
  for (const cell of trained) expectFigures(printed(cell), allEpochs);
  const types = committed
    .flatMap(({ outputs }) => outputs!.map(({ data }) => Object.keys(data ?? {})))
    .flat();
  const count = (type: string): number => types.filter((each) => each === type).length;
  expect([count('image/svg+xml'), count('text/html')]).toEqual([7, 2]);
});

describe.skipIf(missing !== undefined)('run again', () => {
  test.each(kernels)('in %s', { timeout: long ? 1_800_000 : 300_000 }, async (kernel) => {
    const file = join(temporaryFolder(), 'lenet.ipynb');
    const script = new URL('scripts/notebook/execute.py', root);
    const { status, stderr } = await python(script, [
      source.pathname,
      kernel,
      project(),
      file,
      String(epochs),
    ]);
    expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
    const made = notebookAt(file);
    const shown = (cells: Cell[]) => cells.map(({ outputs }) => outputs!.map(richest));
    expect(shown(made.slice(0, firstTraining))).toEqual(shown(committed.slice(0, firstTraining)));
    for (const cell of made.filter(trainsIn)) expectFigures(printed(cell), epochs);
    // What is shown of the trained network: as much, of the same kinds.
    const kinds = (cells: Cell[]) =>
      shown(cells).map((outputs) => outputs.map(({ data }) => Object.keys(data ?? {})));
    expect(kinds(made.slice(firstTraining))).toEqual(kinds(committed.slice(firstTraining)));
  });
});
