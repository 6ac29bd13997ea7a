// Hours in small: builds, uses and drops `count` of what its argument says; prints how tensors and
// resident memory grew, in MB, from a third of the way to the end. Run with --expose-gc.
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

import * as torch from '../../dist/index.js';
import { train } from './training.mjs';

const [what, count] = process.argv.slice(2);

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

let before;
for (let i = 0; i < count; i++) {
  await work[what](i);
  // Collected each time, or what waits for the collector would be seen instead of what is lost;
  // finalizers run between macrotasks.
  await new Promise(setImmediate);
  globalThis.gc();
  await new Promise(setImmediate);
  if (i === Math.floor(count / 3)) before = look();
}
const after = look();
console.log(
  JSON.stringify({
    tensors: after.tensors - before.tensors,
    megabytes: (after.resident - before.resident) / 1e6,
  }),
);

function look() {
  return { tensors: torch.memory().tensors, resident: process.memoryUsage.rss() };
}
