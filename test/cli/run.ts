import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

/** The command as it is installed: built, in dist/. */
export const cli = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

export interface RunOptions {
  /** On top of this process's own; `undefined` takes a variable away. */
  env?: NodeJS.ProcessEnv;
  input?: Uint8Array | string;
  cwd?: string;
}

/** Runs lenet-torch to its end. */
export function run(args: readonly string[], { env, ...options }: RunOptions = {}) {
  return spawnSync(process.execPath, [cli, ...args], {
    encoding: 'utf8',
    env: { ...process.env, ...env },
    timeout: 60_000,
    maxBuffer: 1 << 26,
    ...options,
  });
}

/** Starts lenet-torch; `said` grows with what it prints, and `end` resolves when it has ended. */
export function start(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, [cli, ...args], {
    env: { ...process.env, ...env },
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
