import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, expect, test } from 'vitest';

import { cacheDir, ensureSpace, fileError, withLock } from '../../lib/libtorch/cache.js';
import { temporaryFolder } from '../folder.js';

let folder: string;

beforeEach(() => {
  folder = temporaryFolder('lenet cache é ');
});

test.each([
  [{ XDG_CACHE_HOME: '/x', HOME: '/h' }, '/x/lenet-torch'],
  [{ HOME: '/h' }, '/h/.cache/lenet-torch'],
  [{ XDG_CACHE_HOME: '', HOME: '/h' }, '/h/.cache/lenet-torch'],
  [{ XDG_CACHE_HOME: 'relative', HOME: '/h' }, '/h/.cache/lenet-torch'],
  [{}, path.join(os.homedir(), '.cache/lenet-torch')],
])('the cache folder of %o is %s', (env, expected) => {
  expect(cacheDir(env)).toBe(expected);
});

test('one holder at a time, named to those who wait; a failure releases', async () => {
  const holders: string[] = [];
  let inside = 0;
  const work = async () => {
    inside++;
    await sleep(20);
    const seen = inside--;
    return seen;
  };
  const lock = { onWait: (pid: string) => holders.push(pid) };
  const failing = withLock(folder, lock, () => Promise.reject(new Error('mine')));
  await expect(failing).rejects.toThrow('mine');
  const seen = await Promise.all(Array.from({ length: 8 }, () => withLock(folder, lock, work)));
  expect(seen).toEqual(Array(8).fill(1));
  expect(new Set(holders)).toEqual(new Set([String(process.pid)]));
});

test('two names of one folder are one lock', async () => {
  const link = `${folder}-link`;
  fs.symlinkSync(folder, link);
  let waited = false;
  await withLock(folder, {}, async () => {
    const onWait = () => {
      waited = true;
    };
    const other = withLock(link, { onWait }, async () => waited);
    await sleep(50);
    void other;
  });
  await withLock(link, {}, async () => {});
  fs.rmSync(link);
  expect(waited).toBe(true);
});

test('a holder that is killed releases, and its waiter goes on', async () => {
  const cache = new URL('../../dist/libtorch/cache.js', import.meta.url).href;
  const script = `
    const { withLock } = await import(${JSON.stringify(cache)});
    await withLock(process.argv[1], {}, () => {
      console.log('held');
      return new Promise((resolve) => setTimeout(resolve, 60_000));
    });
  `;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  const waiting = withLock(folder, { onWait: () => child.kill('SIGKILL') }, async () => 'done');
  expect(await waiting).toBe('done');
});

test('waiting can be interrupted', async () => {
  const interrupt = new AbortController();
  const reason = new Error('stop');
  await withLock(folder, {}, async () => {
    const waiting = withLock(folder, { signal: interrupt.signal }, async () => 'never');
    setTimeout(() => interrupt.abort(reason), 30);
    await expect(waiting).rejects.toBe(reason);
  });
});

test('space: enough, and not', async () => {
  await ensureSpace(folder, 1, 'nothing');
  await expect(ensureSpace(folder, 1e18, 'the world')).rejects.toMatchObject({
    code: 'ERR_NO_SPACE',
    message: expect.stringMatching(/^not enough disk space for the world: the disk of .* has \d+/),
  });
});

test.each([
  ['ENOSPC', 'ERR_NO_SPACE'],
  ['EDQUOT', 'ERR_NO_SPACE'],
  ['EACCES', 'ERR_CACHE'],
  ['EROFS', 'ERR_CACHE'],
  ['EIO', 'EIO'],
])('%s becomes %s', (code, expected) => {
  const error = Object.assign(new Error(code), { code });
  expect(fileError(error, '/x')).toMatchObject({ code: expected });
});
