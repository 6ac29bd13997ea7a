import type { DType } from '../dtype.js';
import { bind } from '../ops.js';
import { tidy } from '../scope.js';
import { empty, Tensor, tensor as tensorOf } from '../tensor/index.js';
import type { Source } from './source.js';

const viewAs = bind<(a: Tensor, dtype: DType) => Tensor>('view.dtype');
const resolveConj = bind<(a: Tensor) => Tensor>('resolve_conj');
const resolveNeg = bind<(a: Tensor) => Tensor>('resolve_neg');

/** Bytes that are held at a time when reading and writing. */
export const pieceSize = 1 << 22;

const sizes: Readonly<Record<DType, number>> = {
  bool: 1,
  uint8: 1,
  int8: 1,
  float8_e4m3fn: 1,
  float8_e4m3fnuz: 1,
  float8_e5m2: 1,
  float8_e5m2fnuz: 1,
  float8_e8m0fnu: 1,
  uint16: 2,
  int16: 2,
  float16: 2,
  bfloat16: 2,
  uint32: 4,
  int32: 4,
  float32: 4,
  uint64: 8,
  int64: 8,
  float64: 8,
  complex64: 8,
  complex128: 16,
};

/** Bytes of one element. */
export function elementSize(dtype: DType): number {
  return sizes[dtype];
}

/** Bytes of all elements. */
export function byteLength(tensor: Tensor): number {
  return tensor.numel() * elementSize(tensor.dtype);
}

/**
 * The elements' bytes in row-major order as a flat uint8 tensor outside every scope: a view where the
 * elements lie so, else a copy.
 */
export function bytesOf(tensor: Tensor): Tensor {
  const bytes = tidy(() => {
    const plain = resolveNeg(resolveConj(tensor.detach())).contiguous();
    return viewAs(plain.reshape(-1), 'uint8');
  });
  return bytes.keep();
}

/**
 * The bytes of `head` and of the tensors, one after another, in pieces of up to `pieceSize`. A piece is
 * valid until the next one is asked for.
 */
export function* pieces(head: Uint8Array, tensors: Iterable<Tensor>): Generator<Uint8Array, void> {
  const buffer = new Uint8Array(pieceSize);
  let filled = 0;
  for (const part of [head, ...tensors]) {
    const bytes = part instanceof Tensor ? bytesOf(part) : part;
    try {
      const length = part instanceof Tensor ? byteLength(part) : part.length;
      for (let done = 0; done < length; ) {
        const count = Math.min(length - done, pieceSize - filled);
        buffer.set(slice(bytes, done, count), filled);
        done += count;
        filled += count;
        if (filled === pieceSize) {
          yield buffer;
          filled = 0;
        }
      }
    } finally {
      if (bytes instanceof Tensor) bytes.dispose();
    }
  }
  if (filled > 0) yield buffer.subarray(0, filled);
}

function slice(bytes: Tensor | Uint8Array, start: number, count: number): Uint8Array {
  if (!(bytes instanceof Tensor)) return bytes.subarray(start, start + count);
  return tidy(() => bytes.narrow(0, start, count).data()) as Uint8Array;
}

/**
 * A tensor with the elements that lie at `position` of the file in row-major order, outside every scope.
 * The caller has checked that the file has as many bytes.
 */
export async function readTensor(
  source: Source,
  position: number,
  shape: readonly number[],
  dtype: DType,
): Promise<Tensor> {
  const made = empty(shape, { dtype }).keep();
  const length = byteLength(made);
  if (length === 0) return made;
  const bytes = bytesOf(made);
  try {
    const buffer = new Uint8Array(Math.min(length, pieceSize));
    for (let done = 0; done < length; ) {
      const piece = buffer.subarray(0, Math.min(length - done, pieceSize));
      await source.read(position + done, piece);
      tidy(() => void bytes.narrow(0, done, piece.length).copy_(tensorOf(piece)));
      done += piece.length;
    }
    // In C++ a bool that is neither 0 nor 1 is undefined behaviour.
    if (dtype === 'bool') tidy(() => void bytes.copy_(bytes.ne(0)));
    return made;
  } catch (error) {
    made.dispose();
    throw error;
  } finally {
    bytes.dispose();
  }
}
