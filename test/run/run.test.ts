import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';

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
} from './trainings.js';

const built = fileURLToPath(new URL('../../dist/index.js', import.meta.url));

async function trained(epochs = 1): Promise<string> {
  const dir = join(temporaryFolder(), 'run');
  await finish(await torch.Run.create(dir), lenet(), epochs);
  return dir;
}

test('the folder: configuration, metrics, weights that load, nothing temporary', async () => {
  const dir = await trained(2);
  expect(readdirSync(dir).sort()).toEqual([
    'best.safetensors',
    'checkpoint.safetensors',
    'config.json',
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

describe('what is no run, or no longer', () => {
  test.each<[string, () => Promise<unknown>, string, string]>([
    [
      'no folder',
      () => torch.Run.resume(join(temporaryFolder(), 'none')),
      'ERR_RUN_NOT_FOUND',
      'no such folder',
    ],
    [
      'an empty one',
      () => torch.Run.resume(temporaryFolder()),
      'ERR_RUN_NOT_FOUND',
      'no config.json',
    ],
    ['a file', () => torch.Run.create(built), 'ERR_FILE_WRITE', built],
    [
      'nothing to make folders in',
      () => torch.Run.create('/proc/a/b'),
      'ERR_FILE_WRITE',
      '/proc/a/b',
    ],
    ['a device', () => torch.Run.create('/dev/null'), 'ERR_FILE_WRITE', 'no folder'],
    ['a number', () => torch.Run.create(7 as never), 'ERR_INVALID_ARG', 'got 7'],
    ['no string', () => torch.Run.resume(''), 'ERR_INVALID_ARG', "got ''"],
    [
      'when?',
      () => torch.Run.create(temporaryFolder(), { checkpointEvery: '0steps' }),
      'ERR_INVALID_ARG',
      "got '0steps'",
    ],
    [
      'no state',
      () => torch.Run.create(temporaryFolder(), { extras: { a: {} as never } }),
      'ERR_INVALID_ARG',
      "'a': expected stateDict()",
    ],
  ])('%s', async (_, act, code, text) => {
    await expect(act()).rejects.toThrow(coded(code, text));
  });

  test('a folder with something in it is left alone', async () => {
    const dir = temporaryFolder();
    writeFileSync(join(dir, 'thesis.txt'), 'all of it');
    await expect(torch.Run.create(dir)).rejects.toThrow(coded('ERR_RUN_EXISTS', 'thesis.txt'));
    expect(readdirSync(dir)).toEqual(['thesis.txt']);
    const run = await trained();
    await expect(torch.Run.create(run)).rejects.toThrow(coded('ERR_RUN_EXISTS', 'resume it'));
  });

  test('damaged files are named, and nothing is put in their place', async () => {
    const dir = await trained();
    const path = (name: string): string => join(dir, name);
    const damaged = async (name: string, damage: (file: string) => void, code: string) => {
      copyFileSync(path(name), path('copy'));
      damage(path(name));
      await expect(torch.Run.resume(dir)).rejects.toThrow(coded(code, path(name)));
      copyFileSync(path('copy'), path(name));
      rmSync(path('copy'));
    };
    const cut = (file: string): void => truncateSync(file, statSync(file).size - 2);
    await damaged('checkpoint.safetensors', cut, 'ERR_FILE_CORRUPT');
    await damaged('checkpoint.safetensors', rmSync, 'ERR_RUN_CORRUPT');
    const best = (file: string): void => copyFileSync(path('best.safetensors'), file);
    await damaged('checkpoint.safetensors', best, 'ERR_RUN_CORRUPT');
    await damaged('metrics.jsonl', cut, 'ERR_RUN_CORRUPT');
    const other = (file: string): void => writeFileSync(file, 'x'.repeat(statSync(file).size));
    await damaged('metrics.jsonl', other, 'ERR_RUN_CORRUPT');
    await damaged('config.json', cut, 'ERR_RUN_CORRUPT');
    await damaged('config.json', (file) => writeFileSync(file, '{"format":2}'), 'ERR_RUN_CORRUPT');
    await (await torch.Run.resume(dir)).close();
  });

  test('a run that was killed before its first checkpoint begins anew', async () => {
    const dir = await trained();
    const wanted = metricsOf(dir);
    rmSync(join(dir, 'checkpoint.safetensors'));
    writeFileSync(join(dir, 'metrics.jsonl'), '');
    writeFileSync(join(dir, '.tmp-12345-0123456789ab'), 'half');
    await resumed(dir, lenet, 1);
    expect(metricsOf(dir)).toEqual(wanted);
    expect(existsSync(join(dir, '.tmp-12345-0123456789ab'))).toBe(false);
  });
});

test('a run serves one training', async () => {
  const run = await torch.Run.create(join(temporaryFolder(), 'run'));
  await finish(run, lenet(), 1);
  await expect(finish(run, lenet(), 2)).rejects.toThrow(invalid('Run.resume'));
  await expect(finish('run' as never, lenet(), 2)).rejects.toThrow(invalid('a Run'));
});

describe('a run goes on with what it was begun with', () => {
  const other = (change: (setup: ReturnType<Make>) => object): Make => {
    return () => {
      const setup = lenet();
      return { ...setup, ...change(setup) };
    };
  };
  const netWith = (net: torch.nn.Module) => ({
    net,
    optimizer: new torch.optim.Adam(net.parameters(), { lr: 0.01 }),
  });
  const { DataLoader, Subset } = torch.data;
  const datasetOf = ({ trainIter }: ReturnType<Make>) =>
    (trainIter as unknown as torch.data.DataLoader<readonly [torch.Tensor, torch.Tensor]>).dataset;

  test.each<[string, Make, string]>([
    [
      'model',
      other(() =>
        netWith(new torch.nn.Sequential(new torch.nn.Flatten(), new torch.nn.Linear(784, 10))),
      ),
      'model.name: lenet there, sequential here',
    ],
    [
      'layers',
      other(() =>
        netWith(
          new (class LeNet extends torch.LeNet {
            override fc = new torch.nn.Sequential(
              new torch.nn.Linear(256, 120),
              new torch.nn.ReLU(),
              new torch.nn.Linear(120, 84),
              new torch.nn.Sigmoid(),
              new torch.nn.Linear(84, 10),
            );
          })(),
        ),
      ),
      '(1): Sigmoid() there, (1): ReLU() here',
    ],
    [
      'learning rate',
      other(({ net }) => ({ optimizer: new torch.optim.Adam(net.parameters(), { lr: 0.1 }) })),
      'optimizer.groups.0.lr: 0.01 there, 0.1 here',
    ],
    [
      'optimizer',
      other(({ net }) => ({ optimizer: new torch.optim.SGD(net.parameters(), { lr: 0.01 }) })),
      'optimizer.name: Adam there, SGD here',
    ],
    [
      'batch size',
      other((setup) => ({
        trainIter: new DataLoader(datasetOf(setup), { batchSize: 16, shuffle: true }),
      })),
      'data.train.batchSize: 32 there, 16 here',
    ],
    [
      'data',
      other((setup) => ({
        trainIter: new DataLoader(new Subset(datasetOf(setup), 149), { batchSize, shuffle: true }),
      })),
      'data.train.examples: 150 there, 149 here',
    ],
  ])('%s', async (_, make, text) => {
    const dir = await trained();
    const before = readFileSync(join(dir, 'config.json'), 'utf8');
    await expect(resumed(dir, make, 2)).rejects.toThrow(coded('ERR_RUN_MISMATCH', text));
    expect(readFileSync(join(dir, 'config.json'), 'utf8')).toBe(before);
  });

  test('bytes of the data', async () => {
    const dir = await trained();
    const make = other((setup) => {
      const { tensors } = datasetOf(setup) as unknown as torch.data.TensorDataset<torch.Tensor[]>;
      const [images, labels] = tensors as [torch.Tensor, torch.Tensor];
      const changed = new torch.data.TensorDataset(images.add(1e-3), labels);
      return { trainIter: new DataLoader(changed, { batchSize, shuffle: true }) };
    });
    await expect(resumed(dir, make, 2)).rejects.toThrow(
      coded('ERR_RUN_MISMATCH', 'data.train.sha256'),
    );
  });

  test('threads and engine', async () => {
    const dir = await trained();
    const threads = torch.getNumThreads();
    torch.setNumThreads(threads + 1);
    onTestFinished(() => torch.setNumThreads(threads));
    await expect(resumed(dir, lenet, 2, { engine: 'eager' })).rejects.toThrow(
      coded('ERR_RUN_MISMATCH', `engine: auto there, eager here; threads: ${threads} there`),
    );
  });
});

describe('a full disk ends the training, and the last checkpoint stays', () => {
  const script = (dir: string): string => `
    import * as torch from ${JSON.stringify(built)};
    torch.manualSeed(0);
    const net = new torch.LeNet();
    const X = torch.rand(64, 1, 28, 28), y = torch.zeros(64).to('int64');
    const run = await torch.Run.create(${JSON.stringify(dir)}, { checkpointEvery: '1steps' });
    const optimizer = new torch.optim.Adam(net.parameters());
    const { writeFileSync } = await import('node:fs');
    const onEpoch = ({ epoch }) => { if (epoch === 2) FILL; };
    await torch.train(net, [[X, y]], [[X, y]], 64, optimizer, 'cpu', 9, { log: null, run, onEpoch })
      .catch((error) => console.log(JSON.stringify({ code: error.code, message: error.message })));
  `;

  async function afterwards(dir: string): Promise<void> {
    expect(readdirSync(dir).filter((name) => name.startsWith('.tmp'))).toEqual([]);
    const run = await torch.Run.resume(dir);
    expect(run.epochs.length).toBe(1);
    await run.close();
  }

  function outputOf(text: string, wrap: string[] = []): { code: string; message: string } {
    const [command, ...args] = [...wrap, process.execPath, '--input-type=module', '--eval', text];
    const { stdout, stderr } = spawnSync(command as string, args, { encoding: 'utf8' });
    expect(stderr).toBe('');
    return JSON.parse(stdout);
  }

  test('a limit on the size of files', async () => {
    const dir = join(temporaryFolder(), 'run');
    // The checkpoint has some 560 kB: another 100 kB of text do not fit beside it.
    const fill = "run.extras.filling = { stateDict: () => 'x'.repeat(1e6), loadStateDict() {} }";
    const text = script(dir).replace('FILL', fill);
    const { code, message } = outputOf(text, ['prlimit', '--fsize=1000000']);
    expect(code).toBe('ERR_FILE_WRITE');
    expect(message).toContain(join(dir, 'checkpoint.safetensors'));
    await afterwards(dir);
  });

  const disk = temporaryFolder('lenet-torch-disk-', afterAll);
  const mounted =
    spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', disk], { stdio: 'ignore' })
      .status === 0;

  afterAll(() => {
    if (mounted) spawnSync('umount', [disk]);
  });

  test.runIf(mounted)('a disk of 2 MB (skipped where nothing may be mounted)', async () => {
    const dir = join(disk, 'run');
    const fill = `try { writeFileSync(${JSON.stringify(join(disk, 'other'))}, Buffer.alloc(4e6)) } catch {}`;
    const { code, message } = outputOf(script(dir).replace('FILL', fill));
    expect(code).toBe('ERR_NO_SPACE');
    expect(message).toContain('full');
    rmSync(join(disk, 'other'));
    await afterwards(dir);
  });
});
