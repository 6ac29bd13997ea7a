import { createHash } from 'node:crypto';
import { readlinkSync, realpathSync } from 'node:fs';
import { mkdtemp, readdir, rename, rm, stat, statfs } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { isAbsolute, join } from 'node:path';

import { TorchError } from '../error.js';
import { makeFolders } from '../files/folders.js';
import { homeFolder, nameHome, noHome } from './home.js';

const dayInMs = 24 * 60 * 60 * 1000;

/**
 * The per-user cache folder: `$XDG_CACHE_HOME/lenet-torch`, else `~/.cache/lenet-torch`; `undefined` for a
 * user without a home. A relative `XDG_CACHE_HOME` is ignored, as its specification asks.
 */
export function findCacheDir(env: NodeJS.ProcessEnv = process.env): string | undefined {
  const xdg = env.XDG_CACHE_HOME;
  if (xdg && isAbsolute(xdg)) return join(xdg, 'lenet-torch');
  const home = homeFolder(env);
  return home === undefined ? undefined : join(home, '.cache', 'lenet-torch');
}

/**
 * The per-user cache folder, for who needs one.
 * @throws {TorchError} `ERR_CACHE` for a user without a home.
 */
export function cacheDir(env: NodeJS.ProcessEnv = process.env): string {
  const dir = findCacheDir(env);
  if (dir === undefined) throw new TorchError('ERR_CACHE', `${noHome}. To go on, ${nameHome}`);
  return dir;
}

/** How to wait for a lock. */
export interface LockOptions {
  /** Called once, with the holder's process id where it is known, when the lock has to be waited for. */
  onWait?: ((holder: string) => void) | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * Runs `work` while no other process on this machine works on `dir`; `dir` is made when missing.
 *
 * The lock is a listening socket in Linux's abstract namespace, named by the folder: the kernel
 * releases it when its holder dies, however it dies, and waiters are woken by their broken connection.
 */
export async function withLock<T>(
  dir: string,
  options: LockOptions,
  work: () => Promise<T>,
): Promise<T> {
  makeFolder(dir);
  const digest = createHash('sha256').update(realpathSync(dir)).digest('hex').slice(0, 32);
  const name = `\0lenet-torch-${digest}`;
  let told = false;
  let release = await listen(name);
  while (!release) {
    options.signal?.throwIfAborted();
    await holderGone(name, options.signal, (holder) => {
      if (!told) options.onWait?.(holder);
      told = true;
    });
    release = await listen(name);
  }
  try {
    return await work();
  } finally {
    release();
  }
}

function listen(name: string): Promise<(() => void) | undefined> {
  return new Promise((resolve, reject) => {
    const waiters = new Set<Socket>();
    const server = createServer((waiter) => {
      waiters.add(waiter);
      waiter.on('error', () => {}).on('close', () => waiters.delete(waiter));
      waiter.unref();
      waiter.write(String(process.pid));
    });
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(undefined);
      else reject(error);
    });
    server.listen({ path: name }, () => {
      server.unref();
      resolve(() => {
        server.close();
        for (const waiter of waiters) waiter.destroy();
      });
    });
  });
}

function holderGone(
  name: string,
  signal: AbortSignal | undefined,
  onHolder: (pid: string) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ path: name });
    const abort = () => {
      socket.destroy();
      reject(signal?.reason);
    };
    signal?.addEventListener('abort', abort, { once: true });
    socket.once('data', (data) => onHolder(data.toString()));
    // A refused connection means that the holder went between our two attempts.
    socket.on('error', () => {});
    socket.once('close', () => {
      signal?.removeEventListener('abort', abort);
      resolve();
    });
  });
}

/** Makes a folder and its parents; a refusal is said in one sentence. */
export function makeFolder(dir: string): void {
  try {
    makeFolders(dir);
  } catch (error) {
    const mended = fileError(error, dir);
    if (mended !== error) throw mended;
    // Where nothing can be made at all, as in /proc, the system says ENOENT.
    throw unwritable(dir, error as NodeJS.ErrnoException);
  }
}

// Locks, and with them the right to clean, reach as far as the network namespace: a temporary
// folder of another one (a container that shares this cache) may be alive.
function namespaceId(): string {
  try {
    return readlinkSync('/proc/self/ns/net').replace(/\D/g, '') || '0';
  } catch {
    return '0';
  }
}

/** Makes an empty folder inside `dir`, on the same file system as its future place. */
export async function temporaryFolder(dir: string): Promise<string> {
  makeFolder(dir);
  return mkdtemp(join(dir, `.tmp-${namespaceId()}-${process.pid}-`));
}

/** Removes what killed processes left in `dir`. To be called under the lock of `dir`'s cache. */
export async function sweepTemporary(dir: string): Promise<void> {
  const mine = `.tmp-${namespaceId()}-`;
  for (const name of await readdir(dir).catch(() => [])) {
    if (!name.startsWith('.tmp-')) continue;
    const path = join(dir, name);
    const age = Date.now() - (await stat(path).catch(() => ({ mtimeMs: Date.now() }))).mtimeMs;
    if (!name.startsWith(mine) && age < dayInMs) continue;
    // A pip that outlived its parent goes on by path: under another name, it cannot add files.
    const gone = name.endsWith('-gone') ? path : `${path}-gone`;
    if (gone !== path) await rename(path, gone).catch(() => {});
    await removeFolder(gone);
  }
}

/** Removes a folder. What cannot be removed is left to the next sweep. */
export async function removeFolder(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true, maxRetries: 5 }).catch(() => {});
}

/**
 * Checks that `dir`'s file system has room for `bytes`.
 * @throws {TorchError} `ERR_NO_SPACE`, saying how much is missing.
 */
export async function ensureSpace(dir: string, bytes: number, what: string): Promise<void> {
  const { bavail, bsize } = await statfs(dir);
  const free = bavail * bsize;
  if (free < bytes) {
    throw new TorchError(
      'ERR_NO_SPACE',
      `not enough disk space for ${what}: the disk of ${dir} has ${gigabytes(free)} free and ${gigabytes(bytes)} ` +
        'are needed. Free some space, or set XDG_CACHE_HOME to a folder on a larger disk',
    );
  }
}

/** File-system errors that a user can mend, as one sentence; anything else unchanged. */
export function fileError(error: unknown, path: string): unknown {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new TorchError(
      'ERR_NO_SPACE',
      `the disk (or quota) of ${path} is full. Free some space, or set XDG_CACHE_HOME to a folder on a larger disk`,
      { cause: error },
    );
  }
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS' || code === 'ENOTDIR') {
    return unwritable(path, error as NodeJS.ErrnoException);
  }
  return error;
}

function unwritable(path: string, error: NodeJS.ErrnoException): TorchError {
  return new TorchError(
    'ERR_CACHE',
    `cannot write to ${path} (${error.code}). Mend its permissions, or set XDG_CACHE_HOME to a folder that can be written`,
    { cause: error },
  );
}

/** `2612345678` → `'2.7 GB'`, and below 1 GB as {@link megabytes}. Rounded up. */
export function gigabytes(bytes: number): string {
  return bytes < 1e9 ? megabytes(bytes) : `${(Math.ceil(bytes / 1e8) / 10).toFixed(1)} GB`;
}

/** `544123456` → `'545 MB'`. Rounded up. */
export function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1e6)} MB`;
}
