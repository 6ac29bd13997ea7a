import { createHash } from 'node:crypto';
import { relative } from 'node:path';

import { IterableDataset } from '../data/dataset/iterableDataset.js';
import { DatasetFolder } from '../data/folder/datasetFolder.js';
import { BatchSampler, lengthOfBatches } from '../data/loader/batchSampler.js';
import { type BatchIterable, DataLoader } from '../data/loader/dataloader.js';
import { DistributedSampler } from '../data/loader/distributedSampler.js';
import { isList, lengthOfSampler } from '../data/loader/indices.js';
import { inMemory } from '../data/loader/inMemory.js';
import { RandomSampler, SequentialSampler } from '../data/loader/sampler.js';
import { SubsetRandomSampler, WeightedRandomSampler } from '../data/loader/subsetSamplers.js';
import { Tensor } from '../tensor/index.js';

type Facts = Readonly<Record<string, string | number | boolean>>;

/** What is written down of a training's data, to see whether it is the same when it goes on. */
export type DataDescription = Readonly<Record<string, string | number | boolean | Facts>>;

/**
 * Describes batches: of what lies in memory the bytes themselves by their SHA-256, of other data sets
 * class and length, of other iterables that they are some.
 */
export function describeData(batches: BatchIterable): DataDescription {
  if (Array.isArray(batches)) {
    return { kind: 'array', batches: batches.length, sha256: hashOf(batches.flat()) };
  }
  if (!(batches instanceof DataLoader)) return { kind: 'iterable' };
  const { dataset, batchSize, shuffle, dropLast, generator, collateFn } = batches;
  const data = inMemory(batches, 'any');
  return {
    kind: 'DataLoader',
    dataset: dataset.constructor.name,
    ...(!(dataset instanceof IterableDataset) && { examples: dataset.length }),
    ...(batchSize !== null && { batchSize }),
    shuffle,
    dropLast,
    ownGenerator: generator !== undefined,
    ...(collateFn && { collateFn: collateFn.name }),
    ...describeBatchSampler(batches),
    ...(!(dataset instanceof IterableDataset) && describeSampler(batches)),
    ...(dataset instanceof DatasetFolder && { files: hashOfFiles(dataset) }),
    ...(typeof data === 'object' && {
      sha256: hashOf([data.images, data.labels, data.table, ...data.rows]),
    }),
  };
}

function describeBatchSampler({ batchSampler }: DataLoader): { batchSampler?: Facts } {
  if (batchSampler === undefined) return {};
  const kind = batchSampler.constructor?.name ?? 'object';
  const batches = lengthOfBatches(batchSampler);
  const of = { kind, ...(batches !== undefined && { batches }) };
  if (!(batchSampler instanceof BatchSampler)) return { batchSampler: of };
  const { sampler, batchSize, dropLast } = batchSampler;
  return {
    batchSampler: { ...of, batchSize, dropLast, sampler: sampler.constructor?.name ?? 'object' },
  };
}

// Pictures are many and large: their names and classes say which they are.
function hashOfFiles({ root, samples }: DatasetFolder<unknown>): string {
  const hash = createHash('sha256');
  for (const [path, label] of samples) hash.update(`${label} ${relative(root, path)}\n`);
  return hash.digest('hex');
}

// Of the package's samplers what they were made with, of lists the numbers, of others class and length; nothing of what
// a loader without the option has.
function describeSampler({ sampler, shuffle, dataset }: DataLoader): { sampler?: Facts } {
  const length = lengthOfSampler(sampler);
  const isPlain = sampler.constructor === SequentialSampler && length === dataset.length;
  if (shuffle || isPlain) return {};
  const kind = sampler.constructor?.name ?? 'object';
  const of = { kind, ...(length !== undefined && { examples: length }) };
  if (sampler instanceof DistributedSampler) {
    const { numReplicas, rank, shuffle, seed, dropLast } = sampler;
    return { sampler: { ...of, numReplicas, rank, shuffle, seed: String(seed), dropLast } };
  }
  if (sampler instanceof SubsetRandomSampler) {
    const { indices, generator } = sampler;
    return {
      sampler: { ...of, sha256: hashOfNumbers(indices), ownGenerator: generator !== undefined },
    };
  }
  if (sampler instanceof WeightedRandomSampler) {
    const { weights, replacement, generator } = sampler;
    const sha256 = hashOf([weights]);
    return { sampler: { ...of, replacement, sha256, ownGenerator: generator !== undefined } };
  }
  if (sampler instanceof RandomSampler) {
    const { replacement, generator } = sampler;
    return { sampler: { ...of, replacement, ownGenerator: generator !== undefined } };
  }
  if (!isList(sampler)) return { sampler: of };
  return { sampler: { ...of, sha256: hashOfNumbers(Array.from(sampler, Number)) } };
}

const hashOfNumbers = (numbers: readonly number[]): string =>
  createHash('sha256').update(numbers.join()).digest('hex');

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
