// Commands with other data sets than the usual one: by name, and folders of pictures.
import fs from 'node:fs';
import path from 'node:path';
import { encode } from 'fast-png';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { emnist, parts } from '../../lib/data/sets/idxSets.js';
import { temporaryFolder } from '../folder.js';
import { run } from './run.js';

const folder = temporaryFolder('lenet sets é ', afterAll);
const pictures = path.join(folder, 'pictures');
const letters = path.join(folder, 'letters');
const names = ['large', 'middle', 'small'];

// A light square on black, as large as its class says.
function square(kind: number, shift: number): Uint8Array {
  const edge = [18, 10, 4][kind]!;
  const first = 3 + (shift % 5);
  const isIn = (at: number): boolean => at >= first && at < first + edge;
  return Uint8Array.from({ length: 784 }, (_, i) =>
    isIn(Math.floor(i / 28)) && isIn(i % 28) ? 255 : 0,
  );
}

function idx(dims: number[], data: Buffer): Buffer {
  const header = Buffer.alloc(4 + 4 * dims.length);
  header.set([0, 0, 8, dims.length]);
  dims.forEach((dim, i) => void header.writeUInt32BE(dim, 4 + 4 * i));
  return Buffer.concat([header, data]);
}

beforeAll(() => {
  for (const [part, count] of [
    ['train', 24],
    ['test', 8],
  ] as const) {
    names.forEach((name, kind) => {
      fs.mkdirSync(path.join(pictures, part, name), { recursive: true });
      for (let i = 0; i < count; i++) {
        const png = encode({ width: 28, height: 28, channels: 1, data: square(kind, i) });
        fs.writeFileSync(path.join(pictures, part, name, `${i}.png`), png);
      }
    });
  }
  fs.mkdirSync(letters);
  const { files } = emnist('letters');
  for (const part of parts) {
    const labels = Array.from({ length: 52 }, (_, i) => 1 + (i % 26));
    const images = labels.flatMap((label) => [...square(label % 3, label)]);
    const contents = part.endsWith('Images')
      ? idx([52, 28, 28], Buffer.from(images))
      : idx([52], Buffer.from(labels));
    fs.writeFileSync(path.join(letters, files[part].name), contents);
  }
});

const eventsOf = (stdout: string) =>
  stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

describe('a folder of pictures', () => {
  const dir = path.join(folder, 'run of pictures');
  const train = (...more: string[]) =>
    run(['train', '--json', '--batch-size', '12', '--lr', '0.003', ...more]);

  test('is trained on, and gone on with', () => {
    const first = ['--data-set', pictures, '--seed', '1'];
    const { status, stdout, stderr } = train(...first, '--epochs', '30', '--out', dir);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const events = eventsOf(stdout);
    expect(events[0]).toMatchObject({ dataSet: pictures, trainImages: 72, testImages: 24 });
    expect(events[1].engine).toBe('fused');
    const { options } = JSON.parse(fs.readFileSync(path.join(dir, 'config.json'), 'utf8'));
    expect(options.dataSet).toBe(pictures);
    const whole = eventsOf(train(...first, '--epochs', '32').stdout).at(-1);
    const resumed = eventsOf(run(['train', '--json', '--resume', dir, '--epochs', '32']).stdout);
    expect(resumed[0]).toMatchObject({ dataSet: pictures, step: 180 });
    expect(resumed.at(-1)).toMatchObject({ loss: whole.loss, testAcc: whole.testAcc });
    expect(whole.testAcc).toBeGreaterThan(0.9);
  });

  test('its classes have the names of its folders', () => {
    const weights = ['--weights', dir, '--json'];
    const lacking = run(['evaluate', ...weights]);
    expect(lacking.stderr).toMatch(/ERR_DATA_NOT_FOUND: .*--data-set DIR/);
    const { stdout } = run(['evaluate', ...weights, '--data-set', pictures]);
    const report = JSON.parse(stdout);
    expect(report.classes.map(({ name }: { name: string }) => name)).toEqual(names);
    expect(report.images).toBe(24);
    const picture = path.join(pictures, 'test', 'middle', '3.png');
    const [seen] = eventsOf(run(['predict', ...weights, picture]).stdout);
    expect(seen.classes).toHaveLength(3);
    expect(seen.classes[0]).toMatchObject({ name: 'middle', label: 1 });
  });

  test('what is amiss is told', () => {
    const bare = run(['train', '--data-set', path.join(pictures, 'train')]);
    expect(bare.stderr).toMatch(
      /expected the folders train and test .* found large, middle, small/,
    );
    const other = path.join(folder, 'other');
    fs.cpSync(pictures, other, { recursive: true });
    fs.renameSync(path.join(other, 'test', 'middle'), path.join(other, 'test', 'vast'));
    const differing = run(['train', '--data-set', other]);
    expect(differing.stderr).toMatch(
      /the same classes in train and test, found large, middle, small and large, small, vast/,
    );
    const both = run(['train', '--data-set', pictures, '--data', letters]);
    expect([both.status, both.stderr]).toEqual([
      2,
      expect.stringContaining("goes with a data set's name"),
    ]);
  });
});

test('a named data set has its own classes', () => {
  const dir = path.join(folder, 'run of letters');
  const train = ['train', '--json', '--data-set', 'emnist-letters', '--data', letters];
  const { status, stdout, stderr } = run([...train, '--epochs', '1', '--seed', '1', '--out', dir]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(eventsOf(stdout)[0]).toMatchObject({ dataSet: 'emnist-letters', trainImages: 52 });
  const evaluated = run(['evaluate', '--weights', dir, '--json', '--data', letters]);
  const { classes } = JSON.parse(evaluated.stdout);
  expect(classes.map(({ name }: { name: string }) => name)).toEqual(emnist('letters').classes);
  const lenet5 = run([...train, '--model', 'lenet5']);
  expect([lenet5.status, lenet5.stderr]).toEqual([
    2,
    expect.stringContaining('ten outputs, the data set 27 classes'),
  ]);
});

test.each(['train', 'evaluate', 'setup'])('%s says which names there are', (command) => {
  const { status, stderr } = run([command, '--data-set', 'fashion']);
  expect(status).toBe(2);
  expect(stderr).toMatch(/fashion-mnist, mnist, kmnist, qmnist, emnist-byclass/);
});

test('setup says what a named data set takes', () => {
  const { stdout } = run(['setup', '--dry-run', '--data-set', 'kmnist']);
  expect(stdout).toMatch(/Kuzushiji-MNIST: 21 MB to download, 55 MB on the disk \(.*kmnist\)/);
});
