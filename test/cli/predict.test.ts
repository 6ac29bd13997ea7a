import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { temporaryFolder } from '../folder.js';
import { recorded } from '../recorded.js';
import { cli, run } from './run.js';

const dir = temporaryFolder('lenet-torch-', afterAll);
const at = (name: string): string => join(dir, name);
const weights = at('lenet.safetensors');
const names = torch.data.FashionMNIST.classes;
const files = new Map(
  recorded<{ name: string; file: string }[]>('images').map(({ name, file }) => [
    name,
    Buffer.from(file, 'base64'),
  ]),
);

torch.manualSeed(0);
const net = new torch.LeNet();
const { images } = new torch.data.FashionMNIST({ train: false });
const pixels = torch.tidy(() => images.narrow(0, 0, 2500).data()) as Uint8Array;
const idx = Buffer.concat([
  Buffer.from('0000080300000005' + '0000001c0000001c', 'hex'),
  pixels.subarray(0, 5 * 784),
]);

interface Line {
  file: string;
  index?: number;
  classes: { label: number; name: string; probability: number }[];
}

const predict = (args: string[], options = {}) =>
  run(['predict', '--weights', weights, ...args], { cwd: dir, ...options });

function lines(args: string[], options = {}): Line[] {
  const { stdout, stderr } = predict([...args, '--json'], options);
  expect(stderr).toBe('');
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

// What the package itself says of the images.
async function expectScores(actual: Line[], input: Parameters<typeof torch.predict>[1]) {
  const probabilities = (await torch.predict(net, input)).softmax(1);
  const rows = probabilities.tolist() as number[][];
  expect(actual.length).toBe(rows.length);
  actual.forEach(({ classes }, i) => {
    const best = rows[i]!.map((probability, label) => ({ label, probability }))
      .sort((a, b) => b.probability - a.probability)
      .slice(0, classes.length);
    classes.forEach(({ label, name, probability }, k) => {
      expect(name).toBe(names[label]);
      expect(probability).toBeCloseTo(best[k]!.probability, 5);
      expect(rows[i]![label]).toBeCloseTo(probability, 5);
    });
  });
}

beforeAll(async () => {
  await torch.saveSafetensors(net.stateDict(), weights, { metadata: { model: 'lenet' } });
  for (const [name, bytes] of files) writeFileSync(at(name), bytes);
  writeFileSync(at('some-idx3-ubyte'), idx);
  writeFileSync(at('all.raw'), pixels);
});

test('a line per image: classes and percentages, the likeliest first', () => {
  const { status, stdout, stderr } = predict(['rgb.png', 'lossy.webp', 'grey.jpeg']);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const three = /: (\S.* \d+\.\d%, ){2}\S.* \d+\.\d%$/;
  const all = stdout.trim().split('\n');
  expect(all.map((line) => line.replace(three, ''))).toEqual([
    'rgb.png',
    'lossy.webp',
    'grey.jpeg',
  ]);
});

test('--json: labels, names and probabilities, as predict() gives them', async () => {
  const decoded = await Promise.all(
    ['rgba.png', 'orientation-6.jpeg'].map((name) => torch.data.decodeImage(files.get(name)!)),
  );
  const actual = lines(['rgba.png', 'orientation-6.jpeg', '--top', '10']);
  expect(actual.map(({ file }) => file)).toEqual(['rgba.png', 'orientation-6.jpeg']);
  expect(Object.keys(actual[0]!)).toEqual(['file', 'classes']);
  await expectScores(actual, decoded);
});

test('IDX, plain and gzip, and raw: all images, numbered', async () => {
  const few = pixels.subarray(0, 5 * 784);
  for (const [args, options] of [
    [['some-idx3-ubyte'], {}],
    [['-'], { input: gzipSync(idx) }],
    [['-'], { input: few }],
  ] as const) {
    const actual = lines([...args, '--top', '1'], options);
    expect(actual.map(({ file, index }) => [file, index])).toEqual(
      [0, 1, 2, 3, 4].map((index) => [args[0], index]),
    );
    await expectScores(actual, few);
  }
});

test('several batches stay in order', async () => {
  const actual = lines(['rgb.png', 'all.raw', 'grey.png']);
  expect(actual.slice(1, -1).map(({ index }) => index)).toEqual([...new Array(2500).keys()]);
  expect(actual.at(-1)).toMatchObject({ file: 'grey.png' });
  await expectScores(actual.slice(1, -1), pixels);
});

test('a folder: its images and those below, numbers by their value, nothing else', () => {
  mkdirSync(at('folder/b'), { recursive: true });
  for (const name of ['10.png', '9.PNG', 'b/1.png', '.hidden.png', 'c.txt']) {
    copyFileSync(at('grey.png'), at(`folder/${name}`));
  }
  expect(lines(['folder']).map(({ file }) => file)).toEqual([
    'folder/9.PNG',
    'folder/10.png',
    'folder/b/1.png',
  ]);
});

test('--invert', () => {
  const [first] = lines(['light.png', '--invert', 'auto']);
  expect(lines(['light.png', '--invert', 'yes'])[0]).toEqual(first);
  expect(lines(['light.png', '--invert', 'no'])[0]!.classes).not.toEqual(first!.classes);
});

test('weights without a name are recognised by their keys', async () => {
  await torch.saveSafetensors(net.stateDict(), at('plain.safetensors'));
  const { stdout } = run(['predict', '--weights', at('plain.safetensors'), at('rgb.png')]);
  expect(stdout).toBe(run(['predict', '--weights', weights, at('rgb.png')]).stdout);
});

test('LeNet5, recognised by its keys, gives the likeliest class its smallest penalty', async () => {
  const lenet5 = new torch.LeNet5({ squash: 'tanh' });
  await torch.saveSafetensors(lenet5.stateDict(), at('lenet5.safetensors'));
  const few = pixels.subarray(0, 5 * 784);
  const { stdout } = predict(['some-idx3-ubyte', '--weights', at('lenet5.safetensors'), '--json']);
  const bytes = torch.tensor(few, { shape: [5, 1, 28, 28] });
  const penalties = await torch.predict(lenet5, torch.LeNet5.transform().forward(bytes));
  const best = stdout.trim().split('\n');
  expect(best.map((line) => JSON.parse(line).classes[0].label)).toEqual(
    penalties.argmin({ dim: 1 }).tolist(),
  );
});

test('of a run the best weights', () => {
  mkdirSync(at('run'));
  copyFileSync(weights, at('run/best.safetensors'));
  const { stdout } = run(['predict', '--weights', at('run'), at('rgb.png')]);
  expect(stdout).toBe(run(['predict', '--weights', weights, at('rgb.png')]).stdout);
});

test('unreadable files are reported one by one, and the rest is done', () => {
  mkdirSync(at('empty'), { recursive: true });
  writeFileSync(at('text.png'), 'not an image');
  writeFileSync(at('cut.png'), files.get('rgb.png')!.subarray(0, 90));
  const { status, stdout, stderr } = predict([
    'text.png',
    'rgb.png',
    'missing.png',
    'cut.png',
    'empty',
    '/dev/zero',
    'grey.png',
  ]);
  expect(status).toBe(1);
  expect(stdout.split('\n').map((line) => line.split(':')[0])).toEqual(['rgb.png', 'grey.png', '']);
  expect(stderr.trim().split('\n')).toEqual([
    expect.stringMatching(
      /^text\.png: expected a PNG, .*, found 12 bytes that begin with .*"not an i"\)$/,
    ),
    'missing.png: there is no such file',
    expect.stringMatching(/^cut\.png: expected a whole PNG, found a damaged one \(.*\)$/),
    'empty: expected images in this folder, found none',
    '/dev/zero: expected a file, a folder or a pipe',
  ]);
});

// Root may read everything.
test.skipIf(process.getuid?.() === 0)('without permission', () => {
  copyFileSync(at('grey.png'), at('secret.png'));
  chmodSync(at('secret.png'), 0);
  expect(predict(['secret.png'])).toMatchObject({
    status: 1,
    stderr: 'secret.png: permission denied\n',
  });
  rmSync(at('secret.png'));
});

test('a closed pipe is no failure', () => {
  const command = `"${process.execPath}" "${cli}" predict --weights "${weights}" "${at('all.raw')}" | head -1`;
  const stdout = execFileSync('bash', ['-o', 'pipefail', '-c', command], { encoding: 'utf8' });
  expect(stdout).toMatch(/^\S*all\.raw\[0\]: .*\n$/);
});

describe('weights that cannot be used: one error that names the file', () => {
  test.each<[string, () => Promise<void> | void, string, RegExp]>([
    ['none', () => {}, 'ERR_FILE_NOT_FOUND', /w\.safetensors does not exist/],
    ['a folder', () => mkdirSync(at('w.safetensors')), 'ERR_FILE_READ', /it is a folder/],
    [
      'an image',
      () => copyFileSync(at('rgb.png'), at('w.safetensors')),
      'ERR_FILE_',
      /w\.safetensors/,
    ],
    [
      'weights of another network',
      () => torch.saveSafetensors(new torch.nn.Linear(2, 3).stateDict(), at('w.safetensors')),
      'ERR_STATE_DICT',
      /w\.safetensors: Error\(s\) in loading state_dict for LeNet:\n\tMissing key\(s\)/,
    ],
    [
      'weights of an unknown model',
      () =>
        torch.saveSafetensors(net.stateDict(), at('w.safetensors'), {
          metadata: { model: 'resnet' },
        }),
      'ERR_FILE_FORMAT',
      /known model \(lenet.*\), found those of "resnet"/,
    ],
  ])('%s', async (_, make, code, message) => {
    rmSync(at('w.safetensors'), { recursive: true, force: true });
    await make();
    const { status, stdout, stderr } = run(['predict', '--weights', 'w.safetensors', 'rgb.png'], {
      cwd: dir,
    });
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toContain(code);
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain('    at ');
  });
});

describe('wrong usage: exit code 2', () => {
  test.each([
    [['predict', '--weights', weights]],
    [['predict', '--weights', weights, '--top', '0', 'a.png']],
    [['predict', '--weights', weights, '--invert', 'maybe', 'a.png']],
  ])('%s', (args) => {
    const { status, stdout, stderr } = run(args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^error: /);
  });
});

test('--help needs no libtorch', () => {
  const { status, stdout } = run(['predict', '--help'], {
    env: { XDG_CACHE_HOME: at('empty'), LENET_TORCH_LIBTORCH: '' },
  });
  expect(status).toBe(0);
  for (const option of ['--weights', '--top', '--invert', '--json']) {
    expect(stdout).toContain(option);
  }
});
