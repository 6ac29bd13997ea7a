import { Command } from 'commander';

import { integer } from '../options.js';
import { addDrawnModelOptions, type ModelOptions, modelToDraw } from './model.js';
import { addPictureOptions, type PictureOptions, writePicture } from './picture.js';

type Options = PictureOptions & ModelOptions;

// Only names and sizes are drawn: weights would change nothing.
export function architectureCommand(): Command {
  const made = new Command('architecture').description(
    'the layers with their sizes: stacked feature maps, or branches and blocks from above to below',
  );
  addDrawnModelOptions(made, 'lenet');
  return addPictureOptions(made).action(async (options: Options) => {
    // Here and not above: help must work without libtorch.
    const torch = await import('../../index.js');
    const { net } = await modelToDraw(torch, options, 'lenet', 'sizes');
    const { theme } = options;
    await writePicture(
      torch,
      torch.draw.architecture(net, { theme, inputShape: net.inputShape }),
      options,
    );
  });
}

export function connectionsCommand(): Command {
  const made = new Command('connections').description(
    "which input maps each output map of a convolution sees: LeNet-5's C3",
  );
  addDrawnModelOptions(made, 'lenet5');
  return addPictureOptions(made).action(async (options: Options) => {
    const torch = await import('../../index.js');
    const { net } = await modelToDraw(torch, options, 'lenet5', 'sizes');
    await writePicture(torch, torch.draw.connections(net, { theme: options.theme }), options);
  });
}

export function poolingCommand(): Command {
  const made = new Command('pooling')
    .description('how a unit of a subsampling layer comes about')
    .option('--map <n>', 'whose coefficient and bias are shown', integer(0), 0);
  addDrawnModelOptions(made, 'lenet5');
  return addPictureOptions(made).action(async (options: Options & { map: number }) => {
    const torch = await import('../../index.js');
    // Of the last training only what this picture is of.
    const { weights, model = weights === undefined ? 'lenet5' : undefined } = options;
    const { net } = await modelToDraw(torch, { ...options, ...(model && { model }) }, 'lenet5');
    const { theme, map } = options;
    await writePicture(torch, torch.draw.pooling(net, { theme, map }), options);
  });
}

export function filtersCommand(): Command {
  const made = new Command('filters').description('the kernels of every convolution');
  addDrawnModelOptions(made, 'lenet');
  return addPictureOptions(made).action(async (options: Options) => {
    const torch = await import('../../index.js');
    const { net } = await modelToDraw(torch, options, 'lenet');
    await writePicture(torch, torch.draw.filters(net, { theme: options.theme }), options);
  });
}
