import fs from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { TorchError } from '../error.js';
import { native } from '../native/load.js';

/** Its name in a run's folder. It stays there: the lock is the kernel's, not the file's existence. */
export const lockName = 'run.lock';

// Plain descriptors: a worker that is terminated closes them, and with them gives up its locks.
const open = promisify(fs.open);
const close = promisify(fs.close);
const read = promisify(fs.readFile);

/** The right to write to a run's folder; one holder at a time, in this process and all others. */
export class FolderLock {
  #descriptor: number | undefined;

  private constructor(descriptor: number) {
    this.#descriptor = descriptor;
  }

  /** @throws {TorchError} `ERR_RUN_LOCKED` while another one has it. */
  static async take(dir: string): Promise<FolderLock> {
    const path = join(dir, lockName);
    const descriptor = await open(path, 'a');
    try {
      if (!native.lockFile(descriptor)) {
        const holder = (await read(path, 'utf8')).trim();
        throw new TorchError(
          'ERR_RUN_LOCKED',
          `${dir} is in use${holder === '' ? '' : ` by ${holder}`}: a run can be trained by one at a time`,
        );
      }
      sign(descriptor);
      return new FolderLock(descriptor);
    } catch (error) {
      await close(descriptor);
      throw error;
    }
  }

  async release(): Promise<void> {
    const descriptor = this.#descriptor;
    this.#descriptor = undefined;
    if (descriptor !== undefined) await close(descriptor);
  }
}

// For the message that others get; on a full disk they get one without a name.
function sign(descriptor: number): void {
  try {
    fs.ftruncateSync(descriptor);
    fs.writeSync(descriptor, `process ${process.pid} on ${hostname()}\n`);
  } catch {}
}
