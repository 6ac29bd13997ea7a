import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, onTestFinished } from 'vitest';

import { cacheDir } from '../../lib/libtorch/cache.js';
import { temporaryFolder } from '../folder.js';

/** The command as it is installed: built, in dist/. */
export const cli = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

export interface RunOptions {
  /** On top of this process's own; `undefined` takes a variable away. */
  env?: NodeJS.ProcessEnv;
  input?: Uint8Array | string;
  cwd?: string;
}

/** A cache with this machine's libtorch and data set, and without what its user has trained. */
export function lentCache(): string {
  const home = temporaryFolder('lenet-torch-cache-', afterAll);
  const cache = cacheDir({ XDG_CACHE_HOME: home });
  fs.mkdirSync(cache);
  for (const name of ['libtorch', 'datasets', 'libtorch-choice.json']) {
    const there = path.join(cacheDir(), name);
    if (fs.existsSync(there)) fs.symlinkSync(there, path.join(cache, name));
  }
  return home;
}

/** Where a test file's commands keep what they train. */
export const XDG_CACHE_HOME = lentCache();

/** Runs lenet-torch to its end. */
export function run(args: readonly string[], { env, ...options }: RunOptions = {}) {
  return spawnSync(process.execPath, [cli, ...args], {
    encoding: 'utf8',
    env: { ...process.env, XDG_CACHE_HOME, ...env },
    timeout: 60_000,
    maxBuffer: 1 << 26,
    ...options,
  });
}

/** Starts lenet-torch; `said` grows with what it prints, and `end` resolves when it has ended. */
export function start(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, [cli, ...args], {
    env: { ...process.env, XDG_CACHE_HOME, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      said[name] += text;
    });
  }
  const end = once(child, 'close').then(([status]) => ({
    status: status as number | null,
    ...said,
  }));
  return { child, said, end };
}
