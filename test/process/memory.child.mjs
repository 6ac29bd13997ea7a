// Hours in small: builds, uses and drops `count` of what its first argument says; prints the tensors that are left, and by
// how many KB each one let the memory in use grow, from a third of the way to the end. Its third argument is the addon made
// of test/inUse.c. Run with --expose-gc.
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { getHeapStatistics } from 'node:v8';
import { Worker } from 'node:worker_threads';

import * as torch from '../../dist/index.js';
import { train } from './training.mjs';

const [what, times, addon] = process.argv.slice(2);
const inUse = createRequire(import.meta.url)(addon);
const count = Number(times);

const work = {
  models: (i) => train(i % 2 === 0 ? 'fused' : 'eager', 1),
  loaders: () => {
    const data = new torch.data.TensorDataset(
      torch.rand([64, 784]),
      torch.zeros([64], { dtype: 'int64' }),
    );
    for (const [X, y] of new torch.data.DataLoader(data, { batchSize: 16, shuffle: true }))
      X.sum().add(y.sum());
  },
  workers: async (i) => {
    const worker = new Worker(new URL('exit.worker.mjs', import.meta.url), {
      workerData: { engine: i % 2 === 0 ? 'fused' : 'eager' },
    });
    await once(worker, 'message');
    await worker.terminate();
  },
};

const bytes = [];
for (let i = 0; i < count; i++) {
  await work[what](i);
  await collect();
  if (i >= count / 3) bytes.push(inUse() + getHeapStatistics().used_heap_size);
}
const half = bytes.length >> 1;
const grown = median(bytes.slice(half)) - median(bytes.slice(0, half));
console.log(JSON.stringify({ tensors: torch.memory().tensors, kilobytes: grown / half / 1e3 }));

// Collected after each one, or what waits for the collector would be seen instead of what is lost.
// Finalizers run between macrotasks, and one collection is not always enough: V8 may keep what a
// compiler thread of its own or the last microtask still names. What is lost never goes.
async function collect() {
  for (let attempt = 0; attempt < 10; attempt++) {
    await new Promise(setImmediate);
    globalThis.gc();
    await new Promise(setImmediate);
    if (torch.memory().tensors === 0) return;
  }
}

// Some are measured while a thread of V8's compiles.
function median(values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}
