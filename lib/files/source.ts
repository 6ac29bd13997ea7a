import { type FileHandle, open, stat } from 'node:fs/promises';

import { TorchError } from '../error.js';
import { readError } from './readError.js';

/** A file that is read in parts. Its size is that at opening. */
export interface Source {
  readonly path: string;
  readonly size: number;
  /** Fills `target` with the bytes from `position` on. @throws {TorchError} `ERR_FILE_CORRUPT` when they end before. */
  read(position: number, target: Uint8Array): Promise<void>;
}

/**
 * Opens a file for the time of `work`.
 * @throws {TorchError} `ERR_FILE_NOT_FOUND`, `ERR_FILE_READ`; and whatever `work` throws.
 */
export async function withSource<T>(
  path: string,
  work: (source: Source) => Promise<T>,
): Promise<T> {
  let file: FileHandle | undefined;
  try {
    // Before opening, which would wait for the other end of a pipe.
    const found = await stat(path);
    if (!found.isFile()) {
      const kind = found.isDirectory() ? 'a folder' : 'no regular file';
      throw new TorchError('ERR_FILE_READ', `${path} cannot be read: it is ${kind}`);
    }
    const opened = await open(path, 'r');
    file = opened;
    const { size } = await opened.stat();
    return await work({
      path,
      size,
      read: (position, target) => readAll(opened, path, position, target),
    });
  } catch (error) {
    throw readError(error, path);
  } finally {
    await file?.close();
  }
}

async function readAll(
  file: FileHandle,
  path: string,
  position: number,
  target: Uint8Array,
): Promise<void> {
  let done = 0;
  while (done < target.length) {
    const { bytesRead } = await file.read(target, done, target.length - done, position + done);
    if (bytesRead === 0) {
      throw corrupt(
        path,
        `${target.length} bytes at ${position}`,
        `${done}: the file is cut short`,
      );
    }
    done += bytesRead;
  }
}

/** A file that contradicts its own format. */
export function corrupt(
  path: string,
  expected: string,
  found: string,
  cause?: unknown,
): TorchError {
  return new TorchError('ERR_FILE_CORRUPT', `${path}: expected ${expected}, found ${found}`, {
    ...(cause !== undefined && { cause }),
  });
}
