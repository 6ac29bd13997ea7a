import { existsSync } from 'node:fs';
import { join } from 'node:path';

import type { ImageModel } from '../../models/imageModel.js';
import type { Module } from '../../nn/index.js';
import type { StateDict } from '../../nn/module/stateDict.js';
import type { Tensor } from '../../tensor/index.js';
import type { Torch } from '../torch.js';
import { isKnown, knownModels, type ModelName, type ModelSettings, modelNames } from './models.js';
import { isFile, makeOwn } from './ownModel.js';

/** A network with the weights of a file. */
export interface LoadedModel {
  readonly net: ImageModel;
  /** What its weights carry in files: `model`, its name, and what `extraMetadata` gave. */
  readonly metadata: Readonly<Record<string, string>>;
}

// Of a run, as `train --out` writes it: the weights of its best epoch.
const bestOfRun = 'best.safetensors';

/**
 * Loads weights into the network that they are of: the one that the file names (`model` in the metadata
 * of a safetensors file), else the one whose keys and shapes are the file's. Or into one of a class of one's own.
 *
 * @param from - A safetensors or PyTorch file, or the folder of a run.
 * @param settings - Taken instead of the file's own.
 * @param model - Which network they are to be of: a name, or the file of a class.
 * @throws {TorchError} `ERR_FILE_…` for a file that cannot be read; `ERR_STATE_DICT` with Python's message
 *   for weights of another network. All name the file.
 */
export async function loadModel(
  torch: Torch,
  from: string,
  settings: ModelSettings = {},
  model?: string,
): Promise<LoadedModel> {
  const best = join(from, bestOfRun);
  const path = existsSync(best) ? best : from;
  requireBest(torch, path);
  const { tensors, metadata } = await readStateDict(torch, path);
  try {
    const { name, net } =
      model !== undefined && isFile(model)
        ? await own(torch, model)
        : networkFor(torch, path, tensors, metadata, settings);
    if (model !== undefined && !isFile(model)) requireName(torch, path, model, name);
    try {
      net.loadStateDict(tensors);
    } catch (error) {
      release(net.parameters());
      const { message } = error as Error;
      throw new torch.TorchError('ERR_STATE_DICT', `${path}: ${message}`, { cause: error });
    }
    return { net, metadata: { ...metadata, model: name } };
  } finally {
    release(Object.values(tensors));
  }
}

// A run that has not ended an epoch, or that somebody has tidied up.
function requireBest(torch: Torch, path: string): void {
  if (!existsSync(join(path, 'config.json'))) return;
  throw new torch.TorchError(
    'ERR_FILE_NOT_FOUND',
    `${path}: the run has no ${bestOfRun}, which is there when an epoch has ended`,
  );
}

async function own(torch: Torch, file: string): Promise<{ name: string; net: ImageModel }> {
  const net = await makeOwn(torch, file);
  return { name: net.constructor.name.toLowerCase() || 'model', net };
}

function requireName(torch: Torch, path: string, model: string, found: string): void {
  if (found === model) return;
  throw new torch.TorchError(
    'ERR_STATE_DICT',
    `${path}: expected weights of ${model}, found those of ${found}`,
  );
}

interface Contents {
  readonly tensors: StateDict;
  readonly metadata: Readonly<Record<string, string>>;
}

async function readStateDict(torch: Torch, path: string): Promise<Contents> {
  // Here and not above: help must work without libtorch.
  const { loadFile } = await import('../../io/load.js');
  const { data, metadata } = await loadFile(path);
  const values = typeof data === 'object' && data !== null ? Object.values(data) : [];
  if (values.length > 0 && values.every((value) => value instanceof torch.Tensor)) {
    return { tensors: data as StateDict, metadata };
  }
  release(values.filter((value) => value instanceof torch.Tensor));
  const keys = values.length > 0 ? Object.keys(data as object).slice(0, 5) : [];
  const found = keys.length > 0 ? `an object with ${keys.join(', ')}` : 'something else';
  throw new torch.TorchError(
    'ERR_FILE_FORMAT',
    `${path}: expected a state dict, tensors by name, found ${found}`,
  );
}

// The network that the file names, else the first that its tensors fit, else the first of all: its error
// says what is missing.
function networkFor(
  torch: Torch,
  path: string,
  tensors: StateDict,
  metadata: Readonly<Record<string, string>>,
  given: ModelSettings,
): { name: string; net: ImageModel } {
  const models = knownModels(torch);
  // Of the file only what a network gives as its own metadata.
  const { squash } = metadata as ModelSettings;
  // How many classes LeNet was made for, its last layer says.
  const numClasses = tensors['fc.4.bias']?.shape[0];
  const make = (name: ModelName) => ({
    name,
    net: models[name].make({ squash, numClasses, ...given }),
  });
  const named = metadata.model;
  if (named !== undefined) {
    if (isKnown(named)) return make(named);
    throw new torch.TorchError(
      'ERR_FILE_FORMAT',
      `${path}: expected weights of a known model (${modelNames.join(', ')}), found those of ${JSON.stringify(named)}; --model FILE names the file of its class`,
    );
  }
  for (const name of modelNames) {
    const made = make(name);
    if (fits(made.net, tensors)) return made;
    release(made.net.parameters());
  }
  return make(modelNames[0]);
}

function fits(net: Module, tensors: StateDict): boolean {
  const own = net.stateDict();
  const keys = Object.keys(own);
  const isFitting =
    keys.length === Object.keys(tensors).length &&
    keys.every((key) => String(tensors[key]?.shape) === String(own[key]!.shape));
  release(Object.values(own));
  return isFitting;
}

function release(tensors: Iterable<Tensor>): void {
  for (const tensor of tensors) tensor.dispose();
}
