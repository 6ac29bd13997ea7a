import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';

import { temporaryFolder } from '../folder.js';
import { cli, run, start } from './run.js';

const small = ['--limit-train', '512', '--limit-test', '256', '--seed', '0'];

test('prints the chapter’s lines on stdout, and where the weights are on stderr', () => {
  const { status, stdout, stderr } = run(['train', '--epochs', '2', ...small]);
  expect(status).toBe(0);
  expect(stderr).toMatch(/^lenet-torch: weights kept until the next training, .*\n$/);
  const number = '\\d+\\.\\d+';
  const line = (i: number): string =>
    `epoch ${i}, loss \\d\\.\\d{4}, train acc \\d\\.\\d{3}, test acc \\d\\.\\d{3}, time ${number} sec\n`;
  expect(stdout).toMatch(new RegExp(`^training on cpu\n${line(1)}${line(2)}$`));
});

test('--json prints start, one object per epoch and end, in full precision', () => {
  const { status, stdout } = run(['train', '--epochs', '2', '--json', ...small]);
  expect(status).toBe(0);
  const events = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(events.map(({ event }) => event)).toEqual(['start', 'epoch', 'epoch', 'end']);
  expect(events[0]).toMatchObject({ device: 'cpu', trainImages: 512, seed: '0', batchSize: 256 });
  expect(events[1]).toMatchObject({ epoch: 1, engine: 'fused', engineReason: expect.any(String) });
  expect(String(events[1].loss).length).toBeGreaterThan(10);
});

test('the same seed prints the same figures', () => {
  const figures = (): string =>
    run(['train', '--epochs', '1', ...small]).stdout.replace(/time .*/, '');
  expect(figures()).toBe(figures());
});

test('--quiet prints nothing; no epochs are no error', () => {
  expect(run(['train', '--epochs', '1', '--quiet', ...small])).toMatchObject({
    status: 0,
    stdout: '',
    stderr: '',
  });
  expect(run(['train', '--epochs', '0', ...small]).stdout).toBe('training on cpu\n');
});

test('--help needs no libtorch', () => {
  const empty = temporaryFolder();
  const { status, stdout } = run(['train', '--help'], { env: { XDG_CACHE_HOME: empty } });
  expect(status).toBe(0);
  for (const option of ['--epochs', '--batch-size', '--lr', '--device', '--engine', '--seed']) {
    expect(stdout).toContain(option);
  }
});

describe('wrong usage: one sentence, exit code 2', () => {
  test.each([
    [['train', '--epochs', 'many']],
    [['train', '--epochs', '-1']],
    [['train', '--batch-size', '0']],
    [['train', '--lr', 'fast']],
    [['train', '--device', 'tpu']],
    [['train', '--engine', 'warp']],
    [['train', '--seed', '1.5']],
    [['train', '--what']],
    [['fly']],
  ])('%s', (args) => {
    const { status, stdout, stderr } = run(args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^error: /);
    expect(stderr).not.toContain('    at ');
  });
});

describe('failures: one sentence with a code, exit code 1', () => {
  const corrupt = temporaryFolder('lenet-torch-', afterAll);
  for (const name of [
    'train-images-idx3',
    'train-labels-idx1',
    't10k-images-idx3',
    't10k-labels-idx1',
  ]) {
    writeFileSync(join(corrupt, `${name}-ubyte`), 'not an IDX file');
  }
  const empty = temporaryFolder('lenet-torch-', afterAll);
  test.each([
    ['no GPU', ['train', '--device', 'cuda'], {}, 'ERR_CUDA_UNAVAILABLE'],
    [
      'a graph without a GPU',
      ['train', '--device', 'cpu', '--engine', 'graph'],
      {},
      'ERR_ENGINE_UNSUPPORTED',
    ],
    ['CUDA switched off', ['train', '--device', 'cuda:1'], { LENET_TORCH_DEVICE: 'cpu' }, 'CUDA'],
    ['no data', ['train', '--data', empty], {}, 'ERR_DATA_NOT_FOUND'],
    ['a file for data', ['train', '--data', cli], {}, 'main.js is no folder'],
    ['corrupt data', ['train', '--data', corrupt], {}, 'ERR_DATA_CORRUPT'],
    [
      'no libtorch',
      ['train'],
      { XDG_CACHE_HOME: empty, LENET_TORCH_LIBTORCH: '', CI: '' },
      'ERR_LIBTORCH_NOT_FOUND',
    ],
    ['wrong folder', ['train'], { LENET_TORCH_LIBTORCH: empty }, 'ERR_LIBTORCH_NOT_FOUND'],
  ])('%s', (_, args, env, code) => {
    const { status, stdout, stderr } = run(args, { env });
    expect(status).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toContain(code);
    expect(stderr.trim().split('\n').length).toBe(1);
  });
});

test.each([
  ['--yes', ['--yes'], {}],
  ['CI=true', [], { CI: 'true' }],
])('%s: what is missing is fetched first', (_, args, env) => {
  const empty = temporaryFolder();
  // Without a package index the download fails, and so says that it was begun.
  const { status, stdout, stderr } = run(['train', ...args], {
    env: {
      CI: '',
      ...env,
      XDG_CACHE_HOME: empty,
      LENET_TORCH_LIBTORCH: '',
      PIP_NO_INDEX: '1',
      PIP_FIND_LINKS: '',
    },
  });
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toMatch(/downloading libtorch .*\n(.*\n)*lenet-torch: ERR_DOWNLOAD: /);
});

test('a data set that is named is not fetched beside libtorch', () => {
  const empty = temporaryFolder();
  const { stderr } = run(['train', '--yes', '--data', empty], {
    env: { XDG_CACHE_HOME: empty, LENET_TORCH_LIBTORCH: '', PIP_NO_INDEX: '1', PIP_FIND_LINKS: '' },
  });
  expect(stderr).toMatch(/downloading libtorch .*\n(.*\n)*lenet-torch: ERR_DOWNLOAD: /);
  expect(stderr).not.toContain('Fashion-MNIST');
});

test('an interrupt ends after the current step with exit code 130', async () => {
  const { child, end } = start(['train', '--epochs', '50', '--seed', '0']);
  await once(child.stdout, 'data');
  await new Promise((resolve) => setTimeout(resolve, 300));
  child.kill('SIGINT');
  const { status, stderr } = await end;
  expect(status).toBe(130);
  expect(stderr).toBe('lenet-torch: interrupted: training stopped after the current step\n');
});

test('a closed pipe is no failure', () => {
  const command = `"${process.execPath}" "${cli}" train --epochs 3 ${small.join(' ')} | head -1`;
  const { stdout, stderr } = spawnSync('bash', ['-o', 'pipefail', '-c', command], {
    encoding: 'utf8',
  });
  expect({ stdout, stderr }).toEqual({ stdout: 'training on cpu\n', stderr: '' });
});
