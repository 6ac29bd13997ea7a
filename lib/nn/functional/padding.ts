import type { Tensor } from '../../tensor/index.js';
import { bindFunction } from '../../tensor/method.js';

/** What is put around: one value, the elements before the edge mirrored, the edge itself, or those of the other side. */
export type PadMode = 'constant' | 'reflect' | 'replicate' | 'circular';

/** Options of {@link pad}. */
export interface PadOptions {
  /** Default `'constant'`. */
  mode?: PadMode;
  /** What is added in mode `'constant'`. Default 0. */
  value?: number | null;
}

/**
 * Adds elements around: `[left, right, top, bottom, …]`, the last dimension first; negative numbers cut off. Mirrors
 * `torch.nn.functional.pad`.
 *
 * Shape: `(…, W)` → `(…, left + W + right)`, the dimensions before it likewise.
 *
 * @param options.mode - Default `'constant'`, which takes any dimensions; the others pad the last one, two or three
 *   of `(N, C, …)` or `(C, …)`.
 * @param options.value - What is added in mode `'constant'`. Default 0.
 * @example
 * nn.functional.pad(torch.tensor([[1, 2]]), [1, 0, 0, 1]); // → tensor([[0., 1., 2.], [0., 0., 0.]])
 * nn.functional.pad(torch.tensor([[1, 2, 3]]), [2, -1], { mode: 'reflect' }); // → tensor([[3., 2., 1., 2.]])
 */
export const pad = bindFunction<{
  (input: Tensor, pad: readonly number[], options?: PadOptions): Tensor;
  (input: Tensor, pad: readonly number[], mode: PadMode, value?: number | null): Tensor;
}>('pad');
