import { gunzipSync, constants as zlib } from 'node:zlib';

import { TorchError } from '../../error.js';

/** The contents of an IDX file. */
export interface Idx {
  /** uint8, row-major: the last dimension varies fastest. A view of the bytes given, when plain. */
  readonly data: Uint8Array;
  /** `[60000, 28, 28]` for images, `[60000]` for labels. */
  readonly dims: readonly number[];
}

const typeNames: Readonly<Record<number, string>> = {
  8: 'uint8',
  9: 'int8',
  11: 'int16',
  12: 'int32',
  13: 'float32',
  14: 'float64',
};
const uint8Type = 8;
// A header has 4 bytes and 4 per dimension, of which the format allows 255.
const longestHeader = 4 + 4 * 255;

/**
 * Reads an IDX file of uint8 values, the format of MNIST and Fashion-MNIST; plain or gzip.
 *
 * Nothing is allocated by what the header claims: its length is compared with the bytes first.
 *
 * @param bytes - The whole file.
 * @param file - Its name, for the errors.
 * @throws {TorchError} `ERR_DATA_CORRUPT`, naming the file, what was expected and what was found.
 */
export function parseIdx(bytes: Uint8Array, file: string): Idx {
  const zipped = bytes[0] === 0x1f && bytes[1] === 0x8b;
  const { dims, offset } = parseHeader(zipped ? inflateStart(bytes, file) : bytes, file);
  const length = offset + dims.reduce((product, dim) => product * dim, 1);
  const plain = zipped ? inflate(bytes, length, file) : bytes;
  if (plain.length !== length) {
    const found = plain.length < length ? 'it is truncated' : 'bytes follow the data';
    const count = plain.length > length && zipped ? 'more' : `${plain.length}`;
    throw corrupt(file, `${length} bytes for the shape [${dims}]`, `${count}: ${found}`);
  }
  return { data: plain.subarray(offset), dims };
}

function parseHeader(start: Uint8Array, file: string): { dims: number[]; offset: number } {
  if (start.length < 4) throw corrupt(file, 'an IDX header', `${start.length} bytes`);
  const view = new DataView(start.buffer, start.byteOffset, start.byteLength);
  const rank = view.getUint8(3);
  if (view.getUint16(0) !== 0 || rank === 0) {
    const magic = view.getUint32(0).toString(16).padStart(8, '0');
    throw corrupt(file, 'IDX magic 0x000008nn with nn ≥ 1 dimensions', `0x${magic}`);
  }
  const type = view.getUint8(2);
  if (type !== uint8Type) {
    const name = typeNames[type] ?? `unknown type 0x${type.toString(16).padStart(2, '0')}`;
    throw corrupt(file, 'elements of type uint8 (0x08)', name);
  }
  const offset = 4 + 4 * rank;
  if (start.length < offset) {
    throw corrupt(
      file,
      `a header of ${offset} bytes for ${rank} dimensions`,
      `${start.length} bytes`,
    );
  }
  const dims = Array.from({ length: rank }, (_, index) => view.getUint32(4 + 4 * index));
  return { dims, offset };
}

// Enough to hold the header, however the rest of the file looks.
function inflateStart(bytes: Uint8Array, file: string): Uint8Array {
  try {
    return gunzipSync(bytes.subarray(0, 2 * longestHeader), {
      finishFlush: zlib.Z_SYNC_FLUSH,
      maxOutputLength: 1 << 22,
    });
  } catch (error) {
    throw corrupt(file, 'gzip data', (error as Error).message, error);
  }
}

function inflate(bytes: Uint8Array, length: number, file: string): Uint8Array {
  // Deflate shrinks at most 1032 times: a larger claim is false, and would only be believed.
  if (length > bytes.length * 1032) {
    throw corrupt(file, `${length} bytes by its header`, `${bytes.length} compressed bytes`);
  }
  try {
    // One more than needed, so that bytes after the data are seen.
    return gunzipSync(bytes, { maxOutputLength: length + 1 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      throw corrupt(file, `${length} bytes by its header`, 'more: bytes follow the data', error);
    }
    throw corrupt(file, 'complete gzip data', (error as Error).message, error);
  }
}

function corrupt(file: string, expected: string, found: string, cause?: unknown): TorchError {
  return new TorchError(
    'ERR_DATA_CORRUPT',
    `${file}: expected ${expected}, found ${found}`,
    cause === undefined ? undefined : { cause },
  );
}
