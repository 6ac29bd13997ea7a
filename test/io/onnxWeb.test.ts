import { execFile, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { classes, classify, open } from '../../examples/web/classify.js';
import { serve } from '../../examples/web/server.js';
import * as torch from '../../lib/index.js';
import { temporaryFolder } from '../folder.js';

const folder = temporaryFolder('lenet-torch-web-', afterAll);
const model = join(folder, 'lenet.onnx');
const count = 10;
let expected: number[][];

beforeAll(async () => {
  torch.manualSeed(0);
  const net = new torch.LeNet();
  // Weights so large that images of noise fall into different classes.
  torch.noGrad(() => {
    for (const parameter of net.parameters()) parameter.mul_(3);
  });
  await torch.exportOnnx(net, model, { inputShape: [1, 28, 28] });
  const bytes = torch.randint(0, 256, [count, 1, 28, 28]).to('uint8');
  writeFileSync(join(folder, 'images.bin'), bytes.data());
  const scores = torch.noGrad(() => net.forward(bytes.to('float32').div(255)));
  expected = scores.softmax(1).tolist() as number[][];
});

test('ONNX Runtime’s WASM gives the probabilities of the model', async () => {
  const session = await open(readFileSync(model));
  const pixels = Float32Array.from(readFileSync(join(folder, 'images.bin')), (byte) => byte / 255);
  const results = await classify(session, pixels);
  expect(results.length).toBe(count);
  for (const [i, result] of results.entries()) {
    const found = classes.map((name) => result.find((each) => each.name === name)!.probability);
    const worst = Math.max(...found.map((each, k) => Math.abs(each - expected[i]![k]!)));
    expect(worst).toBeLessThan(1e-5);
  }
});

const hasBrowser =
  process.env.LENET_TORCH_LONG === '1' && spawnSync('chromium', ['--version']).status === 0;

test.runIf(hasBrowser)('the page shows what the model says, in Chromium', async () => {
  const server = await serve(folder);
  const { port } = server.address() as AddressInfo;
  const profile = `--user-data-dir=${join(folder, 'profile')}`;
  const options = ['--headless', '--no-sandbox', '--disable-gpu', '--virtual-time-budget=20000'];
  const { stdout } = await promisify(execFile)('chromium', [
    ...options,
    profile,
    '--dump-dom',
    `http://127.0.0.1:${port}/`,
  ]);
  server.close();
  const shown = [...stdout.matchAll(/<figcaption>(.*?) (\d+) %/g)].map((match) => match.slice(1));
  const wanted = expected.map((row) => {
    const best = row.indexOf(Math.max(...row));
    return [classes[best], String(Math.round(100 * row[best]!))];
  });
  expect(shown).toEqual(wanted.reverse());
});
