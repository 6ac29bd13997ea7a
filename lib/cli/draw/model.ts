import { basename } from 'node:path';
import { type Command, Option } from 'commander';

import type { ImageModel } from '../../models/imageModel.js';
import { loadLast, noWeights, sayLast, weightsOption } from '../model/lastTraining.js';
import { isKnown, knownModels, type ModelName, type ModelSettings } from '../model/models.js';
import { isFile, makeOwn, modelName } from '../model/ownModel.js';
import { type LoadedModel, loadModel } from '../model/weights.js';
import type { Torch } from '../torch.js';

/** Options that say which network is drawn. */
export interface ModelOptions {
  model?: string;
  classes?: string;
  weights?: string;
  squash?: 'sigmoid' | 'tanh';
}

/** A network, and what a picture calls it. */
export interface DrawnModel {
  readonly net: ImageModel;
  readonly title: string;
  /** Of the file of its weights; empty without one. */
  readonly metadata: LoadedModel['metadata'];
}

/** `--model`, `--weights` and `--squash`. */
export function addDrawnModelOptions(command: Command, defaultModel: string): Command {
  return command
    .addOption(
      new Option(
        '--model <name>',
        `lenet, lenet5, or a file whose default export is a network's class (default: what the weights are of, else ${defaultModel})`,
      ).argParser(modelName),
    )
    .option(...weightsOption)
    .addOption(
      new Option(
        '--squash <name>',
        "LeNet-5's squashing function (default: what the weights say, else tanh)",
      ).choices(['sigmoid', 'tanh']),
    );
}

/**
 * The network that the options name, with its weights: those of a file; else of the last training, if it
 * was of such a network; else as it is made after `manualSeed(0)`.
 *
 * @param use - `'sizes'`: the picture is the same for any weights. `'tested'`: without weights it means nothing.
 * @throws {TorchError} As `loadModel`; `ERR_STATE_DICT` for weights of another network than `--model`;
 *   `ERR_FILE_NOT_FOUND` where weights are needed and there are none.
 */
export async function modelToDraw(
  torch: Torch,
  { model, weights, squash }: ModelOptions,
  defaultModel: ModelName,
  use: 'sizes' | 'weights' | 'tested' = 'weights',
): Promise<DrawnModel> {
  const settings = squash === undefined ? {} : { squash };
  if (weights !== undefined) return await loadFor(torch, weights, model, settings);
  const last = use === 'sizes' ? undefined : await lastFor(torch, model);
  if (last !== undefined && isMeant(last, model, squash)) {
    sayLast(last);
    return titled(last, last.path);
  }
  if (use === 'tested') throw noWeights(model);
  const name = model ?? defaultModel;
  // The same picture every time.
  torch.manualSeed(0);
  const net = isKnown(name) ? knownModels(torch)[name].make(settings) : await makeOwn(torch, name);
  return { net, title: `${net.constructor.name}, untrained`, metadata: {} };
}

// A last training of another network is nobody's fault.
async function lastFor(torch: Torch, model: string | undefined) {
  try {
    return await loadLast(torch, model !== undefined && isFile(model) ? model : undefined);
  } catch (error) {
    const { code } = error as { code?: string };
    if (model !== undefined && (code === 'ERR_STATE_DICT' || code === 'ERR_FILE_FORMAT')) {
      return undefined;
    }
    throw error;
  }
}

const isMeant = ({ metadata }: LoadedModel, model?: string, squash?: string): boolean =>
  (model === undefined || isFile(model) || metadata.model === model) &&
  (squash === undefined || metadata.squash === squash);

/** Loads a file's network, which is to be `model` where that is given. */
export async function loadFor(
  torch: Torch,
  path: string,
  model?: string,
  settings: ModelSettings = {},
): Promise<DrawnModel> {
  return titled(await loadModel(torch, path, settings, model), path);
}

const titled = (loaded: LoadedModel, path: string): DrawnModel => ({
  net: loaded.net,
  title: `${loaded.net.constructor.name}, ${basename(path)}`,
  metadata: loaded.metadata,
});
