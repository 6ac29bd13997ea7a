import { createHash } from 'node:crypto';
import { TorchError } from '../error.js';
import { empty, type Tensor, tensor } from '../tensor/index.js';
import type { Runner } from './operation.js';

const size = 256;

// A longer text is cut, and told apart by its hash.
function fitting(text: string): Uint8Array {
  const bytes = new TextEncoder().encode(text);
  if (bytes.length <= size) return bytes;
  const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 16);
  return new TextEncoder().encode(`${text.slice(0, 150)}… ${hash}`);
}

/**
 * Compares what all ranks are about to do, by an operation of a fixed size: what they send then would end the
 * process of one that expects less.
 * @throws {TorchError} `ERR_DISTRIBUTED_MISMATCH`
 */
export async function agreedSignature(group: Runner, signature: string): Promise<void> {
  if (group.size === 1) return;
  const all = await gatherTexts(group, signature);
  const other = all.findIndex((text) => text !== all[group.rank]);
  if (other < 0) return;
  throw new TorchError(
    'ERR_DISTRIBUTED_MISMATCH',
    `rank ${group.rank} calls ${signature}, where rank ${other} calls ${all[other]}`,
  );
}

/** A short text of each rank, in the ranks' order. */
async function gatherTexts(group: Runner, text: string): Promise<string[]> {
  const bytes = new Uint8Array(size);
  bytes.set(fitting(text));
  const own = tensor(bytes, { dtype: 'uint8' }).keep();
  const all = empty([group.size, size], { dtype: 'uint8' }).keep();
  try {
    await group.runUnchecked({ operation: 'allGatherIntoTensor', inputs: [own], outputs: [all] });
    const rows = all.tolist() as number[][];
    return rows.map((row) => new TextDecoder().decode(Uint8Array.from(row)).replace(/\0+$/, ''));
  } finally {
    disposeAll(own, all);
  }
}

const disposeAll = (...tensors: Tensor[]): void => {
  for (const each of tensors) each.dispose();
};
