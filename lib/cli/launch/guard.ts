import { spawn } from 'node:child_process';
import { join } from 'node:path';

import { codeFolder } from '../../location.js';

const guardian = join(codeFolder, 'cli/launch/guardian.js');

/**
 * Starts the process that ends the others should this one be killed.
 * @returns Tells it who is alive: leaders of process groups.
 */
export function startGuard(): (leaders: readonly number[]) => void {
  const { NODE_OPTIONS: _, ...env } = process.env;
  const child = spawn(process.execPath, [guardian], {
    // Not with the terminal's signals, which are for this process to pass on.
    detached: true,
    env,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  child.on('error', ({ message }) => {
    process.stderr.write(
      `lenet-torch: ${message}: processes will go on should this one be killed\n`,
    );
  });
  // Where it is killed there is nobody to tell.
  child.stdin.on('error', () => {});
  child.unref();
  // A pipe of Node's can be unreferenced, though its type does not say so.
  (child.stdin as unknown as { unref(): void }).unref();
  return (leaders) => void child.stdin.write(`${leaders.join(' ')}\n`);
}
