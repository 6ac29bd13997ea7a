import { atMost } from '../../argument/atMost.js';
import { invalidArgument } from '../../error.js';
import type { Tensor } from '../../tensor/index.js';
import { tensorKind } from '../../tensor/kinds.js';
import { bindFunction } from '../../tensor/method.js';

const divide =
  bindFunction<(input: Tensor, other: number, options?: { roundingMode?: 'floor' }) => Tensor>(
    'div.Scalar_mode',
  );
const remainder = bindFunction<(input: Tensor, other: number) => Tensor>('remainder.Scalar');

/**
 * Coordinates of elements that are numbered in row-major order: a tensor for each dimension; mirrors `torch.unravel_index`.
 * @throws {TypeError} `ERR_INVALID_ARG` for indices that are no integers, and for sizes below 0.
 * @example
 * torch.unravelIndex(torch.tensor([1n, 5n]), [2, 3]); // → [ tensor([0, 1]), tensor([1, 2]) ]
 */
export function unravelIndex(indices: Tensor, shape: number | readonly number[]): Tensor[] {
  atMost('unravelIndex', 2, arguments.length);
  tensorKind.read('unravelIndex: indices', indices);
  if (!/^u?int/.test(indices.dtype)) {
    throw invalidArgument(`unravelIndex: indices: expected integers, got ${indices.dtype}`);
  }
  const sizes = Array.isArray(shape) ? (shape as number[]) : [shape as number];
  if (!sizes.every((size) => Number.isSafeInteger(size) && size >= 0)) {
    throw invalidArgument(`unravelIndex: shape: expected sizes, got (${sizes.join(', ')})`);
  }
  let step = sizes.reduce((product, size) => product * size, 1);
  return sizes.map((size) => {
    step = size === 0 ? 0 : step / size;
    return remainder(divide(indices, step, { roundingMode: 'floor' }), size);
  });
}
