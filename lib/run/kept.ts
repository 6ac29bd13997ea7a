import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { attempt } from '../files/atomic.js';
import { saveSafetensors } from '../io/index.js';
import type { Module } from '../nn/index.js';
import { byteLength } from '../tensor/bytes.js';
import { modelMetadata } from './config.js';

/** The folder in a run's folder that has the weights of its epochs. */
export const keptName = 'epochs';

// Of a network with more, weights are kept of the best epoch only, unless they are asked for.
const mostBytes = 2 ** 24;
const mostEpochs = 64;

const pattern = /^(0|[1-9]\d*)\.safetensors$/;

/** Where an epoch's weights lie. @param epoch - 0 for those before the first step. */
export const keptPath = (dir: string, epoch: number): string =>
  join(dir, keptName, `${epoch}.safetensors`);

/**
 * Of which epochs weights are kept after epoch `last`: of each one up to 64; beyond, of every second, fourth, … so that
 * it is no more than 64, besides those before the first step and the last.
 */
export function isKept(epoch: number, last: number): boolean {
  let stride = 1;
  while (last / stride > mostEpochs) stride *= 2;
  return epoch === last || (epoch < last && epoch % stride === 0);
}

/** The epochs whose weights a run's folder has, in their order. */
export async function keptEpochs(dir: string): Promise<number[]> {
  const names = await readdir(join(dir, keptName)).catch(() => []);
  return names
    .flatMap((name) => Number(pattern.exec(name)?.[1] ?? Number.NaN))
    .filter((epoch) => !Number.isNaN(epoch))
    .sort((a, b) => a - b);
}

/** Whether a network is small enough for its weights to be kept after each epoch without being asked. */
export function isSmall(net: Module): boolean {
  let bytes = 0;
  for (const tensor of [...net.parameters(), ...net.buffers()]) {
    bytes += byteLength(tensor);
  }
  return bytes <= mostBytes;
}

/**
 * Writes down an epoch's weights, and lets go of those that are one too many then, or of epochs that are to come.
 *
 * @throws {TorchError} `ERR_NO_SPACE`, `ERR_FILE_WRITE`
 */
export async function keepEpoch(dir: string, epoch: number, net: Module): Promise<void> {
  const folder = join(dir, keptName);
  await attempt(folder, () => mkdir(folder, { recursive: true }));
  const weights = net.stateDict();
  try {
    const metadata = { format: 'pt', ...modelMetadata(net), epoch: String(epoch) };
    await saveSafetensors(weights, keptPath(dir, epoch), { metadata });
  } finally {
    for (const tensor of Object.values(weights)) tensor.dispose();
  }
  for (const other of await keptEpochs(dir)) {
    if (!isKept(other, epoch)) await rm(keptPath(dir, other), { force: true });
  }
}
