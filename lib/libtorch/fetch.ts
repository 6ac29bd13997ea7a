import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { TorchError } from '../error.js';
import {
  cacheDir,
  ensureSpace,
  fileError,
  megabytes,
  removeFolder,
  sweepTemporary,
  temporaryFolder,
  withLock,
} from './cache.js';
import { cachedFolder, inspectCached, type Libtorch, manifestName } from './find.js';
import { pipDownload } from './pip.js';
import { type Release, referenceMinor, releases } from './version.js';
import { isHeader, isLibrary, sha256File, unpackWheel } from './wheel.js';

/** What to bring, and whom to tell. */
export interface FetchOptions {
  /** Bring the C++ headers too: needed to compile the addon. Default false. */
  headers?: boolean;
  /** Default: the reference version's pinned wheels. */
  release?: Release;
  env?: NodeJS.ProcessEnv;
  /** One sentence per step. */
  onStep?: (sentence: string) => void;
  /** Progress of the current step, in bytes. */
  onProgress?: (done: number, total: number) => void;
  signal?: AbortSignal;
}

/**
 * Brings libtorch for the CPU into the cache, unless it is there: pip downloads the pinned wheels,
 * the needed files are unpacked and checked in a temporary folder, and one rename publishes them.
 * Killed at any moment, it leaves only temporary folders, which the next call removes.
 *
 * @returns The cached libtorch, with `includeDir` when `headers` were asked for.
 * @throws {TorchError} `ERR_NO_PIP`, `ERR_DOWNLOAD`, `ERR_NO_SPACE`, `ERR_CACHE`.
 */
export async function fetchLibtorch(options: FetchOptions = {}): Promise<Libtorch> {
  const release = options.release ?? releases[referenceMinor]!;
  const cache = cacheDir(options.env);
  const lock = {
    signal: options.signal,
    onWait: (pid: string) => options.onStep?.(`waiting for another setup (process ${pid})`),
  };
  return withLock(cache, lock, async () => {
    const home = dirname(cachedFolder(cache, release.version));
    await sweepTemporary(home);
    const before = cached(cache, release.version);
    if (before && (before.includeDir || !options.headers)) return before;
    const folder = await temporaryFolder(home);
    try {
      await bring(release, folder, cachedFolder(cache, release.version), {
        ...options,
        libraries: !before,
      });
    } catch (error) {
      throw fileError(error, cache);
    } finally {
      await removeFolder(folder);
    }
    const after = cached(cache, release.version);
    if (!after) throw new TorchError('ERR_DOWNLOAD', `${home} changed during setup. Run it again`);
    return after;
  });
}

function cached(cache: string, version: string): Libtorch | undefined {
  const seen = inspectCached(cache, version);
  return 'reason' in seen ? undefined : { ...seen, from: 'cache' };
}

async function bring(
  release: Release,
  folder: string,
  target: string,
  options: FetchOptions & { libraries: boolean },
): Promise<void> {
  const { headers = false, libraries, onStep, onProgress, signal } = options;
  const wheels = libraries ? release.wheels : release.wheels.filter((w) => w.project === 'torch');
  const download = wheels.reduce((sum, wheel) => sum + wheel.size, 0);
  const unpacked = (libraries ? release.unpackedSize : 0) + (headers ? release.headersSize : 0);
  const what = `${libraries ? 'libtorch' : "libtorch's headers"} ${release.version}`;
  await ensureSpace(dirname(target), download + unpacked, what);

  onStep?.(`downloading ${what} (${megabytes(download)}) with pip`);
  const downloads = join(folder, 'pip');
  await mkdir(downloads);
  await pipDownload({ ...release, wheels }, downloads, {
    onProgress,
    onRetry: onStep,
    signal,
    env: options.env,
  });

  onStep?.(`unpacking ${megabytes(unpacked)}`);
  const tree = join(folder, 'tree');
  await mkdir(tree);
  const files: Record<string, number> = {};
  let done = 0;
  for (const wheel of wheels) {
    const path = join(downloads, wheel.file);
    // pip has compared the hash of what it downloaded; this one is of what is on the disk.
    if (!existsSync(path) || (await sha256File(path, signal)) !== wheel.sha256) {
      throw new TorchError('ERR_DOWNLOAD', `${wheel.file} is not the pinned file. Run setup again`);
    }
    const wanted = (entry: string) =>
      (libraries && isLibrary(entry)) || (headers && isHeader(entry));
    const entries = await unpackWheel(path, tree, wanted, {
      onProgress: (bytes) => {
        done += bytes;
        onProgress?.(done, unpacked);
      },
      signal,
    });
    for (const [name, size] of entries) if (isLibrary(name)) files[name] = size;
    await rm(path);
  }
  signal?.throwIfAborted();
  if (libraries) {
    const manifest = { version: release.version, variant: 'cpu', files };
    await writeFile(join(tree, manifestName), `${JSON.stringify(manifest, null, 2)}\n`);
    // What is there was found incomplete or damaged.
    await rm(target, { recursive: true, force: true });
    await rename(tree, target);
  } else {
    await rm(join(target, 'torch/include'), { recursive: true, force: true });
    await rename(join(tree, 'torch/include'), join(target, 'torch/include'));
  }
}
