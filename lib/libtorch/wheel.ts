import { createHash } from 'node:crypto';
import { closeSync, createReadStream, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createInflateRaw, inflateRawSync } from 'node:zlib';
import yauzl from 'yauzl';

import { TorchError } from '../error.js';
import { fileError } from './cache.js';

// On arm64 libtorch_cpu needs ARM's Compute Library, and OpenBLAS or NVIDIA's NVPL with libgfortran.
const libraries =
  /^(torch\/lib\/lib(torch_cpu|c10)\.so|torch(\/lib|\.libs)\/lib(gomp|gfortran|arm_compute|openblas|nvpl)[^/]*|nvidia\/.+\/lib\/(libcudart|libcupti)\.so\.\d+|torch\/version\.py)$/;

// In bytes; torch's largest header has 2.3 MB.
const smallEntry = 1 << 22;

/** Whether a wheel's entry belongs to what the CPU needs at run time. */
export function isLibrary(entry: string): boolean {
  return libraries.test(entry);
}

// With Python's own part left out; and of NVIDIA's, the libraries without their tools.
const cudaLibraries =
  /^(torch\/lib\/lib(torch_cuda|torch_cuda_linalg|torch_nvshmem|c10_cuda|caffe2_nvrtc)\.so|nvidia\/.+\/lib\/lib[^/]+\.so(\.\d+)*)$/;

/** Whether a wheel's entry belongs to what CUDA needs at run time, the CPU's part included. */
export function isCudaLibrary(entry: string): boolean {
  return cudaLibraries.test(entry) || isLibrary(entry);
}

/** Whether a wheel's entry is one of the headers that the addon is compiled against. */
export function isHeader(entry: string): boolean {
  return entry.startsWith('torch/include/');
}

/** Progress in bytes, and a way to stop. */
export interface UnpackOptions {
  onProgress?: ((bytes: number) => void) | undefined;
  signal?: AbortSignal | undefined;
}

/** SHA-256 of a file, in hexadecimal. */
export async function sha256File(path: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash, {
    ...(signal && { signal }),
  });
  return hash.digest('hex');
}

/**
 * Unpacks the wanted entries of a wheel, keeping its folder layout: the libraries' own run path
 * (`$ORIGIN/../../nvidia/cu13/lib`) then resolves. Names that leave the folder are refused.
 *
 * @returns Entry name → size in bytes of what was unpacked.
 */
export async function unpackWheel(
  wheel: string,
  into: string,
  wanted: (entry: string) => boolean,
  options: UnpackOptions = {},
): Promise<Map<string, number>> {
  const unpacked = new Map<string, number>();
  const folders = new Set<string>();
  const zip = await yauzl.openPromise(wheel, { autoClose: false }).catch((error: Error) => {
    throw damaged(wheel, error);
  });
  try {
    for await (const entry of zip.eachEntry()) {
      options.signal?.throwIfAborted();
      if (entry.fileName.endsWith('/') || !wanted(entry.fileName)) continue;
      const path = join(into, entry.fileName);
      if (!folders.has(dirname(path))) {
        mkdirSync(dirname(path), { recursive: true });
        folders.add(dirname(path));
      }
      await unpackEntry(zip, entry, path, options);
      unpacked.set(entry.fileName, entry.uncompressedSize);
    }
  } catch (error) {
    if (options.signal?.aborted) throw options.signal.reason;
    const mended = fileError(error, into);
    throw mended === error ? damaged(wheel, error as Error) : mended;
  } finally {
    zip.close();
  }
  return unpacked;
}

function damaged(path: string, cause: Error): TorchError {
  return new TorchError('ERR_DOWNLOAD', `${path} is not a readable wheel: ${cause.message}`, {
    cause,
  });
}

// Writes are synchronous, and small entries are inflated at once: a stream with its inflater and
// asynchronous writes would cost ten thousand headers of 4 KB twenty seconds instead of five.
async function unpackEntry(
  zip: yauzl.ZipFile,
  entry: yauzl.Entry,
  path: string,
  options: UnpackOptions,
): Promise<void> {
  const deflated = entry.compressionMethod === 8;
  const stream = await zip.openReadStreamPromise(entry, deflated ? { decompress: false } : {});
  const file = openSync(path, 'w');
  let written = 0;
  const write = (piece: Buffer) => {
    options.signal?.throwIfAborted();
    writeFileSync(file, piece);
    written += piece.length;
    options.onProgress?.(piece.length);
  };
  try {
    if (entry.uncompressedSize <= smallEntry) {
      const bytes = Buffer.concat(await stream.toArray());
      write(deflated ? inflateRawSync(bytes, { maxOutputLength: smallEntry }) : bytes);
    } else if (deflated) {
      // yauzl's own inflater makes pieces of 16 KB: for a library of 450 MB, several times slower.
      const inflater = createInflateRaw({ chunkSize: 1 << 18 });
      stream.once('error', (error) => inflater.destroy(error));
      for await (const piece of stream.pipe(inflater)) write(piece);
    } else {
      for await (const piece of stream) write(piece);
    }
  } finally {
    closeSync(file);
  }
  if (written !== entry.uncompressedSize) {
    throw new Error(`${entry.fileName}: ${written} bytes instead of ${entry.uncompressedSize}`);
  }
}
