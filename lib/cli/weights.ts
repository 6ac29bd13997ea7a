import { existsSync } from 'node:fs';
import { join } from 'node:path';

import type { Module } from '../nn/index.js';
import type { StateDict } from '../nn/stateDict.js';
import { type KnownModel, knownModels } from './models.js';
import type { Torch } from './torch.js';

/** A network with the weights of a file. */
export interface LoadedModel extends KnownModel {
  readonly net: Module;
  /** What its weights carry in files: `model`, its name, and what `make` wants to know. */
  readonly metadata: Readonly<Record<string, string>>;
}

// Of a run, as `train --out` writes it: the weights of its best epoch.
const bestOfRun = 'best.safetensors';

/**
 * Loads weights into the network that they are of: the one that the file names (`model` in the metadata
 * of a safetensors file), else the one whose keys and shapes are the file's.
 *
 * @param from - A safetensors or PyTorch file, or the folder of a run.
 * @param settings - Taken instead of the file's own metadata.
 * @throws {TorchError} `ERR_FILE_…` for a file that cannot be read; `ERR_STATE_DICT` with Python's message
 *   for weights of another network. All name the file.
 */
export async function loadModel(
  torch: Torch,
  from: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<LoadedModel> {
  const best = join(from, bestOfRun);
  const path = existsSync(best) ? best : from;
  const models = knownModels(torch);
  const tensors = await readStateDict(torch, path);
  const metadata = await metadataIn(torch, path);
  const named = metadata.model;
  if (named !== undefined && !Object.hasOwn(models, named)) {
    const known = Object.keys(models).join(', ');
    throw new torch.TorchError(
      'ERR_FILE_FORMAT',
      `${path}: expected weights of a known model (${known}), found those of ${JSON.stringify(named)}`,
    );
  }
  const [first] = Object.keys(models);
  const fitting = Object.keys(models).find((name) => fits(models[name]!.make({}), tensors));
  const name = named ?? fitting ?? first!;
  const model = models[name]!;
  const net = model.make({ ...metadata, ...settings });
  try {
    net.loadStateDict(tensors);
  } catch (error) {
    const { message } = error as Error;
    throw new torch.TorchError('ERR_STATE_DICT', `${path}: ${message}`, { cause: error });
  } finally {
    for (const tensor of Object.values(tensors)) tensor.dispose();
  }
  return { ...model, net, metadata: { ...metadata, model: name } };
}

async function readStateDict(torch: Torch, path: string): Promise<StateDict> {
  const data = await torch.load<unknown>(path);
  const values = typeof data === 'object' && data !== null ? Object.values(data) : [];
  if (values.length > 0 && values.every((value) => value instanceof torch.Tensor)) {
    return data as StateDict;
  }
  const keys = values.length > 0 ? Object.keys(data as object).slice(0, 5) : [];
  const found = keys.length > 0 ? `an object with ${keys.join(', ')}` : 'something else';
  throw new torch.TorchError(
    'ERR_FILE_FORMAT',
    `${path}: expected a state dict, tensors by name, found ${found}`,
  );
}

// Only safetensors have metadata, and load() gives the tensors alone.
async function metadataIn(torch: Torch, path: string): Promise<Readonly<Record<string, string>>> {
  try {
    const { tensors, metadata } = await torch.loadSafetensors(path);
    for (const tensor of Object.values(tensors)) tensor.dispose();
    return metadata;
  } catch {
    return {};
  }
}

function fits(net: Module, tensors: StateDict): boolean {
  const own = net.stateDict();
  const keys = Object.keys(own);
  return (
    keys.length === Object.keys(tensors).length &&
    keys.every((key) => String(tensors[key]?.shape) === String(own[key]!.shape))
  );
}
