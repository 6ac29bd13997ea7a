import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { temporaryFolder } from '../folder.js';
import { run } from './run.js';

const dir = temporaryFolder('lenet-torch-', afterAll);
torch.manualSeed(0);
const net = new torch.LeNet();
const images = torch.rand([3, 1, 28, 28]).keep();

const exported = (weights: string, to: string, out: string) =>
  run(['export', '--weights', weights, '--to', to, out], { cwd: dir });

function expectSameWeights(tensors: Record<string, torch.Tensor>): void {
  const own = net.stateDict();
  expect(Object.keys(tensors).sort()).toEqual(Object.keys(own).sort());
  for (const [key, tensor] of Object.entries(tensors)) expect(tensor.equal(own[key]!)).toBe(true);
}

beforeAll(async () => {
  await torch.saveSafetensors(net.stateDict(), join(dir, 'plain.safetensors'));
});

test('from safetensors to PyTorch’s format and back', async () => {
  expect(exported('plain.safetensors', 'pt', 'net.pt')).toMatchObject({
    status: 0,
    stdout: '',
    stderr: expect.stringMatching(/^lenet-torch: wrote net\.pt \(lenet, pt, \d+ kB\)\n$/),
  });
  expectSameWeights(await torch.load(join(dir, 'net.pt')));
  expect(exported('net.pt', 'safetensors', 'back').status).toBe(0);
  const { tensors, metadata } = await torch.loadSafetensors(join(dir, 'back'));
  expectSameWeights(tensors);
  expect(metadata).toEqual({ model: 'lenet' });
});

test('to ONNX, which ONNX Runtime computes alike', async () => {
  expect(exported('plain.safetensors', 'onnx', 'net.onnx').status).toBe(0);
  const session = await InferenceSession.create(join(dir, 'net.onnx'));
  const input = new Tensor('float32', images.data() as Float32Array, [3, 1, 28, 28]);
  const results = await session.run({ [session.inputNames[0]!]: input });
  const output = results[session.outputNames[0]!]!.data as Float32Array;
  const wanted = (await torch.predict(net, images)).data() as Float32Array;
  expect(output.length).toBe(30);
  output.forEach((value, i) => {
    expect(Math.abs(value - wanted[i]!)).toBeLessThan(1e-5);
  });
});

test('what the weights carry besides is kept', async () => {
  const metadata = { model: 'lenet5', squash: 'sigmoid', note: 'third try' };
  const lenet5 = new torch.LeNet5();
  await torch.saveSafetensors(lenet5.stateDict(), join(dir, 'five'), { metadata });
  expect(exported('five', 'safetensors', 'copy').status).toBe(0);
  expect((await torch.loadSafetensors(join(dir, 'copy'))).metadata).toEqual(metadata);
});

describe('failures name the file, and leave what is there', () => {
  test.each<[string, string, string, string, RegExp]>([
    ['no weights', 'missing.pt', 'pt', 'out.pt', /ERR_FILE_NOT_FOUND: missing\.pt/],
    ['no folder', 'plain.safetensors', 'pt', 'no/out.pt', /ERR_FILE_WRITE: no\/out\.pt/],
    ['a folder', 'plain.safetensors', 'onnx', '.', /ERR_FILE_WRITE: \. .*folder/],
    ['not weights', 'text.pt', 'safetensors', 'out', /ERR_FILE_FORMAT: text\.pt: expected a safe/],
    [
      'a checkpoint',
      'nested.pt',
      'onnx',
      'out',
      /nested\.pt: expected a state dict.* epoch, model/,
    ],
  ])('%s', async (_, weights, to, out, message) => {
    writeFileSync(join(dir, 'text.pt'), 'not weights at all');
    await torch.save({ epoch: 3, model: net.stateDict() }, join(dir, 'nested.pt'));
    const { status, stdout, stderr } = exported(weights, to, out);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(message);
    expect(readdirSync(dir).filter((name) => /^\.tmp|^out/.test(name))).toEqual([]);
  });

  test('wrong usage: exit code 2', () => {
    const before = readFileSync(join(dir, 'plain.safetensors'));
    for (const args of [
      ['export', '--weights', 'plain.safetensors', 'out.pt'],
      ['export', '--weights', 'plain.safetensors', '--to', 'csv', 'out.csv'],
      ['export', '--weights', 'plain.safetensors', '--to', 'pt'],
    ]) {
      const { status, stderr } = run(args, { cwd: dir });
      expect(status).toBe(2);
      expect(stderr).toMatch(/^error: /);
    }
    expect(readFileSync(join(dir, 'plain.safetensors')).equals(before)).toBe(true);
  });
});
