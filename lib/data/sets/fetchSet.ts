import { createHash, type Hash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
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
import { unpackWheel } from '../../libtorch/wheel.js';
import { unpackDebianPackage } from './debian.js';
import { bringing, type IdxSet, type Part, parts } from './idxSets.js';
import {
  cachedData,
  filesIn,
  hasSet,
  locateSet,
  type SetLocation,
  type SourcePlaces,
} from './locate.js';
import { describeProxy, fetchThrough, proxyFor } from './proxy.js';

/** Of the unpacked files, in bytes. */
export const sizeOf = (set: IdxSet): number =>
  parts.reduce((sum, part) => sum + set.files[part].size, 0);
// By so much a file that does not shrink may grow.
const gzipMost = 1024;
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

/** Unpacks, compares with what is known of the file, writes. */
async function save(
  set: IdxSet,
  part: Part,
  bytes: Uint8Array,
  from: string,
  data: string,
  source: 'a folder' | 'a mirror',
): Promise<void> {
  const { name, size, sha256, md5 } = set.files[part];
  // Of a folder's files, which somebody may have packed again, only the contents tell.
  if (source === 'a mirror' && md5 !== undefined && hashOf('md5', bytes) !== md5) {
    throw new Error(`${from} is not ${set.name}'s ${name} (MD5 differs)`);
  }
  let plain = bytes;
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) {
    try {
      plain = gunzipSync(bytes, { maxOutputLength: size });
    } catch (error) {
      throw new Error(`${from} is damaged (${(error as Error).message})`);
    }
  }
  if (sha256 !== undefined && hashOf('sha256', plain) !== sha256) {
    throw new Error(`${from} is not ${set.name}'s ${name} (SHA-256 differs)`);
  }
  if (plain.length !== size) {
    throw new Error(`${from} is not ${set.name}'s ${name} (${plain.length} bytes, not ${size})`);
  }
  await writeFile(join(data, name), plain);
}

const hashOf = (name: 'md5' | 'sha256', bytes: Uint8Array): string =>
  createHash(name).update(bytes).digest('hex');

// The first archive that is whole; unpacked here, since other sets' files are in it too.
async function takeArchives(
  set: IdxSet,
  archive: NonNullable<IdxSet['archive']>,
  data: string,
  mirrors: readonly string[],
  options: FetchDataOptions,
): Promise<void> {
  const failures: string[] = [];
  const file = join(dirname(data), 'archive.zip');
  for (const mirror of mirrors) {
    try {
      const hash = createHash('md5');
      const pieces = receive(new URL(`${mirror}${archive.path}`), options);
      await writeFile(file, told(pieces, hash, 1e6 * set.download, options));
      if (hash.digest('hex') !== archive.md5)
        throw new Error('the archive is another one (MD5 differs)');
      options.onStep?.(`unpacking ${set.name}`);
      const names = parts.map((part) => `${set.files[part].name}.gz`);
      const isWanted = (entry: string) => names.some((name) => basename(entry) === name);
      const into = join(dirname(data), 'archive');
      const { signal } = options;
      const unpacked = await unpackWheel(file, into, isWanted, { signal });
      for (const part of parts) {
        const name = `${set.files[part].name}.gz`;
        const entry = [...unpacked.keys()].find((each) => basename(each) === name);
        if (entry === undefined) throw new Error(`the archive lacks ${name}`);
        const path = join(into, entry);
        await save(set, part, await readFile(path), path, data, 'a folder');
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

async function* told(
  pieces: AsyncIterable<Uint8Array>,
  hash: Hash,
  total: number,
  options: FetchDataOptions,
): AsyncGenerator<Uint8Array> {
  let done = 0;
  for await (const piece of pieces) {
    hash.update(piece);
    done += piece.length;
    // Larger than the table says by a tenth: an endless answer must not fill the disk.
    if (done > 1.1 * total) throw new Error(`more than ${total} bytes`);
    options.onProgress?.(Math.min(done, total), total);
    yield piece;
  }
}

async function takeMirrors(set: IdxSet, data: string, options: FetchDataOptions): Promise<void> {
  const mirrors = options.mirrors ?? set.mirrors;
  options.onStep?.(`downloading ${set.name} (${set.download} MB)`);
  if (set.archive !== undefined) return takeArchives(set, set.archive, data, mirrors, options);
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
        await save(set, part, bytes, mirror, data, 'a mirror');
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
  const chunks: Uint8Array[] = [];
  let length = 0;
  const whole = (bytes: number): void => {
    if (before === undefined) return;
    const share = Math.min(length / (bytes || size), 1);
    options.onProgress?.(before + Math.floor(size * share), sizeOf(set));
  };
  for await (const chunk of receive(new URL(`${mirror}${name}.gz`), options, whole)) {
    chunks.push(chunk);
    length += chunk.length;
    // The unpacked size bounds the compressed one: an endless answer must not fill the memory.
    if (length > size + gzipMost) throw new Error(`more than ${size} bytes for ${name}.gz`);
  }
  return Buffer.concat(chunks);
}

/**
 * The pieces of an answer, through the proxy that the environment names.
 * @param onPiece - Told after each piece how many bytes the answer says it has, 0 where it does not.
 */
async function* receive(
  url: URL,
  options: FetchDataOptions,
  onPiece?: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  const silence = new AbortController();
  const signal = options.signal
    ? AbortSignal.any([options.signal, silence.signal])
    : silence.signal;
  const quiet = (ms: number, what: string) =>
    setTimeout(() => silence.abort(new Error(`${what} within ${ms / 1000} s`)), ms);
  const proxy = proxyFor(url, options.env ?? process.env);
  let timer = quiet(proxy ? proxyTimeoutMs : connectTimeoutMs, 'no answer');
  try {
    const response = await fetchThrough(proxy, url, signal);
    if (!response.ok || !response.body) throw new Error(`HTTP ${response.status}`);
    const expected = Number(response.headers.get('content-length'));
    clearTimeout(timer);
    timer = quiet(idleTimeoutMs, 'no data');
    for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
      timer.refresh();
      yield chunk;
      onPiece?.(expected);
    }
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
