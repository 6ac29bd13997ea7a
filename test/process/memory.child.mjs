// Hours in small: builds, uses and drops `count` of what its argument says; prints the tensors that
// are left, and by how many MB resident memory grew from a third of the way to the end. Run with
// --expose-gc.
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

import * as torch from '../../dist/index.js';
import { train } from './training.mjs';

const [what, times] = process.argv.slice(2);
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

const resident = [];
for (let i = 0; i < count; i++) {
  await work[what](i);
  await collect();
  if (i >= count / 3) resident.push(process.memoryUsage.rss());
}
console.log(JSON.stringify({ tensors: torch.memory().tensors, megabytes: growth(resident) / 1e6 }));

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

// What is lost is lost each time: it is seen between neighbours and between what lies far apart. V8's pages and compiled
// code come in one step, at any time, which few neighbours see; what the system gives and takes is small beside what comes
// together over a long way. Both measures are medians, and what is lost is in both.
function growth(resident) {
  const near = 2 * Math.ceil(resident.length / 20);
  const far = 2 * Math.ceil(resident.length / 4);
  return Math.min(...[near, far].map((stretch) => growthBy(resident, stretch)));
}

// A stretch is an even number: the two engines take turns, and an eager one takes 9 MB more.
function growthBy(resident, stretch) {
  const rises = resident.slice(stretch).map((bytes, i) => bytes - resident[i]);
  const median = rises.sort((a, b) => a - b)[rises.length >> 1];
  return (median / stretch) * resident.length;
}
