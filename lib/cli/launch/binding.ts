import { spawnSync } from 'node:child_process';

import { allowedCores } from '../../context/quota.js';
import { TorchError } from '../../error.js';

/**
 * Words before each process's command that bind it to cores of its own: its share, in a row, of those that this process
 * may run on.
 *
 * @throws {TorchError} `ERR_DISTRIBUTED_ENVIRONMENT` where there are too few, or no `taskset`.
 */
export function coreBindings(processes: number): string[][] {
  const cores = allowedCores();
  if (cores === undefined || spawnSync('taskset', ['--version']).status !== 0) {
    throw refusal("taskset, of the system's package util-linux, cannot be run");
  }
  const share = Math.floor(cores.length / processes);
  if (share === 0) throw refusal(`there are ${processes} processes, and ${cores.length} cores`);
  return Array.from({ length: processes }, (_, i) => [
    'taskset',
    '--cpu-list',
    cores.slice(i * share, (i + 1) * share).join(','),
  ]);
}

const refusal = (problem: string): TorchError =>
  new TorchError('ERR_DISTRIBUTED_ENVIRONMENT', `--bind-to core: ${problem}`);
