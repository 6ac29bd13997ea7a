// Commands that are run to their end. Uses Node alone.
import { spawnSync } from 'node:child_process';
import path from 'node:path';

/**
 * Runs a command to its end.
 * @returns What it printed.
 * @throws {Error} With the end of what it said.
 */
export function run(command, args, options = {}) {
  const { status, signal, stdout, stderr, error } = spawnSync(command, args, {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    ...options,
  });
  if (status === 0) return stdout;
  const said = error?.message ?? `${stdout}${stderr}`.trim().slice(-4000);
  throw new Error(`${path.basename(command)} ${args[0]} ended with ${status ?? signal}: ${said}`);
}
