import { type Command, InvalidArgumentError, Option } from 'commander';

import type { ImageModel } from '../../models/imageModel.js';
import type { Torch } from '../torch.js';
import { isKnown, knownModels, type ModelName, type ModelSettings, modelNames } from './models.js';
import { makeOwn, modelName } from './ownModel.js';

/** The options that say which network is meant. */
export interface ModelChoice extends ModelSettings {
  /** A name, or a file. */
  model: string;
}

/** `--model`, and `--squash` for the 1998 network. */
export function addModelOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--model <name>',
        "lenet, the notebook's; lenet5, of 1998; or a file whose default export is a network's class",
      )
        .argParser(modelName)
        .default('lenet'),
    )
    .addOption(
      new Option('--squash <name>', "LeNet-5's squashing function (default: tanh)").choices([
        'sigmoid',
        'tanh',
      ]),
    );
}

function positive(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value) && value > 0) return value;
  throw new InvalidArgumentError('Expected a number > 0.');
}

/** `--loss` and `--j`, what the 1998 network is trained for. */
export function addLossOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--loss <name>', "LeNet-5's criterion (default: penalty)").choices([
        'penalty',
        'discriminative',
      ]),
    )
    .option('--j <number>', 'constant of the discriminative criterion (default: 10)', positive);
}

// Of a network of one's own.
const usualLr = 0.001;

/**
 * Makes the network; settings of another one are wrong usage.
 * @param numClasses - Of the data set; a network of one's own says itself how many outputs it has.
 * @throws {TorchError} As `makeOwn`.
 */
export async function makeModel(
  torch: Torch,
  { model, squash, loss, j }: ModelChoice,
  command: Command,
  numClasses = 10,
): Promise<{ net: ImageModel; lr: number }> {
  if (j !== undefined && loss !== 'discriminative') {
    command.error('error: --j goes with --loss discriminative');
  }
  const models = knownModels(torch);
  const given = { squash, loss, j };
  const has = (name: ModelName, setting: string) =>
    (models[name].settings as readonly string[]).includes(setting);
  for (const [setting, value] of Object.entries(given)) {
    if (value === undefined || (isKnown(model) && has(model, setting))) continue;
    const others = modelNames.filter((name) => has(name, setting));
    command.error(`error: --${setting} goes with --model ${others.join(' or ')}`);
  }
  if (!isKnown(model)) return { net: await makeOwn(torch, model), lr: usualLr };
  if (model === 'lenet5' && numClasses !== 10) {
    command.error(`error: --model lenet5 has ten outputs, the data set ${numClasses} classes`);
  }
  return { net: models[model].make({ ...given, numClasses }), lr: models[model].lr };
}
