import type { Source } from '../files/source.js';
import type { DType } from '../native/dtype.js';
import { bind } from '../native/ops.js';
import { elementSize } from './dtypes.js';
import { empty, Tensor, tensor as tensorOf } from './index.js';
import { tidy } from './scope.js';

const viewAs = bind<(a: Tensor, dtype: DType) => Tensor>('view.dtype');
const resolveConj = bind<(a: Tensor) => Tensor>('resolve_conj');
const resolveNeg = bind<(a: Tensor) => Tensor>('resolve_neg');

/** Bytes that are held at a time when reading and writing. */
export const pieceSize = 1 << 22;

export { elementSize };

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
    // A single element may have any stride, and keeps it unless it becomes a number first.
    const flat = plain.numel() === 1 ? plain.reshape([]).reshape([1]) : plain.reshape(-1);
    return viewAs(flat, 'uint8');
  });
  return bytes.keep();
}

/** The bytes of `head` and of the tensors, one after another, in pieces of up to `pieceSize`. */
export function* pieces(head: Uint8Array, tensors: readonly Tensor[]): Generator<Uint8Array, void> {
  let left = tensors.reduce((sum, tensor) => sum + byteLength(tensor), head.length);
  let piece = Buffer.allocUnsafe(Math.min(left, pieceSize));
  let filled = 0;
  for (const part of [head, ...tensors]) {
    const bytes = part instanceof Tensor ? bytesOf(part) : part;
    try {
      const length = part instanceof Tensor ? byteLength(part) : part.length;
      for (let done = 0; done < length; ) {
        const count = Math.min(length - done, piece.length - filled);
        piece.set(slice(bytes, done, count), filled);
        done += count;
        filled += count;
        if (filled < piece.length) continue;
        yield piece;
        left -= filled;
        piece = Buffer.allocUnsafe(Math.min(left, pieceSize));
        filled = 0;
      }
    } finally {
      if (bytes instanceof Tensor) bytes.dispose();
    }
  }
}

function slice(bytes: Tensor | Uint8Array, start: number, count: number): Uint8Array {
  if (!(bytes instanceof Tensor)) return bytes.subarray(start, start + count);
  return tidy(() => bytes.narrow(0, start, count).data()) as Uint8Array;
}

/**
 * A tensor with the elements that lie at `position` of the file in row-major order, outside every scope.
 * The caller has checked that the file has as many bytes.
 *
 * @param onPiece - Sees the bytes as they are read.
 */
export async function readTensor(
  source: Source,
  position: number,
  shape: readonly number[],
  dtype: DType,
  onPiece?: (piece: Uint8Array) => void,
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
      onPiece?.(piece);
      tidy(() => void bytes.narrow(0, done, piece.length).copy_(tensorOf(piece)));
      done += piece.length;
    }
    if (dtype === 'bool') makeBools(bytes);
    return made;
  } catch (error) {
    made.dispose();
    throw error;
  } finally {
    bytes.dispose();
  }
}

/** Makes every byte that is not 0 a 1: in C++ any other bool is undefined behaviour. */
export function makeBools(bytes: Tensor): void {
  tidy(() => void bytes.copy_(bytes.ne(0)));
}
