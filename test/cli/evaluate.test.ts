import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { temporaryFolder } from '../folder.js';
import { run } from './run.js';

const dir = temporaryFolder('lenet-torch-', afterAll);
const weights = join(dir, 'lenet.safetensors');
torch.manualSeed(0);
const net = new torch.LeNet();
const transform = new torch.data.transforms.ToTensor();
const dataset = new torch.data.FashionMNIST({ train: false, transform });

beforeAll(async () => {
  await torch.saveSafetensors(net.stateDict(), weights, { metadata: { model: 'lenet' } });
});

test('--json: accuracy as evaluate() gives it, and whole figures', async () => {
  const { status, stdout, stderr } = run(['evaluate', '--weights', weights, '--json']);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const result = JSON.parse(stdout);
  const loader = new torch.data.DataLoader(dataset, { batchSize: 1000 });
  expect(result.accuracy).toBe(await torch.evaluate(loader, net));
  expect(result.images).toBe(10_000);
  const { confusionMatrix, classes } = result;
  const report = torch.classificationReport(confusionMatrix);
  expect(report.accuracy).toBe(result.accuracy);
  expect(classes).toEqual(
    report.classes.map((metrics, label) => ({
      label,
      name: torch.data.FashionMNIST.classes[label],
      ...metrics,
    })),
  );
  expect(classes.map(({ support }: torch.ClassMetrics) => support)).toEqual(
    new Array(10).fill(1000),
  );
});

test('text: the same figures in aligned columns', () => {
  const { stdout } = run(['evaluate', '--weights', weights]);
  const { accuracy, confusionMatrix } = JSON.parse(
    run(['evaluate', '--weights', weights, '--json']).stdout,
  );
  const [first, , ...rest] = stdout.split('\n');
  expect(first).toBe(`accuracy ${accuracy.toFixed(4)} on 10000 images`);
  const [figures, confusions] = [rest.slice(0, 12), rest.slice(15, -1)];
  expect(new Set(figures.map((line) => line.length)).size).toBe(1);
  expect(new Set(confusions.map((line) => line.length)).size).toBe(1);
  const counts = confusions.slice(1).map((line) => line.match(/\d+/g)!.slice(1).map(Number));
  expect(counts).toEqual(confusionMatrix);
});

test('LeNet5: its own images, and the smallest penalty wins', async () => {
  const lenet5 = new torch.LeNet5({ squash: 'sigmoid' });
  const named = join(dir, 'lenet5.safetensors');
  const metadata = { model: 'lenet5', squash: 'sigmoid' };
  await torch.saveSafetensors(lenet5.stateDict(), named, { metadata });
  const { stdout, stderr } = run(['evaluate', '--weights', named, '--json']);
  expect(stderr).toBe('');
  const own = new torch.data.FashionMNIST({ train: false, transform: torch.LeNet5.transform() });
  const loader = new torch.data.DataLoader(own, { batchSize: 1000 });
  expect(JSON.parse(stdout).accuracy).toBe(await torch.evaluate(loader, lenet5));
});

describe('failures name what is wrong', () => {
  test.each([
    ['no weights', ['--weights', 'missing.pt'], 'ERR_FILE_NOT_FOUND', /missing\.pt/],
    ['no data', ['--weights', weights, '--data', dir], 'ERR_DATA_NOT_FOUND', /train-images/],
  ])('%s', (_, args, code, message) => {
    const { status, stdout, stderr } = run(['evaluate', ...args]);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toContain(code);
    expect(stderr).toMatch(message);
  });
});
