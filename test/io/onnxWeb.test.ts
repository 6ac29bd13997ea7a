import { execFile, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { encode } from 'fast-png';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { classes, classify, open } from '../../examples/web/classify.js';
import { serve } from '../../examples/web/server.js';
import * as torch from '../../lib/index.js';
import { temporaryFolder } from '../folder.js';
import { chromiumPath, visit } from '../live/browser.js';

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

test.runIf(hasBrowser && chromiumPath)(
  'a picture keeps its aspect, what is none is said',
  async () => {
    const server = await serve(folder);
    const { port } = server.address() as AddressInfo;
    const { page, faults } = await visit(`http://127.0.0.1:${port}/`);
    await page.waitForFunction("document.querySelectorAll('figure').length === 10");
    // A narrow white picture with a black border: its left and right stay black, and it is inverted.
    const data = new Uint8Array(30 * 60).map((_, i) =>
      i % 30 > 4 && i % 30 < 25 && i > 30 * 5 && i < 30 * 55 ? 0 : 255,
    );
    const png = encode({ width: 30, height: 60, channels: 1, depth: 8, data });
    await page.setInputFiles('input', {
      name: 'narrow.png',
      mimeType: 'image/png',
      buffer: Buffer.from(png),
    });
    await page.waitForFunction("document.querySelectorAll('figure').length === 11");
    const row = await page.evaluate(`(() => {
    const { data } = document.querySelector('canvas').getContext('2d').getImageData(0, 14, 28, 1);
    return [0, 5, 8, 14, 20, 22, 27].map((x) => data[4 * x]);
  })()`);
    expect(row).toEqual([0, 0, expect.any(Number), 255, expect.any(Number), 0, 0]);
    await page.setInputFiles('input', {
      name: 'none.png',
      mimeType: 'image/png',
      buffer: Buffer.from('no picture'),
    });
    await page.waitForFunction('/none.png cannot be read/.test(document.body.innerText)');
    expect(faults).toEqual([]);
    server.close();
  },
);
