import { type Command, InvalidArgumentError, Option } from 'commander';

import type { Transform } from '../../data/transforms/transforms.js';
import type { Module } from '../../nn/index.js';

/** The options that say which network is meant. */
export interface ModelChoice {
  model: 'lenet' | 'lenet5';
  squash?: 'sigmoid' | 'tanh';
  loss?: 'penalty' | 'discriminative';
  j?: number;
}

/** A network, and what goes with it. */
export interface ChosenModel {
  readonly net: Module;
  /** Sizes of one image as the network takes it. */
  readonly inputShape: readonly [number, number, number];
  /** Of Fashion-MNIST's bytes. */
  readonly transform: Transform;
  /** Adam's learning rate that suits it. */
  readonly lr: number;
}

/** `--model`, and `--squash` for the 1998 network. */
export function addModelOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--model <name>', "the notebook's LeNet, or LeNet-5 of 1998")
        .choices(['lenet', 'lenet5'])
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

/** Makes the network; options of the other one are wrong usage. */
export function chooseModel(
  torch: typeof import('../../index.js'),
  { model, squash, loss, j }: ModelChoice,
  command: Command,
): ChosenModel {
  if (j !== undefined && loss !== 'discriminative') {
    command.error('error: --j goes with --loss discriminative');
  }
  if (model === 'lenet5') {
    return {
      // The class's default is the chapter's sigmoid, which learns slowly from where the paper begins.
      net: new torch.LeNet5({
        squash: squash ?? 'tanh',
        ...(loss !== undefined && { criterion: loss }),
        ...(j !== undefined && { j }),
      }),
      inputShape: [1, 32, 32],
      transform: torch.LeNet5.transform(),
      lr: 0.003,
    };
  }
  for (const [name, value] of Object.entries({ squash, loss, j })) {
    if (value !== undefined) command.error(`error: --${name} goes with --model lenet5`);
  }
  const transform = new torch.data.transforms.ToTensor();
  return { net: new torch.LeNet(), inputShape: [1, 28, 28], transform, lr: 0.001 };
}
