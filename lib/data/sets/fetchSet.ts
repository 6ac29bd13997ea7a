import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';

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
import { type IdxSet, type Part, parts } from './idxSets.js';
import {
  cachedData,
  filesIn,
  hasSet,
  locateSet,
  type SetLocation,
  type SourcePlaces,
} from './locate.js';
import { describeProxy, fetchThrough, proxyFor } from './proxy.js';

const sizeOf = (set: IdxSet): number => parts.reduce((sum, part) => sum + set.files[part].size, 0);
const connectTimeoutMs = 4_000;
// A proxy may look at files before it hands them on.
const proxyTimeoutMs = 20_000;
const idleTimeoutMs = 15_000;

/** Where to fetch from, and whom to tell. */
export interface FetchDataOptions extends SourcePlaces {
  /** Instead of the set's own. */
  mirrors?: readonly string[];
  /** Whether Debian's package may be tried. Default true. */
  debian?: boolean;
  onStep?: (sentence: string) => void;
  /** Progress in bytes of the unpacked files. */
  onProgress?: (done: number, total: number) => void;
  signal?: AbortSignal;
}

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
      await ensureSpace(dirname(target), 2 * sizeOf(set), set.name);
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
      "npx lenet-torch setup, or pass --data DIR with the data set's four files",
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
    await save(set, part, await readFile(path), path, data);
    done += set.files[part].size;
    options.onProgress?.(done, sizeOf(set));
  }
}

/** Unpacks, compares with the pinned hash, writes. */
async function save(
  set: IdxSet,
  part: Part,
  bytes: Uint8Array,
  from: string,
  data: string,
): Promise<void> {
  const { name, size, sha256 } = set.files[part];
  let plain = bytes;
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) {
    try {
      plain = gunzipSync(bytes, { maxOutputLength: size });
    } catch (error) {
      throw new Error(`${from} is damaged (${(error as Error).message})`);
    }
  }
  if (createHash('sha256').update(plain).digest('hex') !== sha256) {
    throw new Error(`${from} is not ${set.name}'s ${name} (SHA-256 differs)`);
  }
  await writeFile(join(data, name), plain);
}

async function takeMirrors(set: IdxSet, data: string, options: FetchDataOptions): Promise<void> {
  const mirrors = options.mirrors ?? set.mirrors;
  options.onStep?.(`downloading ${set.name} (31 MB)`);
  // All are asked at once for the smallest file, so that dead ones cost one time-out in all.
  const labels = await Promise.allSettled(
    mirrors.map((mirror) => download(set, mirror, 'testLabels', options)),
  );
  const failures: string[] = [];
  for (const [index, mirror] of mirrors.entries()) {
    const first = labels[index]!;
    try {
      if (first.status === 'rejected') throw first.reason;
      let done = 0;
      for (const part of parts) {
        const bytes =
          part === 'testLabels' ? first.value : await download(set, mirror, part, options, done);
        await save(set, part, bytes, mirror, data);
        done += set.files[part].size;
        options.onProgress?.(done, sizeOf(set));
      }
      return;
    } catch (error) {
      options.signal?.throwIfAborted();
      if (fileError(error, data) !== error) throw error;
      failures.push(`${new URL(mirror).host}: ${oneLine(error)}`);
    }
  }
  throw new Error(failures.join(', ') || 'none is known');
}

async function download(
  set: IdxSet,
  mirror: string,
  part: Part,
  options: FetchDataOptions,
  before?: number,
): Promise<Uint8Array> {
  const { name, size } = set.files[part];
  const silence = new AbortController();
  const signal = options.signal
    ? AbortSignal.any([options.signal, silence.signal])
    : silence.signal;
  const quiet = (ms: number, what: string) =>
    setTimeout(() => silence.abort(new Error(`${what} within ${ms / 1000} s`)), ms);
  const url = new URL(`${mirror}${name}.gz`);
  const proxy = proxyFor(url, options.env ?? process.env);
  let timer = quiet(proxy ? proxyTimeoutMs : connectTimeoutMs, 'no answer');
  try {
    const response = await fetchThrough(proxy, url, signal);
    if (!response.ok || !response.body) throw new Error(`HTTP ${response.status}`);
    const expected = Number(response.headers.get('content-length')) || size;
    const chunks: Uint8Array[] = [];
    let length = 0;
    clearTimeout(timer);
    timer = quiet(idleTimeoutMs, 'no data');
    for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
      timer.refresh();
      chunks.push(chunk);
      length += chunk.length;
      // The unpacked size bounds the compressed one: an endless answer must not fill the memory.
      if (length > size) throw new Error(`more than ${size} bytes for ${name}.gz`);
      if (before !== undefined) {
        options.onProgress?.(
          before + Math.floor(size * Math.min(length / expected, 1)),
          sizeOf(set),
        );
      }
    }
    return Buffer.concat(chunks);
  } catch (error) {
    if (proxy === undefined || options.signal?.aborted) throw error;
    throw new Error(`${oneLine(error)} ${describeProxy(proxy)}`);
  } finally {
    clearTimeout(timer);
  }
}

function oneLine(error: unknown): string {
  const { message, stderr } = error as Error & { stderr?: string };
  const said = stderr?.split('\n').findLast((line) => line.startsWith('E:'));
  // fetch says "fetch failed" and keeps the reason in its causes; codes of its own say less than its words.
  let cause = error as NodeJS.ErrnoException;
  while (cause.cause instanceof Error) cause = cause.cause;
  const code = cause === error || cause.code?.startsWith('UND_') ? undefined : cause.code;
  return said ?? code ?? (cause.message || message).split('\n')[0]!;
}
