import { readdir, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';

import { TorchError } from '../error.js';
import { attempt } from '../files/atomic.js';
import { keptName } from './kept.js';
import { FolderLock, lockName } from './lock.js';
import { checkpointName } from './run.js';

const own = new Set(['metrics.jsonl', 'best.safetensors', checkpointName, 'config.json']);
const isOwn = (name: string): boolean =>
  own.has(name) || /^events\.out\.tfevents\.\d+\./.test(name) || /^\.tmp-\d+-[0-9a-f]+$/.test(name);

/**
 * Deletes a run: its own files, and its folder if nothing else lies in it.
 *
 * @throws {TorchError} `ERR_RUN_NOT_FOUND` for a folder without `config.json`; `ERR_RUN_LOCKED` while somebody trains it;
 *   `ERR_FILE_WRITE`.
 */
export async function removeRun(dir: string): Promise<void> {
  const names = await readdir(dir).catch(() => [] as string[]);
  if (!names.includes('config.json')) {
    throw new TorchError('ERR_RUN_NOT_FOUND', `${dir} is no run: it has no config.json`);
  }
  const lock = await FolderLock.take(dir);
  try {
    await attempt(dir, async () => {
      const kept = await readdir(join(dir, keptName)).catch(() => [] as string[]);
      for (const name of kept) {
        if (/^\d+\.safetensors$/.test(name) || isOwn(name)) await rm(join(dir, keptName, name));
      }
      await rmdir(join(dir, keptName)).catch(() => {});
      // What makes it a run goes last: until then it can be deleted again.
      const files = names.filter(isOwn).filter((name) => name !== 'config.json');
      for (const name of [...files, 'config.json', lockName]) {
        await rm(join(dir, name), { force: true });
      }
      await rmdir(dir).catch(() => {});
    });
  } finally {
    await lock.release();
  }
}
