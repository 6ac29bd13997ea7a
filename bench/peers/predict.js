// Predictions of this package or of ONNX Runtime. Every round measures all.
// usage: predict.js lenet-torch|onnxruntime NETWORK FOLDER THREADS   (see export.py)
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

import { rounds } from './rounds.js';

const [who, network, folder, threadsText] = process.argv.slice(2);
const threads = Number(threadsText);

function floats(name) {
  const { buffer, byteOffset, length } = readFileSync(join(folder, name));
  return new Float32Array(buffer.slice(byteOffset, byteOffset + length));
}
const images = floats('images.bin');
const logits = floats('logits.bin');

async function lenetTorch() {
  const torch = await import('../../dist/index.js');
  const { variant } = await import('./networks.js');
  torch.setNumThreads(threads);
  const net = variant({ network });
  const parameters = floats('parameters.bin');
  let at = 0;
  torch.noGrad(() => {
    for (const parameter of net.parameters()) {
      const part = parameters.subarray(at, at + parameter.numel());
      parameter.copy_(torch.tensor(part, { shape: parameter.shape }));
      at += parameter.numel();
    }
  });
  const all = torch.tensor(images, { shape: [10_000, 1, 28, 28] });
  return {
    batch: (first, count) => all.narrow(0, first, count).keep(),
    run: async (batch) => (await torch.predict(net, batch)).dispose(),
    values: async (batch) => (await torch.predict(net, batch)).data(),
  };
}

async function onnxRuntime() {
  const require = createRequire(join(process.env.ONNXRUNTIME, 'package.json'));
  const { InferenceSession, Tensor } = require('onnxruntime-node');
  const session = await InferenceSession.create(join(folder, 'network.onnx'), {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
  });
  const cut = (first, count) => images.subarray(first * 784, (first + count) * 784);
  return {
    batch: (first, count) => new Tensor('float32', cut(first, count), [count, 1, 28, 28]),
    run: (batch) => session.run({ images: batch }),
    values: async (batch) => (await session.run({ images: batch })).logits.data,
  };
}

const { batch, run, values } = await (who === 'lenet-torch' ? lenetTorch() : onnxRuntime());

// The same numbers first: a fast wrong answer is no contender.
for (const [first, count] of [
  [0, 1],
  [5, 16],
  [0, 10_000],
]) {
  const got = await values(batch(first, count));
  const worst = got.reduce((most, x, i) => Math.max(most, Math.abs(x - logits[first * 10 + i])), 0);
  if (!(worst < 1e-4)) throw new Error(`${who}: logits differ by ${worst}`);
}

const sorted = (values) => values.sort((a, b) => a - b);
const quantile = (values, share) => values[Math.floor(values.length * share)];

async function imagesPerSecond(count, ms) {
  const inputs = Array.from({ length: 4 }, (_, i) =>
    batch(count === 10_000 ? 0 : i * count, count),
  );
  const start = performance.now();
  let calls = 0;
  while (performance.now() - start < ms) await run(inputs[calls++ % 4]);
  return (calls * count * 1000) / (performance.now() - start);
}

async function latency(calls) {
  const inputs = Array.from({ length: 64 }, (_, i) => batch(i, 1));
  const times = [];
  for (let i = 0; i < calls; i++) {
    const start = performance.now();
    await run(inputs[i % 64]);
    times.push((performance.now() - start) * 1000);
  }
  const all = sorted(times);
  return { p50: quantile(all, 0.5), p99: quantile(all, 0.99) };
}

async function concurrent(ms) {
  const inputs = Array.from({ length: 32 }, (_, i) => batch(i, 1));
  const start = performance.now();
  let calls = 0;
  for (; performance.now() - start < ms; calls++) await Promise.all(inputs.map(run));
  return (calls * 32 * 1000) / (performance.now() - start);
}

async function round() {
  return {
    ...(await latency(2000)),
    at1: await imagesPerSecond(1, 200),
    at16: await imagesPerSecond(16, 200),
    at256: await imagesPerSecond(256, 300),
    at10000: await imagesPerSecond(10_000, 500),
    callers32: await concurrent(300),
  };
}

await round();
await rounds(round);
