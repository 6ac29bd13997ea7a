import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
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

const index = fileURLToPath(new URL('../../dist/index.js', import.meta.url));
const loop = `
  import * as torch from ${JSON.stringify(index)};
  const w = torch.randn([64, 64], { requiresGrad: true });
  const step = () => torch.tidy(() => { w.matmul(w).sum().backward(); w.grad = null; });
  console.log('running');`;

test.each([
  ['natural end', `${loop} step();`, 0],
  [
    'process.exit in the middle',
    `${loop} setTimeout(() => process.exit(7), 50); setInterval(step);`,
    7,
  ],
  ['uncaught throw', `${loop} step(); throw new Error('mine');`, 1],
  ['unhandled rejection', `${loop} step(); await Promise.reject(new Error('mine'));`, 1],
])('exit: %s', (_, program, status) => {
  const run = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    encoding: 'utf8',
    timeout: 30_000,
  });
  expect(run).toMatchObject({ status, signal: null, stdout: 'running\n' });
});

test.each(['SIGINT', 'SIGTERM'] as const)('exit: %s ends the process at once', async (signal) => {
  const { spawn } = await import('node:child_process');
  const run = spawn(process.execPath, ['--input-type=module', '-e', `${loop} for (;;) step();`]);
  await once(run.stdout, 'data');
  const before = Date.now();
  run.kill(signal);
  const [, by] = await once(run, 'exit');
  expect(by).toBe(signal);
  expect(Date.now() - before).toBeLessThan(2000);
});
