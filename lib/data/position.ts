import type { Tensor } from '../tensor/index.js';
import { type BatchIterable, DataLoader } from './dataloader.js';

/**
 * Whether a pass over these batches can be gone on with in its middle: the package's own loader, unchanged,
 * or an array of batches.
 */
export function canResumePass(batches: BatchIterable): boolean {
  if (Array.isArray(batches)) return true;
  return (
    batches instanceof DataLoader &&
    Object.getPrototypeOf(batches) === DataLoader.prototype &&
    !Object.hasOwn(batches, Symbol.iterator)
  );
}

/**
 * The rest of a pass, for batches of which {@link canResumePass} is true.
 * @param drawn - Called when the order has been drawn, before a batch is fetched.
 */
export function resumePass(
  batches: BatchIterable,
  first: number,
  drawn: () => void,
): Iterable<readonly [Tensor, Tensor]> {
  if (batches instanceof DataLoader) {
    return (batches as DataLoader<readonly [Tensor, Tensor]>).resumePass(first, drawn);
  }
  drawn();
  return (batches as (readonly [Tensor, Tensor])[]).slice(first);
}
