// What `train` without --out leaves, and the commands that take it.
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { fashionMnist } from '../../lib/data/sets/idxSets.js';
import { locateSet } from '../../lib/data/sets/locate.js';
import * as torch from '../../lib/index.js';
import { findLibtorch } from '../../lib/libtorch/find.js';
import { temporaryFolder } from '../folder.js';
import { run, start, XDG_CACHE_HOME } from './run.js';

const small = ['--limit-train', '512', '--limit-test', '256', '--seed', '0'];
const cache = path.join(XDG_CACHE_HOME, 'lenet-torch');
const kept = path.join(cache, 'last-training.safetensors');
const dir = temporaryFolder('lenet last é ', afterAll);
const image = path.join(dir, 'image.raw');
fs.writeFileSync(image, Buffer.alloc(784, 90));

const env = { npm_lifecycle_event: '' };
const lenet = (args: string, more: NodeJS.ProcessEnv = {}) =>
  run(args.split(' '), { cwd: dir, env: { ...env, ...more } });
const commands = [
  'evaluate',
  'predict image.raw',
  'export --to pt out.pt',
  'draw confusion',
  'draw mistakes',
];

test.each(commands)('before any training, %s says how weights are made', (args) => {
  const { status, stdout, stderr } = lenet(args);
  expect([status, stdout]).toEqual([1, '']);
  expect(stderr).toBe(
    'lenet-torch: ERR_FILE_NOT_FOUND: no weights are kept from a training. Name a file with --weights, ' +
      'or train first: lenet-torch train\n',
  );
});

test('no epochs leave no weights', () => {
  expect(run(['train', '--epochs', '0', ...small])).toMatchObject({ status: 0, stderr: '' });
  expect(fs.existsSync(kept)).toBe(false);
});

describe('after a training', () => {
  let trained: ReturnType<typeof run>;
  beforeAll(() => {
    trained = run(['train', '--epochs', '2', ...small, '--json']);
  });

  test('it says where its weights are, which carry what is known of them', async () => {
    expect(trained.status).toBe(0);
    const lines = trained.stdout.trim().split('\n');
    const events = lines.map((line) => JSON.parse(line));
    expect(trained.stderr).toBe(
      `lenet-torch: weights kept until the next training, for evaluate, predict, export and draw: ${kept}. ` +
        'To keep a training: --out DIR\n',
    );
    expect(events.at(-1)).toMatchObject({ event: 'end', weights: kept });
    const { tensors, metadata } = await torch.loadSafetensors(kept);
    new torch.LeNet().loadStateDict(tensors);
    const { epoch, loss, testAcc } = events.at(-2);
    expect([epoch, metadata]).toEqual([
      2,
      { format: 'pt', model: 'lenet', epoch: '2', loss: String(loss), testAcc: String(testAcc) },
    ]);
  });

  test.each([...commands, 'draw features image.raw', 'draw filters'])(
    '%s takes them, and says so',
    (args) => {
      const { status, stdout, stderr } = lenet(args);
      expect(status).toBe(0);
      const said =
        /^lenet-torch: taking the last training's weights: lenet, epoch 2, test acc 0\.\d{3}, of \d{4}-\d\d-\d\d \d\d:\d\d \((.*)\)\n/.exec(
          stderr,
        );
      expect(said?.[1]).toBe(kept);
      const named = lenet(`${args} --weights ${kept}`);
      expect(stdout).toBe(named.stdout);
      expect(stderr.slice(said![0].length)).toBe(named.stderr);
    },
  );

  test('pictures of another network, or of sizes alone, do not', () => {
    for (const args of ['architecture', 'connections', 'pooling', 'filters --model lenet5']) {
      expect(lenet(`draw ${args}`)).toMatchObject({ status: 0, stderr: '' });
    }
    expect(lenet('draw confusion --model lenet5').stderr).toMatch(
      /no weights of lenet5 are kept .* lenet-torch train --model lenet5\n$/,
    );
  });

  test('a run leaves its best weights, in silence', () => {
    const out = path.join(dir, 'run');
    const { status, stderr } = run([
      'train',
      '--epochs',
      '2',
      ...small,
      '--model',
      'lenet5',
      '--out',
      out,
    ]);
    expect([status, stderr]).toEqual([0, '']);
    expect(fs.readFileSync(kept)).toEqual(fs.readFileSync(path.join(out, 'best.safetensors')));
    expect(lenet('draw pooling').stderr).toMatch(/last training's weights: lenet5/);
    expect(lenet('draw pooling --squash sigmoid').stderr).toBe('');
  });
});

test('two trainings at once leave the weights of one of them, whole', async () => {
  const ends = await Promise.all(
    [1, 2].map(
      (seed) => start(['train', '--epochs', '2', ...small, '--seed', String(seed), '--quiet']).end,
    ),
  );
  expect(ends).toEqual(Array(2).fill({ status: 0, stdout: '', stderr: '' }));
  new torch.LeNet().loadStateDict(await torch.load(kept));
  expect(fs.readdirSync(cache).filter((name) => name.startsWith('.tmp'))).toEqual([]);
});

test('an interrupted training leaves what it has learned since its last epoch', async () => {
  fs.rmSync(kept);
  const { child, said, end } = start(['train', '--epochs', '1000', ...small]);
  while (!said.stdout.includes('epoch 2,')) await new Promise((resolve) => setTimeout(resolve, 10));
  child.kill('SIGINT');
  const { status, stderr } = await end;
  expect(status).toBe(130);
  expect(stderr).toMatch(
    /weights kept until the next training.*\nlenet-torch: interrupted: training stopped/,
  );
  const { metadata } = await torch.loadSafetensors(kept);
  expect(Number(metadata.epoch)).toBeGreaterThanOrEqual(2);
  expect(metadata.testAcc).toBeUndefined();
  expect(lenet('predict image.raw')).toMatchObject({ status: 0 });
});

test('killed at any moment, the file is the old one or the new one', async () => {
  for (let i = 0; i < 5; i++) {
    const { child, said, end } = start(['train', '--epochs', '1', ...small]);
    while (!said.stdout.includes('epoch 1,'))
      await new Promise((resolve) => setTimeout(resolve, 1));
    await new Promise((resolve) => setTimeout(resolve, i));
    child.kill('SIGKILL');
    await end;
    new torch.LeNet().loadStateDict(await torch.load(kept));
  }
});

test('where they cannot be kept, that is said, and the training is done', () => {
  const found = { LENET_TORCH_LIBTORCH: findLibtorch().root, XDG_CACHE_HOME: '/proc/nowhere' };
  const data = locateSet(fashionMnist).dir;
  const { status, stdout, stderr } = run(
    ['train', '--epochs', '1', '--quiet', ...small, '--data', data],
    { env: found },
  );
  expect([status, stdout]).toEqual([0, '']);
  expect(stderr).toMatch(
    /^lenet-torch: the weights are not kept: ERR_CACHE: .*\. To keep them: --out DIR\n$/,
  );
});
