// Lone requests with a pause before each. usage: service.js lenet-torch|"ONNX Runtime" FILE CALLS PAUSE
// (FILE: where the network is put for ONNX Runtime)
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';

import { rounds } from './rounds.js';

const [who, file, callsText, pauseText] = process.argv.slice(2);
const [calls, pauseMs] = [Number(callsText), Number(pauseText)];
const bytes = Uint8Array.from({ length: 784 }, (_, i) => (i * 37) % 256);

async function lenetTorch() {
  const torch = await import('../../dist/index.js');
  const net = new torch.LeNet();
  return async () => (await torch.predict(net, bytes)).dispose();
}

async function onnxRuntime() {
  const torch = await import('../../dist/index.js');
  await torch.exportOnnx(new torch.LeNet(), file, { inputShape: [1, 28, 28] });
  const require = createRequire(join(process.env.ONNXRUNTIME, 'package.json'));
  const { InferenceSession, Tensor } = require('onnxruntime-node');
  const session = await InferenceSession.create(file);
  const [name] = session.inputNames;
  return () => {
    const pixels = Float32Array.from(bytes, (value) => value / 255);
    return session.run({ [name]: new Tensor('float32', pixels, [1, 1, 28, 28]) });
  };
}

const request = await (who === 'lenet-torch' ? lenetTorch() : onnxRuntime());
await request();

const quantile = (values, share) => values.sort((a, b) => a - b)[Math.floor(values.length * share)];

await rounds(async () => {
  const [times, late] = [[], []];
  let cpu = 0;
  const histogram = monitorEventLoopDelay({ resolution: 1 });
  histogram.enable();
  for (let i = 0; i < calls; i++) {
    const due = performance.now() + pauseMs;
    await pause(pauseMs);
    late.push(performance.now() - due);
    const before = process.cpuUsage();
    const start = performance.now();
    await request();
    times.push(performance.now() - start);
    const { user, system } = process.cpuUsage(before);
    cpu += (user + system) / 1000;
  }
  histogram.disable();
  return {
    p50: quantile(times, 0.5),
    p99: quantile(times, 0.99),
    cpu: cpu / calls,
    // A timer of a millisecond is what the histogram measures by.
    loop: histogram.percentile(99) / 1e6 - 1,
    timer: quantile(late, 0.99),
  };
});
