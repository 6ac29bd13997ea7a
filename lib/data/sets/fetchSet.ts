import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { TorchError } from '../../error.js';
import {
  cacheDir,
  ensureSpace,
  fileError,
  removeFolder,
  sweepTemporary,
  temporaryFolder,
  withLock,
} from '../../libtorch/cache.js';
import { unpackDebianPackage } from './debian.js';
import { bringing, type IdxSet, parts, sizeOf } from './idxSets.js';
import { cachedData, filesIn, hasSet, locateSet, type SetLocation } from './locate.js';
import { type FetchDataOptions, takeMirrors } from './mirrors.js';
import { oneLine } from './receive.js';
import { save } from './save.js';

/**
 * Puts a set's files, unpacked and verified, into the cache, unless they are there: from
 * Debian's folder, from the first mirror that answers, or out of Debian's package, in this order.
 *
 * @throws {TorchError} `ERR_DOWNLOAD`, saying why each source failed; `ERR_NO_SPACE`, `ERR_CACHE`.
 */
export async function fetchSet(set: IdxSet, options: FetchDataOptions = {}): Promise<SetLocation> {
  const target = cachedData(set, options.env);
  const lock = {
    signal: options.signal,
    onWait: (pid: string) => options.onStep?.(`waiting for another setup (process ${pid})`),
  };
  await withLock(cacheDir(options.env), lock, async () => {
    if (hasSet(set, options.env)) return;
    await sweepTemporary(dirname(target));
    const folder = await temporaryFolder(dirname(target));
    try {
      // The files, and the compressed ones they come from.
      const archive = set.archive === undefined ? 0 : 1e6 * set.download;
      await ensureSpace(dirname(target), 2 * sizeOf(set) + archive, set.name);
      const data = join(folder, 'data');
      await mkdir(data);
      await fromAnySource(set, data, folder, options);
      options.signal?.throwIfAborted();
      await rm(target, { recursive: true, force: true });
      await rename(data, target);
    } catch (error) {
      throw fileError(error, cacheDir(options.env));
    } finally {
      await removeFolder(folder);
    }
  });
  return locateSet(set, undefined, options);
}

async function fromAnySource(set: IdxSet, data: string, folder: string, options: FetchDataOptions) {
  const { debian } = set;
  const { systemDir = debian?.folder } = options;
  const sources: [string, () => Promise<void>][] = [];
  if (systemDir) sources.push([systemDir, () => takeFolder(set, systemDir, data, options)]);
  sources.push(['the mirrors', () => takeMirrors(set, data, options)]);
  if (debian && options.debian !== false) {
    const apt = join(folder, 'apt');
    sources.push([
      `Debian's package ${debian.package}`,
      async () => {
        await mkdir(apt);
        await takeFolder(set, await unpackDebianPackage(debian, apt, options), data, options);
      },
    ]);
  }
  const failures: string[] = [];
  for (const [name, take] of sources) {
    try {
      await take();
      return;
    } catch (error) {
      options.signal?.throwIfAborted();
      const mended = fileError(error, data);
      if (mended !== error) throw mended;
      failures.push(`${name}: ${oneLine(error)}`);
    }
  }
  const told = failures.join('; ');
  const first = /CERT|_SIGNATURE/.test(told)
    ? "Node does not trust a certificate: a proxy may use one of its own. Name the proxy's certificate file in " +
      'NODE_EXTRA_CA_CERTS'
    : 'Check the network';
  throw new TorchError(
    'ERR_DOWNLOAD',
    `${set.name} could not be fetched (${told}). ${first} and run again: ` +
      `${bringing(set)}, or pass --data DIR with the data set's four files`,
  );
}

async function takeFolder(
  set: IdxSet,
  dir: string,
  data: string,
  options: FetchDataOptions,
): Promise<void> {
  if (!existsSync(dir)) throw new Error('no such folder');
  const files = filesIn(set, dir);
  options.onStep?.(`unpacking ${set.name} from ${dir}`);
  let done = 0;
  for (const part of parts) {
    const path = files[part];
    if (!path) throw new Error(`lacks ${set.files[part].name}`);
    await save(set, part, await readFile(path), path, data, 'a folder');
    done += set.files[part].size;
    options.onProgress?.(done, sizeOf(set));
  }
}
