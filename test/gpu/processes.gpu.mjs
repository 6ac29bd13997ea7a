import assert from 'node:assert/strict';
import { test } from 'node:test';

import { run, torch } from './package.mjs';

const training = (engine, device = 'cuda') => `
  const net = new torch.LeNet();
  const optimizer = new torch.optim.Adam(net.parameters());
  const images = loader(2560);
  const training = torch.train(net, images, images, 256, optimizer, '${device}', 1000, {
    engine: '${engine}', log: null, onEpoch: ({ epoch }) => { if (epoch === 2) onReady(); } });
  training.catch((error) => { console.log('failed ' + error.code); });`;

// What the process does in the middle of a training, and how it must end.
const ends = {
  'process.exit': ['process.exit(7)', 7, null],
  'an uncaught error': ['setImmediate(() => { throw new Error("own"); })', 1, null],
  SIGTERM: ['console.log("ready")', null, 'SIGTERM'],
  SIGINT: ['console.log("ready")', null, 'SIGINT'],
};

for (const engine of ['eager', 'graph']) {
  for (const [name, [end, status, signal]] of Object.entries(ends)) {
    test(`${engine}: ${name} ends the process at once`, async () => {
      const result = await run(`const onReady = () => { ${end}; };${training(engine)}`, {
        ...(signal && { kill: signal }),
      });
      assert.deepEqual([result.status, result.signal], [status, signal], result.stderr);
    });
  }

  test(`${engine}: a training that ends, and tensors that are left`, async () => {
    const result = await run(`const left = torch.ones([1000]).to('cuda').keep();
      const net = new torch.LeNet();
      const images = loader(2560);
      await torch.train(net, images, images, 256, new torch.optim.Adam(net.parameters()), 'cuda', 2,
        { engine: '${engine}', log: null });
      const event = new torch.cuda.Event(); event.record(); console.log(left.cpu().sum().item());`);
    assert.deepEqual([result.status, result.signal], [0, null], result.stderr);
    assert.equal(result.stdout.trim(), '1000');
  });

  test(`${engine}: a worker is terminated in the middle, and the GPU goes on`, async () => {
    const here = JSON.stringify(new URL('./package.mjs', import.meta.url).href);
    const worker = `
      import { parentPort } from 'node:worker_threads';
      import { torch, loader } from ${here};
      const onReady = () => parentPort.postMessage('ready');${training(engine)}`;
    const url = `data:text/javascript,${encodeURIComponent(worker)}`;
    const result = await run(`
      import { Worker } from 'node:worker_threads';
      for (let i = 0; i < 3; i++) {
        const worker = new Worker(new URL(${JSON.stringify(url)}));
        await new Promise((resolve) => worker.once('message', resolve));
        await worker.terminate();
      }
      console.log(torch.ones([3]).to('cuda').cpu().sum().item());`);
    assert.deepEqual([result.status, result.signal], [0, null], result.stderr);
    assert.equal(result.stdout.trim(), '3');
  });
}

test('workers train side by side, a device each where there are several', async () => {
  const here = JSON.stringify(new URL('./package.mjs', import.meta.url).href);
  const count = torch.cuda.deviceCount();
  const worker = (device) => `
    import { parentPort } from 'node:worker_threads';
    import { torch, loader } from ${here};
    torch.cuda.setDevice(${device});
    torch.manualSeed(0);
    const net = new torch.LeNet();
    const images = loader(2560);
    const { epochs } = await torch.train(net, images, images, 256,
      new torch.optim.Adam(net.parameters()), 'cuda', 5, { log: null });
    parentPort.postMessage([epochs.at(-1).engine, epochs.at(-1).loss.toFixed(3),
      String([...net.parameters()][0].device)]);`;
  const urls = [0, 1 % count].map(
    (device) => `data:text/javascript,${encodeURIComponent(worker(device))}`,
  );
  const result = await run(`
    import { Worker } from 'node:worker_threads';
    const said = await Promise.all(${JSON.stringify(urls)}.map((url) => new Promise((resolve, reject) => {
      const worker = new Worker(new URL(url));
      worker.once('message', resolve);
      worker.once('error', reject);
    })));
    console.log(JSON.stringify(said));`);
  assert.equal(result.status, 0, result.stderr);
  const said = JSON.parse(result.stdout.trim().split('\n').at(-1));
  said.forEach(([engine, loss, device], i) => {
    assert.deepEqual([engine, loss, device], ['graph', said[0][1], `cuda:${i % count}`]);
  });
});
