// `lenet-torch launch`: the processes it starts, and what they print.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, test } from 'vitest';

import { allowedCores, coresIn } from '../../../lib/context/quota.js';
import { launchedBy } from '../../../lib/distributed/environment/index.js';
import { pytorchjob, trainer } from '../../distributed/environments.js';
import { cli, XDG_CACHE_HOME } from '../run.js';
import { launch, script } from './scripts.js';

describe('the processes', () => {
  const cores = allowedCores() ?? [];

  test.runIf(cores.length > 1)('are bound to cores of their own where that is asked', () => {
    const path = script(
      "import { readFileSync } from 'node:fs';" +
        "const [, list] = /Cpus_allowed_list:\\s*(.*)/.exec(readFileSync('/proc/self/status', 'utf8'));" +
        'console.error(JSON.stringify({ rank, list, threads: process.env.OMP_NUM_THREADS }));',
    );
    const { status, stderr } = launch(['--nproc', '2', '--bind-to', 'core', '--', path]);
    expect(status).toBe(0);
    const said = [...stderr.matchAll(/\{.*\}/g)].map(([text]) => JSON.parse(text));
    const half = Math.floor(cores.length / 2);
    const of = (rank: number) => coresIn(said.find((each) => each.rank === rank).list);
    expect([of(0), of(1)]).toEqual([cores.slice(0, half), cores.slice(half, 2 * half)]);
    expect(said[0].threads).toBe(`${half}`);
  });

  test('are not bound where there are too few cores', () => {
    const path = script("console.log('ran');");
    const { status, stdout, stderr } = launch(['--nproc', '1000', '--bind-to', 'core', '--', path]);
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/ERR_DISTRIBUTED_ENVIRONMENT.*1000 processes, and \d+ cores/s);
  });

  test("have torchrun's variables, and the arguments that were given", () => {
    const path = script('console.log(JSON.stringify([process.env, process.argv.slice(2)]));');
    const words = ['--nproc', '3', '--', path, '--epochs', '5', '--', 'a b'];
    const { status, stdout, stderr } = launch(words, {
      OMP_NUM_THREADS: undefined,
      TORCHELASTIC_ERROR_FILE: '/tmp/of-another',
    });
    expect(status).toBe(0);
    const said = [stdout, ...stderr.trim().split('\n').sort()].map((line) =>
      JSON.parse(line.replace(/^\[rank \d\] /, '')),
    );
    const ports = new Set<string>();
    for (const [rank, [env, args]] of said.entries()) {
      expect(args).toEqual(['--epochs', '5', '--', 'a b']);
      expect(env).toMatchObject({
        RANK: String(rank),
        LOCAL_RANK: String(rank),
        GROUP_RANK: '0',
        WORLD_SIZE: '3',
        LOCAL_WORLD_SIZE: '3',
        GROUP_WORLD_SIZE: '1',
        MASTER_ADDR: '127.0.0.1',
        TORCHELASTIC_RESTART_COUNT: '0',
      });
      expect(env.OMP_NUM_THREADS).toMatch(/^[1-9]\d*$/);
      expect(env).not.toHaveProperty('TORCHELASTIC_ERROR_FILE');
      ports.add(env.MASTER_PORT);
      expect(launchedBy(env, () => false)).toMatchObject({
        launcher: 'environment',
        rank,
        worldSize: 3,
        localRank: rank,
        localWorldSize: 3,
        masterPort: Number(env.MASTER_PORT),
        isStoreServed: false,
        attempt: 0,
        notes: [],
      });
    }
    expect(ports.size).toBe(1);
  });

  test("keep the user's OMP_NUM_THREADS", () => {
    const path = script('console.log(process.env.OMP_NUM_THREADS);');
    const { stdout } = launch(['--nproc', '2', path], { OMP_NUM_THREADS: '7' });
    expect(stdout).toBe('7\n');
  });

  test('are numbered through over hosts', () => {
    const path = script(
      'const { WORLD_SIZE, LOCAL_RANK, MASTER_ADDR, MASTER_PORT } = process.env;' +
        'console.log(rank, WORLD_SIZE, LOCAL_RANK, MASTER_ADDR, MASTER_PORT);',
    );
    const place = '--nnodes 2 --node-rank 1 --master-addr host1 --master-port 29500'.split(' ');
    const { stdout, stderr } = launch(['--nproc', '2', ...place, '--', path]);
    expect(stdout).toBe('');
    expect(stderr.trim().split('\n').sort()).toEqual([
      '[rank 2] 2 4 0 host1 29500',
      '[rank 3] 3 4 1 host1 29500',
    ]);
  });

  test.each([
    ['Kubeflow Trainer', { ...trainer, PET_NPROC_PER_NODE: '2' }, '2 4 job-node-0-0.job 29400'],
    [
      'PyTorchJob',
      { ...pytorchjob, WORLD_SIZE: '6', PET_NPROC_PER_NODE: '2' },
      '2 6 job-master-0 23456',
    ],
  ])("take a pod's variables for options: %s", (_, env, expected) => {
    const path = script(
      'const { WORLD_SIZE, MASTER_ADDR, MASTER_PORT, LOCAL_RANK, PET_NNODES } = process.env;' +
        "if (LOCAL_RANK === '0') console.log(rank, WORLD_SIZE, MASTER_ADDR, MASTER_PORT, PET_NNODES);",
    );
    const { status, stderr } = launch([path], env);
    expect({ status, stderr }).toEqual({ status: 0, stderr: `[rank 2] ${expected} undefined\n` });
  });

  test.each(['mjs', 'cjs', 'js'])('run a script with .%s', (extension) => {
    const path = script('console.log(rank);', extension);
    expect(launch(['--nproc', '1', path])).toMatchObject({ status: 0, stdout: '0\n', stderr: '' });
  });

  test('run commands of lenet-torch', () => {
    const { status, stdout, stderr } = launch(['--nproc', '2', '--', 'train', '--help']);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^Usage: lenet-torch train/);
    expect(stderr).toMatch(/^\[rank 1\] Usage: lenet-torch train/);
  });
});

describe('output', () => {
  test("rank 0's passes untouched, bytes and all; the others' lines are whole", () => {
    const path = script(`
      const out = (bytes) => new Promise((done) => process.stdout.write(bytes, done));
      if (rank === 0) {
        await out(Buffer.from([0xff, 0x0d, 0x41]));
        process.stderr.write('warned\\n');
      } else {
        for (let i = 0; i < 200; i++) {
          await out('a');
          await out(rank + 'é'.repeat(i % 7) + '\\n' + 'b');
          await out('\\n');
        }
        await out('the end');
      }`);
    const child = spawnSync(process.execPath, [cli, 'launch', '--nproc', '3', path]);
    expect([...child.stdout]).toEqual([0xff, 0x0d, 0x41]);
    const lines = child.stderr.toString().split('\n');
    expect(lines.pop()).toBe('');
    const odd = lines.filter((line) => !/^\[rank ([12])\] (a\1é*|b|the end)$/.test(line));
    expect(odd).toEqual(['warned']);
    expect(lines.length).toBe(2 * 401 + 1);
  });

  test('of a terminal stays one for rank 0', () => {
    const path = script(
      'if (rank === 0) console.log([process.stdout.isTTY, !process.stdin.isTTY].join());',
    );
    const words = `exec "$NODE" "$CLI" launch --nproc 2 -- "$FILE"`;
    const { stdout } = spawnSync('script', ['-qec', words, '/dev/null'], {
      encoding: 'utf8',
      input: '',
      env: { ...process.env, NODE: process.execPath, CLI: cli, FILE: path },
    });
    expect(stdout).toContain('true,true');
  });

  test('that nobody reads is no failure', async () => {
    const path = script("for (let i = 0; i < 1000; i++) console.error('x'.repeat(100));");
    const child = spawn(process.execPath, [cli, 'launch', '--nproc', '2', path], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    child.stderr.once('data', () => child.stderr.destroy());
    const [status, signal] = await once(child, 'exit');
    // Rank 0 writes there itself, and fails as it would alone.
    expect(signal).toBeNull();
    expect([0, 1]).toContain(status);
  });
});

test('train is shared among them, and the first one prints for all', () => {
  const few = ['--limit-train', '600', '--limit-test', '100', '--batch-size', '20', '--seed', '0'];
  const { status, stdout, stderr } = launch(
    ['--nproc', '2', '--', 'train', '--epochs', '2', ...few],
    {
      XDG_CACHE_HOME,
    },
  );
  expect(status, stderr).toBe(0);
  expect(stdout.replace(/\d+\.\d+/g, '#')).toBe(
    'training on cpu\n' +
      'epoch 1, loss #, train acc #, test acc #, time # sec\n' +
      'epoch 2, loss #, train acc #, test acc #, time # sec\n',
  );
  expect(stderr).toMatch(/^lenet-torch: 2 processes \(.*\) met at 127\.0\.0\.1:\d+$/m);
  expect(stderr.match(/weights kept/g)).toHaveLength(1);
});
