import { createHash } from 'node:crypto';

import { type BatchIterable, DataLoader } from '../data/loader/dataloader.js';
import { inMemory } from '../data/loader/inMemory.js';
import { Tensor } from '../tensor/index.js';

/** What is written down of a training's data, to see whether it is the same when it goes on. */
export type DataDescription = Readonly<Record<string, string | number | boolean>>;

/**
 * Describes batches: of what lies in memory the bytes themselves by their SHA-256, of other data sets
 * class and length, of other iterables that they are some.
 */
export function describeData(batches: BatchIterable): DataDescription {
  if (Array.isArray(batches)) {
    return { kind: 'array', batches: batches.length, sha256: hashOf(batches.flat()) };
  }
  if (!(batches instanceof DataLoader)) return { kind: 'iterable' };
  const { dataset, batchSize, shuffle, dropLast, generator } = batches;
  const data = inMemory(batches, 'any');
  return {
    kind: 'DataLoader',
    dataset: dataset.constructor.name,
    examples: dataset.length,
    batchSize,
    shuffle,
    dropLast,
    ownGenerator: generator !== undefined,
    ...(typeof data === 'object' && {
      sha256: hashOf([data.images, data.labels, data.table, ...data.rows]),
    }),
  };
}

function hashOf(parts: readonly unknown[]): string {
  const hash = createHash('sha256');
  for (const part of parts) {
    if (!(part instanceof Tensor)) continue;
    const { buffer, byteOffset, byteLength } = part.data();
    hash.update(`${part.dtype} ${part.shape} `);
    hash.update(new Uint8Array(buffer, byteOffset, byteLength));
  }
  return hash.digest('hex');
}
