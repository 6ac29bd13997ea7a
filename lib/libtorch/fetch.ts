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
import { cachedFolder, inspectCached, type Libtorch, manifestName, type Variant } from './find.js';
import { pipDownload } from './pip.js';
import { type Release, referenceMinor, releases, type Wheel } from './version.js';
import { isCudaLibrary, isHeader, isLibrary, sha256File, unpackWheel } from './wheel.js';

/** What to bring, and whom to tell. */
export interface FetchOptions {
  /** Bring the C++ headers too: needed to compile the addon. Default false. */
  headers?: boolean;
  /** Default: the reference version's pinned wheels. */
  release?: Release;
  /** What the wheels of `release` are for. Default `'cpu'`. */
  variant?: Variant;
  /** Take the wheels from this folder instead of downloading them. */
  wheelFolder?: string | undefined;
  env?: NodeJS.ProcessEnv;
  /** One sentence per step. */
  onStep?: (sentence: string) => void;
  /** Progress of the current step, in bytes. */
  onProgress?: (done: number, total: number) => void;
  signal?: AbortSignal;
}

/**
 * Brings libtorch into the cache, unless it is there: pip downloads the pinned wheels (or they lie in a
 * folder), the needed files are unpacked and checked in a temporary folder, and one rename publishes
 * them. Killed at any moment, it leaves only temporary folders, which the next call removes.
 *
 * @returns The cached libtorch, with `includeDir` when `headers` were asked for.
 * @throws {TorchError} `ERR_NO_PIP`, `ERR_DOWNLOAD`, `ERR_FILE_NOT_FOUND`, `ERR_NO_SPACE`, `ERR_CACHE`.
 */
export async function fetchLibtorch(options: FetchOptions = {}): Promise<Libtorch> {
  const release = options.release ?? releases[referenceMinor]!;
  const variant = options.variant ?? 'cpu';
  const cache = cacheDir(options.env);
  const lock = {
    signal: options.signal,
    onWait: (pid: string) => options.onStep?.(`waiting for another setup (process ${pid})`),
  };
  return withLock(cache, lock, async () => {
    const target = cachedFolder(cache, release.version, variant);
    const home = dirname(target);
    await sweepTemporary(home);
    const before = cached(cache, release.version, variant);
    if (before && (before.includeDir || !options.headers)) return before;
    const folder = await temporaryFolder(home);
    try {
      const need = needOf(release, { headers: options.headers, headersOnly: Boolean(before) });
      await bring(need, variant, folder, target, options);
    } catch (error) {
      throw fileError(error, cache);
    } finally {
      await removeFolder(folder);
    }
    const after = cached(cache, release.version, variant);
    if (!after) throw new TorchError('ERR_DOWNLOAD', `${home} changed during setup. Run it again`);
    return after;
  });
}

function cached(cache: string, version: string, variant: Variant): Libtorch | undefined {
  const seen = inspectCached(cache, version, variant);
  return 'reason' in seen ? undefined : { ...seen, from: 'cache' };
}

/** What has to be brought for a release. */
export interface Need {
  readonly release: Release;
  readonly wheels: readonly Wheel[];
  readonly libraries: boolean;
  readonly headers: boolean;
  /** Bytes to download. */
  readonly download: number;
  /** Bytes on the disk afterwards. */
  readonly unpacked: number;
}

/** Counts what has to be brought. `headersOnly`: the libraries are there. */
export function needOf(
  release: Release,
  {
    headers = false,
    headersOnly = false,
  }: { headers?: boolean | undefined; headersOnly?: boolean },
): Need {
  const wheels = headersOnly
    ? release.wheels.filter(({ project }) => project === 'torch')
    : release.wheels;
  return {
    release,
    wheels,
    libraries: !headersOnly,
    headers,
    download: wheels.reduce((sum, wheel) => sum + wheel.size, 0),
    unpacked: (headersOnly ? 0 : release.unpackedSize) + (headers ? release.headersSize : 0),
  };
}

async function bring(
  need: Need,
  variant: Variant,
  folder: string,
  target: string,
  options: FetchOptions,
): Promise<void> {
  const { release, wheels, libraries, headers, download, unpacked } = need;
  const { onStep, onProgress, signal, wheelFolder } = options;
  const what = `${libraries ? 'libtorch' : "libtorch's headers"} ${release.version}`;
  await ensureSpace(dirname(target), (wheelFolder ? 0 : download) + unpacked, what);

  const downloads = wheelFolder ?? join(folder, 'pip');
  if (wheelFolder) {
    await ensureWheels(wheels, wheelFolder);
  } else {
    onStep?.(`downloading ${what} (${megabytes(download)}) with pip`);
    await mkdir(downloads);
    await pipDownload({ ...release, wheels }, downloads, {
      onProgress,
      onRetry: onStep,
      signal,
      env: options.env,
    });
  }

  onStep?.(`unpacking ${megabytes(unpacked)}`);
  const tree = join(folder, 'tree');
  await mkdir(tree);
  const isWanted = variant === 'cuda' ? isCudaLibrary : isLibrary;
  const files: Record<string, number> = {};
  let done = 0;
  for (const wheel of wheels) {
    const path = join(downloads, wheel.file);
    // pip has compared the hash of what it downloaded; this one is of what is on the disk.
    if (!existsSync(path) || (await sha256File(path, signal)) !== wheel.sha256) {
      throw notPinned(path, wheel, wheelFolder);
    }
    const wanted = (entry: string) =>
      (libraries && isWanted(entry)) || (headers && isHeader(entry));
    const entries = await unpackWheel(path, tree, wanted, {
      onProgress: (bytes) => {
        done += bytes;
        onProgress?.(Math.min(done, unpacked), unpacked);
      },
      signal,
    });
    for (const [name, size] of entries) if (isWanted(name)) files[name] = size;
    if (!wheelFolder) await rm(path);
  }
  signal?.throwIfAborted();
  if (libraries) {
    const manifest = { version: release.version, variant, files };
    await writeFile(join(tree, manifestName), `${JSON.stringify(manifest, null, 2)}\n`);
    // What is there was found incomplete or damaged.
    await rm(target, { recursive: true, force: true });
    await rename(tree, target);
  } else {
    await rm(join(target, 'torch/include'), { recursive: true, force: true });
    await rename(join(tree, 'torch/include'), join(target, 'torch/include'));
  }
}

async function ensureWheels(wheels: readonly Wheel[], folder: string): Promise<void> {
  const missing = wheels.filter(({ file }) => !existsSync(join(folder, file)));
  if (missing.length === 0) return;
  throw new TorchError(
    'ERR_FILE_NOT_FOUND',
    `${folder} lacks ${missing.map(({ file }) => file).join(', ')}. What to bring, with sizes and SHA-256, ` +
      'says: npx lenet-torch setup --print-urls',
  );
}

function notPinned(path: string, { file, sha256, size }: Wheel, wheelFolder?: string): TorchError {
  return new TorchError(
    'ERR_DOWNLOAD',
    wheelFolder
      ? `${path} is not the pinned file: expected are ${size} bytes with SHA-256 ${sha256}. Bring it again, ` +
          'see: npx lenet-torch setup --print-urls'
      : `${file} is not the pinned file. Run again: npx lenet-torch setup`,
  );
}
