import { holds } from '../../argument/holds.js';
import type { Tensor } from '../../tensor/index.js';
import { type BatchIterable, DataLoader } from './dataloader.js';

/** Whether batches come from the package's own loader, or an heir that changes nothing of them. */
export function isOwnLoader(batches: unknown): batches is DataLoader {
  return (
    batches instanceof DataLoader &&
    holds(batches, 'beginPass', [Symbol.iterator, 'resumePass', 'dataset', 'length'])
  );
}

/**
 * Whether a pass over these batches can be gone on with in its middle: the package's own loader, unchanged,
 * or an array of batches.
 */
export function canResumePass(batches: BatchIterable): boolean {
  return Array.isArray(batches) || isOwnLoader(batches);
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
