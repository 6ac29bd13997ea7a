import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';

const start = (work: string): Worker =>
  new Worker(new URL('worker.child.mjs', import.meta.url), { workerData: work });

test.each(['endless', 'loop'])(
  'a worker is ended in a pass that calls JavaScript: %s',
  async (work) => {
    for (let i = 0; i < 4; i++) {
      const worker = start(work);
      await once(worker, 'message');
      await new Promise((resolve) => setTimeout(resolve, 30 * i));
      await worker.terminate();
    }
  },
);

test('two workers have passes that call JavaScript, and end with graphs that are kept', async () => {
  const ends = await Promise.all(
    [start('once'), start('once')].map(async (worker) => {
      const messages: unknown[] = [];
      worker.on('message', (message) => messages.push(message));
      const [code] = await once(worker, 'exit');
      return [code, messages];
    }),
  );
  expect(ends).toEqual([
    [0, ['running', 256]],
    [0, ['running', 256]],
  ]);
});
