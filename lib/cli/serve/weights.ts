import { existsSync } from 'node:fs';
import { join } from 'node:path';

import type { ImageModel } from '../../models/imageModel.js';
import type { Module } from '../../nn/index.js';
import { loadLast, noWeights, sayLast } from '../model/lastTraining.js';
import { namesFor, takesPictures } from '../model/ownModel.js';
import { loadModel } from '../model/weights.js';
import type { Torch } from '../torch.js';

/** Options that say what is served. */
interface Named {
  readonly weights?: string;
  readonly model?: string;
}

/** A network that is to be served. */
export interface LoadedWeights {
  readonly net: Module;
  readonly name: string;
  readonly classes: readonly string[];
  /** What it takes, where it has no transform of its own. */
  readonly shape: readonly [number, number, number] | undefined;
  /** The file that its weights are of. */
  readonly path: string;
}

/**
 * The network of the weights that are named, else of the last training.
 * @throws {TorchError} As `loadModelOrLast`.
 */
export async function loadServed(
  torch: Torch,
  { weights, model }: Named,
  classes: readonly string[] | undefined,
  device: string,
): Promise<LoadedWeights> {
  const { net, metadata, path } =
    weights === undefined ? await last(torch, model) : await of(torch, weights, model);
  net.eval();
  if (device !== 'cpu') net.to(device);
  const shape = takesPictures(net) ? undefined : net.inputShape;
  const outputs = await outputsOf(torch, net);
  return {
    net,
    name: nameOf(metadata.model!),
    classes: namesFor(torch, classes, outputs, metadata),
    shape,
    path,
  };
}

// What stands in paths.
const nameOf = (model: string): string => model.replace(/[^\w.-]/g, '_');

async function outputsOf(torch: Torch, net: ImageModel): Promise<number> {
  const { inputShape: shape } = net;
  const values = new Float32Array(shape.reduce((product, each) => product * each));
  const outputs = await torch.predict(net, values, { shape });
  const [, count] = outputs.shape;
  outputs.dispose();
  return count ?? 0;
}

async function last(torch: Torch, model: string | undefined) {
  const found = await loadLast(torch, model);
  if (found === undefined) throw noWeights();
  sayLast(found);
  return found;
}

async function of(torch: Torch, named: string, model: string | undefined) {
  const best = join(named, 'best.safetensors');
  return { ...(await loadModel(torch, named, {}, model)), path: existsSync(best) ? best : named };
}
