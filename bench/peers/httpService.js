// The same service twice: this package's handler, and one written on ONNX Runtime for Node as its documents have it.
// Both are plain node:http servers with the same decoder. usage: httpService.js WHO WEIGHTS MODEL.onnx
// WHO: lenet-torch, onnxruntime-1 (one thread), onnxruntime-0 (its default), batching-1 (one thread, requests of
// one turn in one run). A parent process sends 'begin' and 'end'.
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { monitorEventLoopDelay } from 'node:perf_hooks';

import * as torch from '../../dist/index.js';

const [who, weights, model] = process.argv.slice(2);
const classes = torch.data.FashionMNIST.classes;

async function ours() {
  const net = new torch.LeNet();
  net.loadStateDict(await torch.load(weights));
  const handler = torch.serve.handler(net);
  await handler.ready;
  return handler;
}

function top3(logits) {
  const largest = Math.max(...logits);
  const exps = Array.from(logits, (value) => Math.exp(value - largest));
  const sum = exps.reduce((a, b) => a + b, 0);
  return exps
    .map((value, i) => ({ label: classes[i], score: value / sum }))
    .sort((a, b) => b.score - a.score)
    .slice(0, 3);
}

function body(request) {
  return new Promise((resolve, reject) => {
    const pieces = [];
    request.on('data', (piece) => pieces.push(piece));
    request.on('end', () => resolve(pieces.length === 1 ? pieces[0] : Buffer.concat(pieces)));
    request.on('error', reject);
  });
}

async function pixelsOf(bytes) {
  if (bytes.length === 784) return bytes;
  return torch.data.prepareImage(await torch.data.decodeImage(bytes));
}

async function theirs(threads, isBatching) {
  const { InferenceSession, Tensor } = createRequire(import.meta.url)('onnxruntime-node');
  const session = await InferenceSession.create(model, {
    ...(threads > 0 && { intraOpNumThreads: threads, interOpNumThreads: 1 }),
  });
  const run = async (all) => {
    const values = new Float32Array(all.length * 784);
    all.forEach((pixels, k) => {
      for (let i = 0; i < 784; i++) values[k * 784 + i] = pixels[i] / 255;
    });
    const input = new Tensor('float32', values, [all.length, 1, 28, 28]);
    const { output } = await session.run({ input });
    return all.map((_, k) => output.data.subarray(10 * k, 10 * k + 10));
  };
  let waiting = [];
  const together = (pixels) =>
    new Promise((resolve, reject) => {
      if (waiting.length === 0) {
        setImmediate(() => {
          const batch = waiting;
          waiting = [];
          run(batch.map((each) => each.pixels)).then(
            (rows) => {
              for (const [i, each] of batch.entries()) each.resolve(rows[i]);
            },
            (error) => {
              for (const each of batch) each.reject(error);
            },
          );
        });
      }
      waiting.push({ pixels, resolve, reject });
    });
  const logitsOf = isBatching ? together : async (pixels) => (await run([pixels]))[0];
  return async (request, response) => {
    try {
      const answer = JSON.stringify(top3(await logitsOf(await pixelsOf(await body(request)))));
      response.writeHead(200, {
        'Content-Type': 'application/json',
        'Content-Length': Buffer.byteLength(answer),
      });
      response.end(answer);
    } catch (error) {
      response.writeHead(400).end(error.message);
    }
  };
}

const [kind, threads] = who.split('-');
const listener = await (kind === 'lenet' ? ours() : theirs(Number(threads), kind === 'batching'));
const server = createServer(listener).listen(0, '127.0.0.1', () =>
  process.send({ port: server.address().port }),
);

const delay = monitorEventLoopDelay({ resolution: 1 });
let cpu;
process.on('message', (message) => {
  if (message === 'begin') {
    delay.reset();
    delay.enable();
    cpu = process.cpuUsage();
    process.send({});
    return;
  }
  delay.disable();
  const { user, system } = process.cpuUsage(cpu);
  // A timer of a millisecond is what it measures by.
  process.send({
    loopMs: Math.max(0, delay.percentile(99) / 1e6 - 1),
    cpuMs: (user + system) / 1000,
    memory: process.memoryUsage.rss(),
  });
});
process.on('disconnect', () => process.exit());
