import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { lockName } from '../run/lock.js';

/**
 * Whether somebody trains the run in a folder. The lock is not tried, for whoever wants to begin just then would be
 * refused: the kernel lists its locks, those of processes that this one can see.
 */
export async function isHeld(dir: string): Promise<boolean> {
  const file = await stat(join(dir, lockName)).catch(() => undefined);
  if (file === undefined) return false;
  const locks = await readFile('/proc/locks', 'utf8').catch(() => '');
  return locks.split('\n').some((line) => {
    // 1: FLOCK  ADVISORY  WRITE 4711 00:2f:1234567 0 EOF
    const [, kind, , , , place = ''] = line.trim().split(/\s+/);
    return kind === 'FLOCK' && place.split(':')[2] === String(file.ino);
  });
}
