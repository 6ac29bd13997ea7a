import type { Module } from '../nn/index.js';
import type { StateDict } from '../nn/stateDict.js';
import { type KnownModel, knownModels } from './models.js';
import type { Torch } from './torch.js';

/** A network with the weights of a file. */
export interface LoadedModel extends KnownModel {
  readonly name: string;
  readonly net: Module;
}

/**
 * Loads weights into the network that they are of: the one that the file names (`model` in the metadata
 * of a safetensors file), else the one whose keys and shapes are the file's.
 *
 * @param settings - Taken instead of the file's own, see `KnownModel.make`.
 * @throws {TorchError} `ERR_FILE_…` for a file that cannot be read; `ERR_STATE_DICT` with Python's message
 *   for weights of another network. All name the file.
 */
export async function loadModel(
  torch: Torch,
  path: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<LoadedModel> {
  const models = knownModels(torch);
  const { tensors, metadata } = await torch.loadSafetensors(path);
  const named = metadata.model;
  if (named !== undefined && !Object.hasOwn(models, named)) {
    const known = Object.keys(models).join(', ');
    throw new torch.TorchError(
      'ERR_FILE_FORMAT',
      `${path}: expected weights of a known model (${known}), found those of ${JSON.stringify(named)}`,
    );
  }
  const [first] = Object.keys(models);
  const fitting = Object.keys(models).find((name) => fits(models[name]!.make(), tensors));
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
  return { ...model, name, net };
}

function fits(net: Module, tensors: StateDict): boolean {
  const own = net.stateDict();
  const keys = Object.keys(own);
  return (
    keys.length === Object.keys(tensors).length &&
    keys.every((key) => String(tensors[key]?.shape) === String(own[key]!.shape))
  );
}
