// What every runtime shall do, and print alike: `node features.mjs NAME` prints what the feature found.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Worker } from 'node:worker_threads';

import * as torch from '../../dist/index.js';

const { nn, optim } = torch;

const hash = (bytes) => createHash('sha256').update(bytes).digest('hex').slice(0, 16);
const rounded = (numbers) => numbers.map((number) => Number(number.toPrecision(5)));
// Processors and engines differ in the last digits.
const numbersOf = (tensor) => rounded([tensor.tolist()].flat(Number.POSITIVE_INFINITY));

function images(count) {
  torch.manualSeed(1);
  const pixels = torch.rand([count, 1, 28, 28]);
  const labels = torch.rand([count]).mul(10).floor().to('int64');
  return new torch.data.TensorDataset(pixels, labels);
}

const loader = (count = 256) =>
  new torch.data.DataLoader(images(count), { batchSize: 64, shuffle: true });

async function train(engine, epochs = 2) {
  torch.manualSeed(0);
  const net = new torch.LeNet();
  const batches = loader();
  const optimizer = new optim.Adam(net.parameters());
  const options = { engine, log: null };
  const { epochs: results } = await torch.train(
    net,
    batches,
    batches,
    64,
    optimizer,
    'cpu',
    epochs,
    options,
  );
  return { net, losses: rounded(results.map(({ loss }) => loss)), engine: results[0].engine };
}

async function inFolder(work) {
  const folder = mkdtempSync(path.join(tmpdir(), 'lenet-torch-runtimes-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export const features = {
  async import() {
    torch.manualSeed(0);
    return [torch.version, String(torch.randn(2, 3)), String(new torch.LeNet())];
  },

  async eager() {
    const { losses, engine } = await train('eager');
    return [engine, losses];
  },

  async fused() {
    const { losses, engine } = await train('fused');
    return [engine, losses];
  },

  async loop() {
    torch.manualSeed(0);
    const net = new torch.LeNet();
    const optimizer = new optim.SGD(net.parameters(), { lr: 0.5 });
    const losses = [];
    for (const [X, y] of loader()) {
      optimizer.zeroGrad();
      const loss = nn.functional.crossEntropy(net.forward(X), y);
      loss.backward();
      optimizer.step();
      losses.push(loss.item());
      await null;
    }
    return rounded(losses);
  },

  async predict() {
    torch.manualSeed(0);
    const net = new torch.LeNet();
    const pixels = Uint8Array.from({ length: 2 * 784 }, (_, i) => (i * 37) % 256);
    return numbersOf(await torch.predict(net, pixels));
  },

  async files() {
    torch.manualSeed(0);
    const net = new torch.LeNet();
    return inFolder(async (folder) => {
      const hashes = [];
      for (const name of ['net.safetensors', 'net.pt']) {
        const file = path.join(folder, name);
        await torch.save(net.stateDict(), file);
        const other = new torch.LeNet();
        other.loadStateDict(await torch.load(file));
        const [[, first]] = [...other.namedParameters()];
        hashes.push(name, numbersOf(first.flatten().slice(0, 0, 4)));
      }
      return hashes;
    });
  },

  async onnx() {
    torch.manualSeed(0);
    return inFolder(async (folder) => {
      const file = path.join(folder, 'net.onnx');
      await torch.exportOnnx(new torch.LeNet(), file, { inputShape: [1, 28, 28] });
      return hash(readFileSync(file));
    });
  },

  async draw() {
    torch.manualSeed(0);
    const svg = torch.draw.architecture(new torch.LeNet());
    const png = await torch.draw.toPng(svg);
    return [hash(svg), png.length > 1000, [...png.subarray(1, 4)]];
  },

  async runs() {
    return inFolder(async (folder) => {
      const results = [];
      for (const epochs of [1, 2]) {
        torch.manualSeed(0);
        const net = new torch.LeNet();
        const batches = loader();
        const optimizer = new optim.Adam(net.parameters());
        const out = path.join(folder, 'run');
        const run = epochs === 1 ? await torch.Run.create(out) : await torch.Run.resume(out);
        const options = { run, log: null };
        await torch.train(net, batches, batches, 64, optimizer, 'cpu', epochs, options);
        results.push(numbersOf(net.forward(torch.ones([1, 1, 28, 28]))));
      }
      return results;
    });
  },

  async worker() {
    const source = new URL('../../test/process/exit.worker.mjs', import.meta.url);
    const worker = new Worker(source, { workerData: { engine: 'fused' } });
    const [said] = await once(worker, 'message');
    await worker.terminate();
    return said;
  },

  async serve() {
    torch.manualSeed(0);
    const handle = torch.serve.fetchHandler(new torch.LeNet());
    const body = Uint8Array.from({ length: 784 }, (_, i) => (i * 37) % 256);
    const headers = { 'content-type': 'application/octet-stream' };
    const url = 'http://localhost/predict';
    const response = await handle(new Request(url, { method: 'POST', body, headers }));
    const wrong = await handle(new Request(url, { method: 'POST', body: body.slice(1), headers }));
    const labels = (await response.json()).map(({ label }) => label);
    return [response.status, labels, wrong.status];
  },
};

/** What ends otherwise than by itself. */
const endings = {
  async failure() {
    setTimeout(() => {
      throw new Error('on purpose');
    }, 100);
    await train('fused', 100_000);
  },

  async interrupt() {
    setTimeout(() => console.log('begun'), 300);
    await train('fused', 100_000);
  },
};

const [name] = process.argv.slice(2);
if (name in endings) await endings[name]();
else console.log(JSON.stringify(await features[name]()));
