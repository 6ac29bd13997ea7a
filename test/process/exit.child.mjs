// Ends in the way its arguments say, while a training goes on: `exit.child.mjs fused throw`.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { writeSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';

import { train } from './training.mjs';

const [engine, way] = process.argv.slice(2);
const self = fileURLToPath(import.meta.url);

// Training is under way when its first progress is told.
function started() {
  return new Promise((resolve, reject) => {
    train(engine, 1e9, { onProgress: resolve }).catch(reject);
  });
}

// Says when the end began; the time until the process is gone is what is measured.
function ending() {
  writeSync(1, `${Date.now()}`);
}

const ways = {
  'natural end': async () => {
    await train(engine, 2);
    ending();
  },
  'process.exit': async () => {
    await started();
    ending();
    process.exit(7);
  },
  throw: async () => {
    await started();
    setTimeout(() => {
      ending();
      throw new Error('mine');
    });
  },
  rejection: async () => {
    await started();
    ending();
    throw new Error('mine');
  },
  'on and on': async () => {
    await started();
    console.log('running');
  },
  'worker terminated': async () => {
    for (let i = 0; i < 3; i++) {
      const worker = new Worker(new URL('exit.worker.mjs', import.meta.url), {
        workerData: { engine },
      });
      await once(worker, 'message');
      await worker.terminate();
    }
    await train(engine, 1);
    ending();
  },
  // Says the number of a process that trains until its channel to this one breaks.
  parent: async () => {
    const child = fork(self, [engine, 'orphan']);
    await once(child, 'message');
    console.log(`${child.pid}`);
  },
  orphan: async () => {
    process.once('disconnect', () => process.exit(0));
    await started();
    process.send('running');
  },
};

await ways[way]();
