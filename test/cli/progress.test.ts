import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';

import { reportSteps } from '../../lib/cli/setup/progress.js';

function report() {
  const out = new PassThrough() as unknown as NodeJS.WriteStream & PassThrough;
  let ms = 0;
  const steps = reportSteps(out, () => ms);
  const at = (seconds: number, megabytes: number, total = 400) => {
    ms = seconds * 1000;
    steps.onProgress(megabytes * 1e6, total * 1e6);
  };
  const lines = () =>
    String(out.read() ?? '')
      .split('\n')
      .filter(Boolean);
  return { steps, at, lines };
}

test('quarters of a long step, with speed and time left', () => {
  const { steps, at, lines } = report();
  steps.onStep('downloading');
  for (let second = 0; second <= 40; second += 1) at(second, second * 10);
  expect(lines()).toEqual([
    'lenet-torch: downloading',
    'lenet-torch:   100 MB of 400 MB, 10 MB/s, 30 s left',
    'lenet-torch:   200 MB of 400 MB, 10 MB/s, 20 s left',
    'lenet-torch:   300 MB of 400 MB, 10 MB/s, 10 s left',
    'lenet-torch:   400 MB of 400 MB, 10 MB/s',
  ]);
});

test('the speed is that of the last seconds', () => {
  const { at, lines } = report();
  for (let second = 0; second <= 10; second += 1) at(second, second);
  for (let second = 11; second <= 20; second += 1) at(second, 10 + (second - 10) * 20);
  expect(lines()).toEqual([
    expect.stringMatching(/110 MB of 400 MB, 1?\d MB\/s, \d+ s left/),
    expect.stringMatching(/210 MB of 400 MB, 20 MB\/s, 10 s left/),
  ]);
});

test('a connection that only opens has no speed yet', () => {
  const { at, lines } = report();
  at(0, 0, 1);
  at(10, 0.3, 1);
  expect(lines()).toEqual(['lenet-torch:   1 MB of 1 MB']);
});

test('a step that is quick says nothing, a slow one minutes', () => {
  const { steps, at, lines } = report();
  at(0, 0);
  at(1, 400);
  expect(lines()).toEqual([]);
  steps.onStep('next');
  at(1, 0);
  at(101, 100);
  expect(lines()).toEqual([
    'lenet-torch: next',
    'lenet-torch:   100 MB of 400 MB, 1 MB/s, 5 min left',
  ]);
});
