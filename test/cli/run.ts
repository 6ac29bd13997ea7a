import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The command as it is installed: built, in dist/. */
export const cli = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

export interface RunOptions {
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
