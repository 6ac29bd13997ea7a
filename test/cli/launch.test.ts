// `lenet-torch launch` with processes as users start them: small scripts, each told what to do by its rank.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';

import { allowedCores, coresIn } from '../../lib/context/quota.js';
import { launchedBy } from '../../lib/distributed/environment/index.js';
import { byHand, pytorchjob, srun, torchrun, trainer } from '../distributed/environments.js';
import { temporaryFolder } from '../folder.js';
import { cli, run, start, XDG_CACHE_HOME } from './run.js';

const folder = temporaryFolder("lenet-torch-launch it's ", afterAll);
let scripts = 0;

/** A script whose ranks do what `body` says; `rank` is known. */
function script(body: string, extension = 'mjs'): string {
  const path = join(folder, `script${scripts++}.${extension}`);
  writeFileSync(path, `const rank = Number(process.env.RANK);\n${body}\n`);
  return path;
}

const launch = (words: readonly string[], env: NodeJS.ProcessEnv = {}) =>
  run(['launch', ...words], { env });

const forever = 'setInterval(() => {}, 1000);';
const survivor = `process.on('SIGTERM', () => console.error('no')); ${forever}`;

async function until<T>(what: () => T | undefined | false): Promise<T> {
  for (;;) {
    const found = what();
    if (found) return found;
    await wait(20);
  }
}

// Zombies count as gone: whoever adopts orphans here may not look after them.
const isAlive = (pid: number): boolean => {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
};

function endLater(...pids: number[]): void {
  onTestFinished(() => {
    for (const pid of pids) if (isAlive(pid)) process.kill(pid, 'SIGKILL');
  });
}

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

describe('where one fails', () => {
  test.each([
    [0, 3],
    [1, 7],
  ])('rank %d with exit code %d: the others get SIGTERM', (failing, code) => {
    const path = script(`
      if (rank === ${failing}) setTimeout(() => process.exit(${code}), 200);
      else {
        process.on('SIGTERM', () => { console.error('told'); process.exit(9); });
        ${forever}
      }`);
    const began = Date.now();
    const { status, stderr } = launch(['--nproc', '2', path]);
    expect(status).toBe(code);
    expect(stderr).toBe(
      `${failing === 0 ? '[rank 1] ' : ''}told\nlenet-torch: rank ${failing} ended with exit code ${code}\n`,
    );
    expect(Date.now() - began).toBeLessThan(4000);
  });

  test.each([
    ['SIGKILL', 137],
    ['SIGSEGV', 139],
    ['SIGTERM', 143],
  ])('by %s: 128 and its number', (signal, code) => {
    const path = script(
      `if (rank === 1) process.kill(process.pid, '${signal}'); else { ${forever} }`,
    );
    const { status, stderr } = launch(['--nproc', '2', path]);
    expect({ status, stderr }).toEqual({
      status: code,
      stderr: `lenet-torch: rank 1 was ended by ${signal}\n`,
    });
  });

  test('whoever does not follow SIGTERM is killed after 5 s, with what it has started', async () => {
    const pids = join(folder, 'stubborn');
    const path = script(`
      import { appendFileSync } from 'node:fs';
      import { spawn } from 'node:child_process';
      if (rank === 1) setTimeout(() => process.exit(4), 500);
      else if (process.argv[2] === undefined) {
        const child = spawn(process.execPath, [process.argv[1], 'below'], { stdio: 'inherit' });
        appendFileSync(${JSON.stringify(pids)}, process.pid + ' ' + child.pid + ' ');
        ${survivor}
      } else { ${survivor} }`);
    const began = Date.now();
    const { status } = launch(['--nproc', '2', path]);
    const took = Date.now() - began;
    expect(status).toBe(4);
    expect(took).toBeGreaterThan(5000);
    expect(took).toBeLessThan(9000);
    const both = readFileSync(pids, 'utf8').trim().split(' ').map(Number);
    expect(both).toHaveLength(2);
    endLater(...both);
    await until(() => !both.some(isAlive));
  }, 30_000);

  test('one that ended well is not waited for, and no failure', () => {
    const path = script('if (rank === 1) setTimeout(() => {}, 400);');
    expect(launch(['--nproc', '2', path])).toMatchObject({ status: 0, stdout: '', stderr: '' });
  });

  test('an error of a script: its text, and the line that names the rank', () => {
    const path = script(`if (rank === 1) throw new Error('chosen'); ${forever}`);
    const { status, stderr } = launch(['--nproc', '2', path]);
    expect(status).toBe(1);
    expect(stderr).toContain('[rank 1] Error: chosen\n');
    expect(stderr).toMatch(/lenet-torch: rank 1 ended with exit code 1\n$/);
  });
});

describe('signals', () => {
  const polite = `
    import { writeFileSync } from 'node:fs';
    for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => {
      console.error('got ' + signal);
      setTimeout(() => process.exit(Number(process.env.CODE)), rank * 300);
    });
    writeFileSync(${JSON.stringify(folder)} + '/ready' + rank + process.env.KEY, '');
    ${forever}`;
  const ready = (key: string) =>
    until(() => [0, 1].every((rank) => existsSync(join(folder, `ready${rank}${key}`))));

  test.each([
    ['SIGINT', '130', 130],
    ['SIGTERM', '130', 130],
    ['SIGINT', '0', 0],
  ] as const)(
    '%s is passed on once, and each ends in its own way (%s)',
    async (signal, CODE, code) => {
      const KEY = signal + CODE;
      const { child, end } = start(['launch', '--nproc', '2', script(polite)], { CODE, KEY });
      await ready(KEY);
      child.kill(signal);
      const { status, stderr } = await end;
      expect(status).toBe(code);
      expect(stderr.split('\n').sort()).toEqual([
        '',
        `[rank 1] got ${signal}`,
        `got ${signal}`,
        `lenet-torch: interrupted by ${signal}`,
      ]);
    },
  );

  test("a terminal's Ctrl-C, which goes to all of the foreground, arrives once too", async () => {
    const path = script(polite);
    const child = spawn(process.execPath, [cli, 'launch', '--nproc', '2', path], {
      detached: true,
      env: { ...process.env, CODE: '130', KEY: 'terminal' },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    endLater(child.pid!);
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text) => {
      stderr += text;
    });
    await ready('terminal');
    process.kill(-child.pid!, 'SIGINT');
    const [status] = await once(child, 'close');
    expect(status).toBe(130);
    expect(stderr.match(/got SIGINT/g)).toHaveLength(2);
  });

  test('what has no ear for SIGINT ends by it: 130', async () => {
    const path = script(`console.log('on'); ${forever}`);
    const { child, end } = start(['launch', '--nproc', '1', '--max-restarts', '3', path]);
    await once(child.stdout, 'data');
    child.kill('SIGINT');
    expect(await end).toMatchObject({
      status: 130,
      stderr: 'lenet-torch: interrupted by SIGINT\n',
    });
  });

  test('one that does not end after an interrupt is killed 5 s after the first has', async () => {
    const path = script(`
      process.on('SIGINT', () => { if (rank === 0) process.exit(130); });
      setTimeout(() => console.log('on'), 300);
      ${forever}`);
    const { child, end } = start(['launch', '--nproc', '2', path]);
    await once(child.stdout, 'data');
    await wait(300);
    const began = Date.now();
    child.kill('SIGINT');
    expect((await end).status).toBe(130);
    expect(Date.now() - began).toBeGreaterThan(4900);
  }, 30_000);
});

describe('nothing outlives a launcher that is killed', () => {
  const writes = `
    import { writeFileSync } from 'node:fs';
    import { spawn } from 'node:child_process';
    const below = spawn(process.execPath, ['-e', ${JSON.stringify(forever)}], { stdio: 'ignore' });
    writeFileSync(process.argv[2] + rank, process.pid + ' ' + below.pid);`;

  const started = async (key: string): Promise<number[]> => {
    const files = [0, 1].map((rank) => join(folder, `${key}${rank}`));
    const texts = await until(() => {
      const all = files.map((path) => (existsSync(path) ? readFileSync(path, 'utf8') : ''));
      return all.every((text) => /^\d+ \d+$/.test(text)) && all;
    });
    const pids = texts.flatMap((text) => text.split(' ').map(Number));
    endLater(...pids);
    expect(pids.filter(isAlive)).toEqual(pids);
    return pids;
  };

  test('by SIGKILL', async () => {
    const words = ['launch', '--nproc', '2', script(`${writes} ${forever}`), join(folder, 'a')];
    const { child } = start(words);
    const pids = await started('a');
    child.kill('SIGKILL');
    const began = Date.now();
    await until(() => !pids.some(isAlive));
    expect(Date.now() - began).toBeLessThan(4000);
  });

  test('by SIGHUP, and processes that do not follow SIGTERM', async () => {
    const words = ['launch', '--nproc', '2', script(`${writes} ${survivor}`), join(folder, 'b')];
    const { child } = start(words);
    const pids = await started('b');
    child.kill('SIGHUP');
    const began = Date.now();
    await until(() => !pids.some(isAlive));
    expect(Date.now() - began).toBeGreaterThan(4000);
  }, 30_000);

  test('and nothing is left after a good end, the guard neither', async () => {
    const env = { LAUNCH_TEST: 'good-end' };
    const path = script('if (rank === 0) console.log(process.ppid);');
    const { status } = launch(['--nproc', '2', path], env);
    expect(status).toBe(0);
    const left = () =>
      spawnSync('sh', ['-c', 'grep -lz "^LAUNCH_TEST=good-end$" /proc/[0-9]*/environ'], {
        encoding: 'utf8',
      }).stdout;
    await until(() => left() === '');
  });
});

describe('--max-restarts', () => {
  const tells = `
    const { TORCHELASTIC_RESTART_COUNT: count, TORCHELASTIC_MAX_RESTARTS: most, MASTER_PORT } = process.env;
    if (rank === 0) console.log(count, most, MASTER_PORT);`;

  test('all are started again, with their count and another port', () => {
    const path = script(`
      import { existsSync, writeFileSync } from 'node:fs';
      ${tells}
      const file = ${JSON.stringify(join(folder, 'attempt'))} + count;
      if (rank === 0) writeFileSync(file, '');
      if (count < '2') setInterval(() => rank === 1 && existsSync(file) && process.exit(5), 20);`);
    const { status, stdout, stderr } = launch(['--nproc', '2', '--max-restarts', '3', path]);
    expect(status).toBe(0);
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => line.split(' '));
    expect(lines.map(([count, most]) => [count, most])).toEqual([
      ['0', '3'],
      ['1', '3'],
      ['2', '3'],
    ]);
    expect(new Set(lines.map(([, , port]) => port)).size).toBe(3);
    expect(stderr).toBe(
      'lenet-torch: rank 1 ended with exit code 5; all are started again (1 of 3)\n' +
        'lenet-torch: rank 1 ended with exit code 5; all are started again (2 of 3)\n',
    );
  });

  test('until there are none left', () => {
    const path = script(`if (rank === 1) process.kill(process.pid, 'SIGKILL'); ${forever}`);
    const { status, stderr } = launch(['--nproc', '2', '--max-restarts', '1', path]);
    expect({ status, stderr }).toEqual({
      status: 137,
      stderr:
        'lenet-torch: rank 1 was ended by SIGKILL; all are started again (1 of 1)\n' +
        'lenet-torch: rank 1 was ended by SIGKILL\n',
    });
  });

  test('a port that was given stays', () => {
    const path = script(`${tells} process.exit(count === '0' ? 1 : 0);`);
    const words = ['--nproc', '1', '--max-restarts', '1', '--master-port', '29555', path];
    expect(launch(words)).toMatchObject({ status: 0, stdout: '0 1 29555\n1 1 29555\n' });
  });
});

describe('refused', () => {
  const path = script('console.log("started");');
  const usage = 2;
  test.each<[readonly string[], number, RegExp]>([
    [[path], usage, /required option '--nproc <n>' not specified/],
    [['--nproc', '2'], usage, /missing required argument 'command'/],
    [['--nproc', '2', '--'], usage, /missing required argument 'command'/],
    [
      ['--nproc', '0', path],
      usage,
      /'--nproc <n>' argument '0' is invalid. Expected an integer from 1 to 1024/,
    ],
    [['--nproc', 'auto', path], usage, /argument 'auto' is invalid/],
    [['--nproc', '2', 'trian'], usage, /'trian' cannot be launched: expected a command/],
    [['--nproc', '2', 'launch'], usage, /'launch' cannot be launched/],
    [['--nproc', '2', '--epochs', '5', 'train'], usage, /unknown option '--epochs'/],
    [
      ['--nproc', '2', join(folder, 'none.mjs')],
      1,
      /ERR_FILE_NOT_FOUND: .*none\.mjs does not exist/,
    ],
    [['--nproc', '2', '--node-rank', '1', path], usage, /--node-rank 1: there is one host/],
    [['--nproc', '2', '--nnodes', '2', path], usage, /--nnodes 2 needs --node-rank, --master-addr/],
    [
      ['--nproc', '2', '--nnodes', '2', '--node-rank', '0', '--master-addr', 'a', path],
      usage,
      /needs .* --master-port/,
    ],
    [
      '--nproc 1 --nnodes 2 --node-rank 2 --master-addr a --master-port 1'.split(' ').concat(path),
      usage,
      /--node-rank 2: expected one below --nnodes 2/,
    ],
    [
      '--nproc 1 --nnodes 2 --node-rank 0 --master-addr a --master-port 70000'
        .split(' ')
        .concat(path),
      usage,
      /'70000' is invalid/,
    ],
    [
      '--nproc 1 --nnodes 2 --node-rank 0 --master-addr a --master-port 1 --max-restarts 1'
        .split(' ')
        .concat(path),
      usage,
      /--max-restarts goes with one host/,
    ],
    [['--nproc', '1', '--max-restarts', '-1', path], usage, /'-1' is invalid/],
  ])('%s', (words, code, text) => {
    const { status, stdout, stderr } = launch(words);
    expect({ status, stdout }).toEqual({ status: code, stdout: '' });
    expect(stderr).toMatch(text);
    expect(stderr).not.toContain('    at ');
  });

  test.each<[string, NodeJS.ProcessEnv, number, RegExp]>([
    ['in torchrun', torchrun, 1, /ERR_DISTRIBUTED_ENVIRONMENT: TORCHELASTIC_RUN_ID is set/],
    ['in another launch', { ...byHand, LOCAL_RANK: '0' }, 1, /: LOCAL_RANK is set/],
    ['a pod with auto', { ...trainer, PET_NPROC_PER_NODE: 'auto' }, 0, /^\[rank \d\] started\n/],
    [
      'a pod with elastic hosts',
      { ...trainer, PET_NNODES: '1:3' },
      2,
      /'1:3' from env 'PET_NNODES' is inv/,
    ],
  ])('%s', (_, env, code, text) => {
    const { status, stderr } = launch(['--nproc', '1', path], env);
    expect(status).toBe(code);
    expect(stderr).toMatch(text);
  });

  test('a launch in each task of a step would start a group in each: its processes do not', () => {
    const who = script(`
      const { launchedBy } = await import(${JSON.stringify(new URL('../../dist/distributed/environment/index.js', import.meta.url).href)});
      try { console.log(launchedBy().launcher); } catch (error) { console.log(error.code); }`);
    const { stdout } = launch(['--nproc', '2', who], { ...srun, SLURM_GTIDS: '2' });
    expect(stdout).toBe('ERR_DISTRIBUTED_ENVIRONMENT\n');
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
