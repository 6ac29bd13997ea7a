import { gunzipSync, constants as zlib } from 'node:zlib';

import { TorchError } from '../../error.js';

/** What the elements of an IDX file are. */
export type IdxType = 'uint8' | 'int32';

/** The contents of an IDX file. */
export interface Idx<Type extends IdxType = 'uint8'> {
  /** Row-major: the last dimension varies fastest. Of uint8 a view of the bytes given, when plain. */
  readonly data: Type extends 'uint8' ? Uint8Array : Int32Array;
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
const bytesOf = { uint8: 1, int32: 4 };
// A header has 4 bytes and 4 per dimension, of which the format allows 255.
const longestHeader = 4 + 4 * 255;

/**
 * Reads an IDX file, the format of MNIST and Fashion-MNIST; plain or gzip.
 *
 * Nothing is allocated by what the header claims: its length is compared with the bytes first.
 *
 * @param bytes - The whole file.
 * @param file - Its name, for the errors.
 * @param type - What its elements have to be.
 * @throws {TorchError} `ERR_DATA_CORRUPT`, naming the file, what was expected and what was found.
 */
export function parseIdx(bytes: Uint8Array, file: string): Idx;
export function parseIdx<Type extends IdxType>(
  bytes: Uint8Array,
  file: string,
  type: Type,
): Idx<Type>;
export function parseIdx(bytes: Uint8Array, file: string, type: IdxType = 'uint8'): Idx<IdxType> {
  const zipped = bytes[0] === 0x1f && bytes[1] === 0x8b;
  const { dims, offset } = parseHeader(zipped ? inflateStart(bytes, file) : bytes, file, type);
  const length = offset + dims.reduce((product, dim) => product * dim, bytesOf[type]);
  const plain = zipped ? inflate(bytes, length, file) : bytes;
  if (plain.length !== length) {
    const found = plain.length < length ? 'it is truncated' : 'bytes follow the data';
    const count = plain.length > length && zipped ? 'more' : `${plain.length}`;
    throw corrupt(file, `${length} bytes for the shape [${dims}]`, `${count}: ${found}`);
  }
  const data = plain.subarray(offset);
  return { data: type === 'uint8' ? data : swapped(data), dims };
}

// The first byte of each is its highest.
function swapped(bytes: Uint8Array): Int32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Int32Array.from({ length: bytes.length / 4 }, (_, i) => view.getInt32(4 * i));
}

function parseHeader(
  start: Uint8Array,
  file: string,
  wanted: IdxType,
): { dims: number[]; offset: number } {
  if (start.length < 4) throw corrupt(file, 'an IDX header', `${start.length} bytes`);
  const view = new DataView(start.buffer, start.byteOffset, start.byteLength);
  const rank = view.getUint8(3);
  if (view.getUint16(0) !== 0 || rank === 0) {
    const magic = view.getUint32(0).toString(16).padStart(8, '0');
    throw corrupt(file, 'IDX magic 0x000008nn with nn ≥ 1 dimensions', `0x${magic}`);
  }
  const type = view.getUint8(2);
  if (typeNames[type] !== wanted) {
    const code = (each: number): string => `0x${each.toString(16).padStart(2, '0')}`;
    const name = typeNames[type] ?? `unknown type ${code(type)}`;
    const [expected] = Object.entries(typeNames).find(([, each]) => each === wanted)!;
    throw corrupt(file, `elements of type ${wanted} (${code(Number(expected))})`, name);
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
