import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';

const child = new URL('worker.child.mjs', import.meta.url);

type Work = 'import' | 'train' | 'forever';

function start(work: Work): Worker {
  return new Worker(child, { workerData: { work } });
}

async function finish(worker: Worker): Promise<{ message: unknown; code: number }> {
  const exit = once(worker, 'exit');
  const [message] = await once(worker, 'message');
  const [code] = await exit;
  return { message, code };
}

test('two workers train at once', async () => {
  const results = await Promise.all([finish(start('train')), finish(start('train'))]);
  expect(results).toEqual([
    { message: true, code: 0 },
    { message: true, code: 0 },
  ]);
});

test('a worker that only imports, several times over', async () => {
  for (let i = 0; i < 4; i++) {
    expect(await finish(start('import'))).toMatchObject({ code: 0 });
  }
});

test('a worker can be ended in the middle of training, and another one started', async () => {
  for (let i = 0; i < 3; i++) {
    const worker = start('forever');
    await once(worker, 'message');
    await new Promise((resolve) => setTimeout(resolve, 20 * i));
    await worker.terminate();
  }
  expect((await finish(start('train'))).message).toBe(true);
});

// The main thread of this process never loads libtorch: the worker's addon is all there is.
test('a process whose workers alone import the package ends cleanly', () => {
  const program = `
    import { Worker } from 'node:worker_threads';
    const file = new URL(${JSON.stringify(child.href)});
    for (const work of ['import', 'train']) {
      const worker = new Worker(file, { workerData: { work }, execArgv: [] });
      await new Promise((resolve) => worker.once('exit', resolve));
    }
    console.log('done');`;
  const run = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    encoding: 'utf8',
    timeout: 60_000,
  });
  expect(run).toMatchObject({ status: 0, stdout: 'done\n', signal: null });
});
