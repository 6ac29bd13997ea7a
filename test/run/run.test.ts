import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { describe, expect, onTestFinished, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { coded, invalid } from '../coded.js';
import { temporaryFolder } from '../folder.js';
import {
  batchSize,
  finish,
  lenet,
  type Make,
  metricsOf,
  resumed,
  smallLoaders,
  trained,
} from './trainings.js';

const built = fileURLToPath(new URL('../../dist/index.js', import.meta.url));

test('the folder: configuration, metrics, weights that load, nothing temporary', async () => {
  const dir = await trained(2);
  expect(readdirSync(dir).sort()).toEqual([
    'best.safetensors',
    'checkpoint.safetensors',
    'config.json',
    'epochs',
    expect.stringMatching(/^events\.out\.tfevents\./),
    'metrics.jsonl',
    'run.lock',
  ]);
  const config = JSON.parse(readFileSync(join(dir, 'config.json'), 'utf8'));
  expect(config).toMatchObject({
    format: 1,
    model: { name: 'lenet', state: { 'conv.0.weight': 'float32 [6, 1, 5, 5]' } },
    optimizer: { name: 'Adam', groups: [{ lr: 0.01, params: 10 }] },
    batchSize,
    epochs: 2,
    seed: '3',
  });
  const lines = metricsOf(dir).slice(0, -1);
  expect(lines.map((line) => JSON.parse(line).epoch)).toEqual([1, 2]);
  const { metadata } = await torch.loadSafetensors(join(dir, 'best.safetensors'));
  expect(metadata.model).toBe('lenet');
  const net = new torch.LeNet();
  net.loadStateDict(await torch.load(join(dir, 'best.safetensors')));
  const { testIter } = smallLoaders();
  expect(String(await torch.evaluate(testIter, net))).toBe(metadata.testAcc);
});

test('numbers that JSON lacks are written as text, and read back', async () => {
  const dir = join(temporaryFolder(), 'run');
  const X = torch.full([4, 1, 28, 28], Number.NaN);
  const data = [[X, torch.tensor([0n, 1n, 2n, 3n])]] as const;
  const make: Make = () => ({ ...lenet(), trainIter: data, testIter: data });
  await finish(await torch.Run.create(dir), make(), 1);
  expect(metricsOf(dir)[0]).toContain('"loss":"NaN"');
  expect((await resumed(dir, make, 1)).history.epochs[0]?.loss).toBeNaN();
});

describe('a folder is held by one', () => {
  const taken = coded('ERR_RUN_LOCKED', `by process ${process.pid}`);

  test('in a process: until the run is closed or its training has ended', async () => {
    const dir = join(temporaryFolder(), 'run');
    const run = await torch.Run.create(dir);
    await expect(torch.Run.create(dir)).rejects.toThrow(taken);
    await run.close();
    const again = await torch.Run.create(dir);
    const refused = async (): Promise<void> => {
      await expect(torch.Run.resume(dir)).rejects.toThrow(taken);
    };
    await finish(again, { ...lenet(), onEpoch: refused }, 1);
    const third = await torch.Run.resume(dir);
    await expect(torch.Run.resume(dir)).rejects.toThrow(taken);
    await third.close();
  });

  test('in a worker, whose end lets go of it', async () => {
    const dir = join(temporaryFolder(), 'run');
    const worker = new Worker(
      `import(${JSON.stringify(built)}).then(async ({ Run }) => {
        await Run.create(${JSON.stringify(dir)});
        require('node:worker_threads').parentPort.postMessage('held');
        setInterval(() => {}, 1000);
      });`,
      { eval: true },
    );
    await once(worker, 'message');
    await expect(torch.Run.create(dir)).rejects.toThrow(taken);
    await worker.terminate();
    await (await torch.Run.create(dir)).close();
  });

  test('in another process, whose death lets go of it', async () => {
    const dir = join(temporaryFolder(), 'run');
    const script = `import { Run } from ${JSON.stringify(built)};
      await Run.create(${JSON.stringify(dir)});
      console.log('held');
      setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', script]);
    onTestFinished(() => void child.kill('SIGKILL'));
    await once(child.stdout, 'data');
    const theirs = coded('ERR_RUN_LOCKED', `by process ${child.pid}`);
    await expect(torch.Run.create(dir)).rejects.toThrow(theirs);
    child.kill('SIGKILL');
    await once(child, 'exit');
    await (await torch.Run.create(dir)).close();
  });
});

test('a run serves one training', async () => {
  const run = await torch.Run.create(join(temporaryFolder(), 'run'));
  await finish(run, lenet(), 1);
  await expect(finish(run, lenet(), 2)).rejects.toThrow(invalid('Run.resume'));
  await expect(finish('run' as never, lenet(), 2)).rejects.toThrow(invalid('a Run'));
});
