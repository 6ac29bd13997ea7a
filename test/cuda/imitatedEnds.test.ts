// Processes and workers that end in the middle of a training on a GPU: with the imitation of CUDA.
import { pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';

import { cudaLibtorch, imitate, runGpuTests, say } from './forCuda.js';

describe.runIf(cudaLibtorch)('ends, by an imitation of CUDA', () => {
  let env: NodeJS.ProcessEnv = {};
  beforeAll(() => {
    env = imitate();
  });

  test("each way in which the GPU's own tests end a process or worker", () => {
    const { passed, failed, said } = runGpuTests('processes.gpu.mjs', env);
    expect([passed, failed], said).toEqual([13, 0]);
  }, 300_000);

  test('workers that are terminated at any moment, in a capture too, leave nothing behind', () => {
    const program = pathToFileURL('test/cuda/imitation/program.mjs');
    const worker = `
      import { parentPort } from 'node:worker_threads';
      import { images, train } from '${program}';
      const batches = images(2560);
      parentPort.postMessage('ready');
      for (;;) await train({ epochs: 3, batches });`;
    const url = `data:text/javascript,${encodeURIComponent(worker)}`;
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
});
