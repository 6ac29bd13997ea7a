import { existsSync } from 'node:fs';
import { join } from 'node:path';

import type { Module } from '../../nn/index.js';
import { loadLast, noWeights, sayLast } from '../model/lastTraining.js';
import { loadModel } from '../model/weights.js';
import type { Torch } from '../torch.js';

/** A network that is to be served. */
export interface LoadedWeights {
  readonly net: Module;
  readonly name: string;
  /** The file that its weights are of. */
  readonly path: string;
}

/**
 * The network of the weights that are named, else of the last training.
 * @throws {TorchError} As `loadModelOrLast`.
 */
export async function loadServed(
  torch: Torch,
  named: string | undefined,
  device: string,
): Promise<LoadedWeights> {
  const { net, metadata, path } = named === undefined ? await last(torch) : await of(torch, named);
  net.eval();
  if (device !== 'cpu') net.to(device);
  return { net, name: metadata.model!, path };
}

async function last(torch: Torch) {
  const found = await loadLast(torch);
  if (found === undefined) throw noWeights();
  sayLast(found);
  return found;
}

async function of(torch: Torch, named: string) {
  const best = join(named, 'best.safetensors');
  return { ...(await loadModel(torch, named)), path: existsSync(best) ? best : named };
}
