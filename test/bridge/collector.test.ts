import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';

const long = process.env.LENET_TORCH_LONG === '1';
const timeout = (long ? 20 : 2) * 60_000;

function run(file: string, ...args: (string | number)[]): Record<string, number> {
  const path = fileURLToPath(new URL(file, import.meta.url));
  return JSON.parse(
    execFileSync(process.execPath, [path, ...args.map(String)], { encoding: 'utf8' }),
  );
}

// Without the collector these grow by 4 MB a round, `numbers` by a handle.
test.each([
  { what: 'chain', rounds: long ? 100_000 : 500, tensors: 20, megabytes: 150 },
  { what: 'graphs', rounds: long ? 5000 : 200, tensors: 100, megabytes: 250 },
  { what: 'ring', rounds: long ? 20_000 : 1000, tensors: 200, megabytes: 200 },
  { what: 'training', rounds: long ? 10_000 : 400, tensors: 60, megabytes: 60 },
  { what: 'numbers', rounds: long ? 3_000_000 : 100_000, tensors: 1200, megabytes: 60 },
])(
  '$what: a synchronous loop without a scope stays flat',
  { timeout },
  ({ what, rounds, ...most }) => {
    const grown = run('collector.child.mjs', what, rounds);
    expect(grown.tensors).toBeLessThanOrEqual(most.tensors);
    expect(grown.megabytes).toBeLessThan(most.megabytes);
  },
);

test.each(long ? [1, 2, 3, 4, 5, 6, 7, 8] : [1, 2])(
  'what can be reached stays (seed %i)',
  { timeout },
  (seed) => {
    const result = run('held.child.mjs', seed, long ? 200_000 : 25_000);
    expect(result.checked).toBeGreaterThan(4000);
    expect(result.collected).toBeGreaterThan(0);
  },
);

test('a worker is ended in the middle of it', { timeout }, async () => {
  for (let i = 0; i < (long ? 30 : 4); i++) {
    const worker = new Worker(new URL('worker.child.mjs', import.meta.url), {
      workerData: { work: 'unscoped' },
    });
    await once(worker, 'message');
    await new Promise((resolve) => setTimeout(resolve, 7 * (i % 10)));
    await worker.terminate();
  }
});
