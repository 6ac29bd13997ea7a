import { atMost } from '../../argument/atMost.js';
import { invalidArgument } from '../../error.js';
import { type Tensor, tensor } from '../../tensor/index.js';
import { tensorKind } from '../../tensor/kinds.js';
import { tidy } from '../../tensor/scope.js';

/**
 * Coordinates of elements that are numbered in row-major order: an int64 tensor for each dimension; mirrors
 * `torch.unravel_index`.
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
  const { device } = indices;
  const int64 = (values: readonly number[]) =>
    tensor(values.map(BigInt), { dtype: 'int64', device });
  const steps = sizes.map((_, i) => sizes.slice(i + 1).reduce((all, size) => all * size, 1));
  // By tensors, as in Python: by numbers the result would have the dtype of the indices, which may not hold the steps.
  return tidy(() =>
    indices.unsqueeze(-1).floorDivide(int64(steps)).remainder(int64(sizes)).unbind(-1),
  );
}
