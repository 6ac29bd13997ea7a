// `lenet-torch launch` and signals: they reach all that it has started, and nothing outlives it.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';

import { cli, start } from '../run.js';
import { endLater, folder, forever, isAlive, launch, script, survivor, until } from './scripts.js';

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
