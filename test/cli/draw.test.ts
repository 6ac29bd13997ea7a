import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { decode } from 'fast-png';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { sizeOf, textsOf } from '../draw/svg.js';
import { temporaryFolder } from '../folder.js';
import { run } from './run.js';

const dir = temporaryFolder('lenet-torch-', afterAll);
const at = (name: string): string => join(dir, name);
torch.manualSeed(1);
const lenet = new torch.LeNet();
const lenet5 = new torch.LeNet5({ squash: 'sigmoid' });
const classes = torch.data.FashionMNIST.classes;

beforeAll(async () => {
  await torch.saveSafetensors(lenet.stateDict(), at('lenet.safetensors'), {
    metadata: { model: 'lenet' },
  });
  await torch.saveSafetensors(lenet5.stateDict(), at('lenet5.safetensors'), {
    metadata: { model: 'lenet5', squash: 'sigmoid' },
  });
  writeFileSync(at('pixels.raw'), new Uint8Array(2 * 784).fill(90));
  writeFileSync(at('text.png'), 'not an image');
  writeFileSync(at('lines.jsonl'), '{"epoch":1,"loss":"NaN","trainAcc":0.1,"testAcc":0.2}\n{"ep');
  writeFileSync(at('bytes.jsonl'), '\u001b[31m\u009b2J\n');
  writeFileSync(at('bad.jsonl'), '{"epoch":1,"loss":1}\n{"epoch":2}\n');
  writeFileSync(
    at('train.jsonl'),
    '{"event":"start","epochs":1}\n{"event":"epoch","epoch":1,"loss":2,"testAcc":0.5}\n',
  );
});

const draw = (...args: string[]) => run(['draw', ...args]);

function drawn(...args: string[]): string {
  const { status, stdout, stderr } = draw(...args);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout;
}

describe('SVG on stdout: what the API draws', () => {
  test('architecture, connections, filters', () => {
    expect(drawn('architecture', '--model', 'lenet5')).toContain('48,120');
    expect(drawn('connections')).toBe(torch.draw.connections(lenet5));
    expect(drawn('filters', '--weights', at('lenet.safetensors'), '--theme', 'dark')).toBe(
      torch.draw.filters(lenet, { theme: 'dark' }),
    );
  });

  test('pooling, with the squashing function that the weights say', () => {
    const weights = at('lenet5.safetensors');
    expect(drawn('pooling', '--weights', weights, '--map', '2')).toBe(
      torch.draw.pooling(lenet5, { map: 2 }),
    );
    expect(drawn('pooling', '--weights', weights, '--squash', 'tanh')).toContain('1.7159');
  });

  test('features of a test image, of a file, and of two networks', () => {
    const weights = at('lenet.safetensors');
    const one = textsOf(drawn('features', '--index', '3', '--weights', weights));
    expect(one[0]).toBe('LeNet, lenet.safetensors: test image 3');
    expect(one).toEqual(expect.arrayContaining(['F5', ...classes]));
    expect(one.join()).toContain('right class');
    const two = drawn(
      'features',
      at('pixels.raw'),
      '--index',
      '1',
      '--beside',
      at('lenet5.safetensors'),
    );
    expect(textsOf(two)).toContain('LeNet5, lenet5.safetensors: pixels.raw[1]');
    expect(textsOf(two)[0]).toBe('LeNet, untrained: pixels.raw[1]');
  });

  test('curves, also of a run that is being written and of train --json', () => {
    const texts = textsOf(drawn('curves', at('lines.jsonl'), at('train.jsonl')));
    expect(texts).toEqual(expect.arrayContaining(['lines.jsonl', 'train.jsonl', '×']));
  });

  test('confusion and mistakes agree on the accuracy', () => {
    const weights = at('lenet5.safetensors');
    const [, right] = /, ([\d,]+) of 10,000 right/.exec(drawn('confusion', '--weights', weights))!;
    const mistakes = drawn('mistakes', '--weights', weights, '--count', '2');
    const wrong = 10_000 - Number(right!.replace(',', ''));
    expect(textsOf(mistakes)[1]).toBe(
      `${wrong.toLocaleString('en-US')} of 10,000 images are classified wrong`,
    );
  });
});

test('--out: SVG or PNG by the name, --scale; nothing else is left behind', () => {
  expect(drawn('connections', '--out', at('c.svg'))).toBe('');
  const svg = readFileSync(at('c.svg'), 'utf8');
  expect(svg).toBe(torch.draw.connections(lenet5));
  drawn('connections', '--out', at('c.PNG'), '--scale', '3');
  const { width, height } = decode(readFileSync(at('c.PNG')));
  expect([width, height]).toEqual(sizeOf(svg).map((edge) => 3 * edge));
  expect(readdirSync(dir).filter((name) => name.startsWith('.tmp'))).toEqual([]);
});

describe('failures name the file and what was expected', () => {
  test.each<[string, string[], string, RegExp]>([
    ['no such image', ['features', 'none.png'], 'ERR_FILE_NOT_FOUND', /none\.png/],
    ['no image', ['features', at('text.png')], 'ERR_IMAGE', /text\.png: expected a PNG, JPEG/],
    ['a folder', ['features', dir], 'ERR_IMAGE', /expected one image, found a folder/],
    [
      'index of a file',
      ['features', at('pixels.raw'), '--index', '2'],
      'ERR_IMAGE',
      /0 to 1, got 2/,
    ],
    ['index', ['features', '--index', '10000'], 'ERR_IMAGE', /from 0 to 9999, got 10000/],
    [
      'weights of another model',
      ['filters', '--weights', at('lenet.safetensors'), '--model', 'lenet5'],
      'ERR_STATE_DICT',
      /lenet\.safetensors: expected weights of lenet5, found those of lenet\n/,
    ],
    ['no weights', ['filters', '--weights', 'none.pt'], 'ERR_FILE_NOT_FOUND', /none\.pt/],
    ['no folder', ['connections', '--out', at('none/c.svg')], 'ERR_FILE_WRITE', /none\/c\.svg/],
    ['no run', ['curves', at('none')], 'ERR_FILE_NOT_FOUND', /none: there is no such file/],
    ['no metrics', ['curves', dir], 'ERR_FILE_NOT_FOUND', /metrics\.jsonl: the folder is no run/],
    ['metrics', ['curves', at('bad.jsonl')], 'ERR_FILE_FORMAT', /bad\.jsonl: line 2: expected/],
    // A terminal would obey what stands in it.
    ['bytes', ['curves', at('bytes.jsonl')], 'ERR_FILE_FORMAT', /found '\\x1B\[31m\\x9B2J'\n/],
    ['a map', ['pooling', '--map', '6'], 'ERR_INVALID_ARG', /from 0 to 5, got 6/],
  ])('%s', (_, args, code, message) => {
    const { status, stdout, stderr } = draw(...args);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toContain(code);
    expect(stderr).toMatch(message);
  });

  test.each([
    [[]],
    [['nothing']],
    [['features']],
    [['curves']],
    [['connections', '--out', 'c.pdf']],
    [['connections', '--theme', 'blue']],
    [['connections', '--scale', '0']],
    [['connections', '--scale', '3']],
    [['connections', '--scale', '3', '--out', 'c.svg']],
  ])('wrong usage: draw %j', (args) => {
    expect(draw(...args).status).toBe(2);
  });
});
