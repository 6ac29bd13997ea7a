import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { folderBytes } from '../files/folders.js';
import {
  cacheDir,
  fileError,
  findCacheDir,
  type LockOptions,
  sweepTemporary,
  withLock,
} from './cache.js';
import { choiceFile, inspectCached, readChoice, type Variant } from './find.js';

/** A download of libtorch in the cache. */
export interface CachedLibtorch {
  readonly version: string;
  readonly variant: Variant;
  readonly folder: string;
  readonly bytes: number;
  /** Why it cannot be used; `undefined` when it can. */
  readonly problem?: string;
}

/** The downloads of libtorch in the cache, of all versions; reads their manifests and sizes. */
export async function cachedLibtorchs(env?: NodeJS.ProcessEnv): Promise<CachedLibtorch[]> {
  const cache = findCacheDir(env);
  if (cache === undefined) return [];
  const home = join(cache, 'libtorch');
  const found: CachedLibtorch[] = [];
  for (const name of (await readdir(home).catch(() => [])).sort()) {
    const [, version, variant] = /^(\d+\.\d+\.\d+\S*)-(cpu|cuda)$/.exec(name) ?? [];
    if (!version) continue;
    const seen = inspectCached(cache, version, variant as Variant);
    found.push({
      version,
      variant: variant as Variant,
      folder: join(home, name),
      bytes: await folderBytes(join(home, name)),
      ...('reason' in seen && { problem: seen.reason }),
    });
  }
  return found;
}

/**
 * Removes folders of the cache under its lock, what killed setups left, and the recorded choice when it
 * lies in one of them or when `forgetChoice` says so.
 *
 * @throws {TorchError} `ERR_CACHE` when something cannot be removed.
 */
export async function removeFromCache(
  folders: readonly string[],
  options: LockOptions & { env?: NodeJS.ProcessEnv; forgetChoice?: boolean } = {},
): Promise<void> {
  const cache = cacheDir(options.env);
  await withLock(cache, options, async () => {
    try {
      const chosen = readChoice(cache);
      const gone = folders.some((folder) => chosen?.startsWith(`${folder}/`));
      // First the record: a choice that is gone would only puzzle.
      if (gone || options.forgetChoice) await rm(choiceFile(cache), { force: true });
      for (const folder of folders) await rm(folder, { recursive: true, force: true });
      await sweepTemporary(join(cache, 'libtorch'));
    } catch (error) {
      throw fileError(error, cache);
    }
  });
}
