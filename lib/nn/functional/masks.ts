import { invalidArgument } from '../../error.js';
import type { DType } from '../../native/dtype.js';
import { bind } from '../../native/ops.js';
import { full, type Tensor, type TensorOptions, zerosLike } from '../../tensor/index.js';

export type Mask = Tensor | null;

const triu = bind<(input: Tensor, diagonal: number) => Tensor>('triu');

/**
 * A mask as numbers that are added to scores: −∞ where a bool mask forbids.
 * @throws {TypeError} `ERR_INVALID_ARG` for a mask of integers.
 */
export function asNumbers(what: string, mask: Mask, dtype: DType): Mask {
  if (mask === null || /^(b?float)/.test(mask.dtype)) return mask;
  if (mask.dtype !== 'bool') {
    throw invalidArgument(`${what}: expected a mask of booleans or floats, got ${mask.dtype}`);
  }
  return zerosLike(mask, { dtype }).maskedFill(mask, Number.NEGATIVE_INFINITY);
}

/** −∞ for what comes later, 0 for the rest, `(size, size)`. */
export function causalMask(size: number, options: TensorOptions = {}): Tensor {
  return triu(full([size, size], Number.NEGATIVE_INFINITY, options), 1);
}

/** Whether a mask only hides what comes later; `isCausal` where somebody says so. */
export function isCausalMask(mask: Mask, isCausal: boolean | null, size: number | null): boolean {
  if (isCausal !== null || mask === null) return isCausal === true;
  const length = size ?? mask.shape.at(-2)!;
  if (String(mask.shape) !== `${[length, length]}`) return false;
  return mask.equal(causalMask(length, { dtype: mask.dtype, device: mask.device }));
}
