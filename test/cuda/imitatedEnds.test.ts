// Workers that train on a GPU, and processes and workers that end in the middle: with the imitation of CUDA.
import { pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';

import { cudaLibtorch, imitate, runGpuTests, say } from './forCuda.js';

const program = pathToFileURL('test/cuda/imitation/program.mjs');
const dataUrl = (code: string) => `data:text/javascript,${encodeURIComponent(code)}`;

describe.runIf(cudaLibtorch)('workers and ends, by an imitation of CUDA', () => {
  let env: NodeJS.ProcessEnv = {};
  beforeAll(() => {
    env = imitate();
  });

  test("each way in which the GPU's own tests end a process or worker", () => {
    const { passed, failed, said } = runGpuTests('processes.gpu.mjs', env);
    expect([passed, failed], said).toEqual([13, 0]);
  }, 300_000);

  test('workers that are terminated at any moment, in a capture too, leave nothing behind', () => {
    const url = dataUrl(`
      import { parentPort } from 'node:worker_threads';
      import { images, train } from '${program}';
      const batches = images(2560);
      parentPort.postMessage('ready');
      for (;;) await train({ epochs: 3, batches });`);
    const { after, epochs } = say(
      env,
      `const { Worker } = await import('node:worker_threads');
      for (let i = 0; i < 20; i++) {
        const worker = new Worker(new URL(${JSON.stringify(url)}));
        await new Promise((resolve, reject) => { worker.once('message', resolve); worker.once('error', reject); });
        await new Promise((resolve) => setTimeout(resolve, 4 * i));
        await worker.terminate();
      }
      const epochs = await train({ epochs: 1 });
      return { after: cuda.memoryReserved(), epochs };`,
    ) as { after: number; epochs: unknown };
    expect(epochs).toMatchObject([{ engine: 'graph', captures: 2 }]);
    // What cuBLAS keeps for two streams, two sets of the data, and the allocator's rounding.
    expect(after).toBeLessThan(350e6);
  });

  test('workers that train on one device at the same time capture each for itself', () => {
    const url = dataUrl(`
      import { parentPort, workerData } from 'node:worker_threads';
      import { images, train } from '${program}';
      const batches = images(400);
      parentPort.postMessage('ready');
      Atomics.wait(new Int32Array(workerData), 0, 0);
      const told = [];
      for (let i = 0; i < 8; i++) told.push(...(await train({ epochs: 1, batches })));
      parentPort.postMessage(told.map(({ engine, reason }) => engine + ': ' + reason));`);
    const told = say(
      env,
      `const { Worker } = await import('node:worker_threads');
      const start = new SharedArrayBuffer(4);
      const workers = [0, 1, 2].map(() => new Worker(new URL(${JSON.stringify(url)}), { workerData: start }));
      const answers = () => Promise.all(workers.map((worker) => new Promise((resolve, reject) => {
        worker.once('message', resolve);
        worker.once('error', reject);
      })));
      await answers();
      const told = answers();
      Atomics.store(new Int32Array(start), 0, 1);
      Atomics.notify(new Int32Array(start), 0);
      return (await told).flat();`,
    );
    expect(told).toEqual(Array(24).fill('graph: the step is captured'));
  });
});
