import { createHash, type Hash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

import { fileError } from '../../libtorch/cache.js';
import { unpackWheel } from '../../libtorch/wheel.js';
import { type IdxSet, type Part, parts, sizeOf } from './idxSets.js';
import type { SourcePlaces } from './locate.js';
import { oneLine, receive } from './receive.js';
import { save } from './save.js';

// By so much a file that does not shrink may grow.
const gzipMost = 1024;

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

/** From the first mirror that has all. @throws {Error} With what each mirror said. */
export async function takeMirrors(
  set: IdxSet,
  data: string,
  options: FetchDataOptions,
): Promise<void> {
  const mirrors = options.mirrors ?? set.mirrors;
  options.onStep?.(`downloading ${set.name} (${set.download} MB)`);
  if (set.archive !== undefined) return takeArchives(set, set.archive, data, mirrors, options);
  // All are asked at once for the smallest file, so that dead ones cost one time-out in all.
  const labels = await Promise.allSettled(
    mirrors.map((mirror) => download(set, mirror, 'testLabels', options)),
  );
  await fromFirst(mirrors, data, options, async (mirror, index) => {
    const first = labels[index]!;
    if (first.status === 'rejected') throw first.reason;
    let done = 0;
    for (const part of parts) {
      const bytes =
        part === 'testLabels' ? first.value : await download(set, mirror, part, options, done);
      await save(set, part, bytes, mirror, data, 'a mirror');
      done += set.files[part].size;
      options.onProgress?.(done, sizeOf(set));
    }
  });
}

/**
 * Tries one mirror after another, until one has had all. An interrupt ends it, and so does what is wrong with the files here.
 */
async function fromFirst(
  mirrors: readonly string[],
  data: string,
  { signal }: FetchDataOptions,
  take: (mirror: string, index: number) => Promise<void>,
): Promise<void> {
  const failures: string[] = [];
  for (const [index, mirror] of mirrors.entries()) {
    try {
      return await take(mirror, index);
    } catch (error) {
      signal?.throwIfAborted();
      if (fileError(error, data) !== error) throw error;
      failures.push(`${new URL(mirror).host}: ${oneLine(error)}`);
    }
  }
  throw new Error(failures.join(', ') || 'none is known');
}

// The first archive that is whole; unpacked here, since other sets' files are in it too.
async function takeArchives(
  set: IdxSet,
  archive: NonNullable<IdxSet['archive']>,
  data: string,
  mirrors: readonly string[],
  options: FetchDataOptions,
): Promise<void> {
  const file = join(dirname(data), 'archive.zip');
  await fromFirst(mirrors, data, options, async (mirror) => {
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
  });
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
