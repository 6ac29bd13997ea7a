import { randomBytes } from 'node:crypto';
import { fsync } from 'node:fs';
import { type FileHandle, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';

import { TorchError } from '../error.js';

/** Appends to the file that is being written; the bytes may be reused when the promise resolves. */
export type Write = (bytes: Uint8Array | string) => Promise<void>;

/**
 * Writes a file so that its path always holds either the old contents or all of the new ones, whatever
 * happens meanwhile: a temporary file in the same folder is written and flushed to the disk, renamed,
 * and the folder flushed. The temporary file (`.tmp-…`) is removed when anything fails.
 *
 * An existing file keeps its permissions; a symbolic link stays one, and its target is replaced.
 *
 * @param work - Writes the contents piece by piece; each piece is awaited.
 * @throws {TorchError} `ERR_NO_SPACE` when the disk or quota is full, `ERR_FILE_WRITE` for a missing folder,
 *   permissions, or a path that is no regular file; and whatever `work` throws.
 */
export async function writeAtomically(
  path: string,
  work: (write: Write) => Promise<void>,
): Promise<void> {
  const target = await attempt(path, () => realTarget(path));
  const folder = dirname(target.path);
  const temporary = join(folder, `.tmp-${process.pid}-${randomBytes(6).toString('hex')}`);
  const file = await attempt(path, () => open(temporary, 'wx', 0o666));
  try {
    try {
      if (target.mode !== undefined) {
        const mode = target.mode;
        await attempt(path, () => file.chmod(mode));
      }
      await work((bytes) => attempt(path, () => writeAll(file, bytes)));
      await attempt(path, () => flush(file));
    } finally {
      await file.close();
    }
    await attempt(path, () => rename(temporary, target.path));
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw error;
  }
  await attempt(path, () => syncFolder(folder));
}

async function realTarget(path: string): Promise<{ path: string; mode?: number }> {
  const real = await realpath(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  // A dangling link counts as no file: it is replaced.
  if (real === undefined) return { path: join(await realpath(dirname(path)), basename(path)) };
  const found = await stat(real);
  if (!found.isFile()) {
    const kind = found.isDirectory() ? 'a folder' : 'no regular file';
    throw new TorchError('ERR_FILE_WRITE', `${path} cannot be written: it is ${kind}`);
  }
  return { path: real, mode: found.mode & 0o7777 };
}

async function writeAll(file: FileHandle, bytes: Uint8Array | string): Promise<void> {
  let rest = typeof bytes === 'string' ? Buffer.from(bytes) : bytes;
  while (rest.length > 0) {
    const { bytesWritten } = await file.write(rest);
    rest = rest.subarray(bytesWritten);
  }
}

const flushDescriptor = promisify(fsync);

/** Has the system write a file to the disk. Under Yarn's Plug'n'Play a handle's own `sync()` is a stub that throws. */
export const flush = (file: FileHandle): Promise<void> => flushDescriptor(file.fd);

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await flush(handle).catch((error: NodeJS.ErrnoException) => {
      // Some network file systems cannot flush folders.
      if (error.code !== 'EINVAL' && error.code !== 'ENOTSUP') throw error;
    });
  } finally {
    await handle.close();
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'its folder does not exist',
  ENOTDIR: 'a part of its path is no folder',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENAMETOOLONG: 'the name is too long',
  EFBIG: 'the file would be larger than the system allows',
};

export async function attempt<T>(path: string, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    if (error instanceof TorchError) throw error;
    const { code = '', message } = error as NodeJS.ErrnoException;
    if (code === 'ENOSPC' || code === 'EDQUOT') {
      throw new TorchError(
        'ERR_NO_SPACE',
        `${path} cannot be written: the disk (or quota) is full; what was there before is unchanged`,
        { cause: error },
      );
    }
    throw new TorchError(
      'ERR_FILE_WRITE',
      `${path} cannot be written: ${reasons[code] ?? message}`,
      {
        cause: error,
      },
    );
  }
}
