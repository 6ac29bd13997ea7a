import { basename } from 'node:path';
import { type Command, Option } from 'commander';

import type { ImageModel } from '../../models/imageModel.js';
import { loadLast, noWeights, sayLast, weightsOption } from '../model/lastTraining.js';
import { knownModels, type ModelName, type ModelSettings, modelNames } from '../model/models.js';
import { type LoadedModel, loadModel } from '../model/weights.js';
import type { Torch } from '../torch.js';

/** Options that say which network is drawn. */
export interface ModelOptions {
  model?: ModelName;
  weights?: string;
  squash?: 'sigmoid' | 'tanh';
}

/** A network, and what a picture calls it. */
export interface DrawnModel {
  readonly net: ImageModel;
  readonly title: string;
}

/** `--model`, `--weights` and `--squash`. */
export function addDrawnModelOptions(command: Command, defaultModel: string): Command {
  return command
    .addOption(
      new Option(
        '--model <name>',
        `the notebook's LeNet, or LeNet-5 of 1998 (default: what the weights are of, else ${defaultModel})`,
      ).choices(modelNames),
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
  const last = use === 'sizes' ? undefined : await loadLast(torch);
  if (last !== undefined && isMeant(last, model, squash)) {
    sayLast(last);
    return titled(last, last.path);
  }
  if (use === 'tested') throw noWeights(model);
  const name = model ?? defaultModel;
  // The same picture every time.
  torch.manualSeed(0);
  const net = knownModels(torch)[name].make(settings);
  return { net, title: `${net.constructor.name}, untrained` };
}

const isMeant = ({ metadata }: LoadedModel, model?: string, squash?: string): boolean =>
  (model === undefined || metadata.model === model) &&
  (squash === undefined || metadata.squash === squash);

/** Loads a file's network, which is to be `model` where that is given. */
export async function loadFor(
  torch: Torch,
  path: string,
  model?: string,
  settings: ModelSettings = {},
): Promise<DrawnModel> {
  const loaded = await loadModel(torch, path, settings);
  const { model: found } = loaded.metadata;
  if (model !== undefined && found !== model) {
    throw new torch.TorchError(
      'ERR_STATE_DICT',
      `${path}: expected weights of ${model}, found those of ${found}`,
    );
  }
  return titled(loaded, path);
}

const titled = (loaded: LoadedModel, path: string): DrawnModel => ({
  net: loaded.net,
  title: `${loaded.net.constructor.name}, ${basename(path)}`,
});
