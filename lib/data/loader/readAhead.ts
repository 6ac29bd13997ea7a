import { tidy } from '../../tensor/scope.js';
import { numbersIn } from '../dataset/ask.js';
import type { ImageReader, Reading } from '../dataset/dataset.js';
import { poolReader } from '../images/reader.js';
import { ImageThreads } from '../images/threads.js';
import type { Indices } from './indices.js';

/** How a loader reads. */
export interface ReadAheadOptions {
  /** Examples per batch. */
  readonly size: number;
  readonly dropLast: boolean;
  readonly numWorkers: number;
  /** How many batches are read at once; 0: each when it is asked for. */
  readonly depth: number;
}

/**
 * What makes the examples of each batch, in the order of the batches, of files that are read ahead.
 * @param first - So many batches are not read.
 * @param drawn - Called before the first one is.
 */
export async function* readAhead<Item>(
  indices: Indices,
  read: Reading<Item>,
  { size, dropLast, numWorkers, depth }: ReadAheadOptions,
  first: number,
  drawn?: () => void,
): AsyncGenerator<(() => Item)[], void> {
  const threads = numWorkers > 0 ? new ImageThreads(numWorkers) : undefined;
  const images: ImageReader = threads ?? poolReader;
  const waiting: Promise<(() => Item)[]>[] = [];
  let isAtEnd = false;
  const begin = (): void => {
    const count = indices.advance(size);
    isAtEnd = count === undefined || (dropLast && count < size);
    if (isAtEnd) return;
    const numbers = tidy(() => numbersIn(indices.current()));
    const batch = Promise.all(numbers.map((index) => read(index, images)));
    // It is awaited later, or never where the loop is left: until then its failure is not unhandled.
    batch.catch(() => {});
    waiting.push(batch);
  };
  try {
    for (let batch = 0; batch < first; batch++) indices.advance(size);
    drawn?.();
    for (;;) {
      while (!isAtEnd && waiting.length < Math.max(depth, 1)) begin();
      const next = waiting.shift();
      if (next === undefined) return;
      yield await next;
    }
  } finally {
    indices.dispose();
    await threads?.dispose();
  }
}
