import { Command } from 'commander';

import { classesIn, classesOption } from '../model/ownModel.js';
import { integer } from '../options.js';
import { type ChosenImage, fileImage, testImage } from './image.js';
import {
  addDrawnModelOptions,
  type DrawnModel,
  loadFor,
  type ModelOptions,
  modelToDraw,
} from './model.js';
import { addPictureOptions, type PictureOptions, writePicture } from './picture.js';

interface Options extends PictureOptions, ModelOptions {
  index?: number;
  data?: string;
  beside?: string;
}

export function featuresCommand(): Command {
  const made = new Command('features')
    .description('what a network sees in an image: every feature map of every layer')
    .argument('[image]', 'PNG, JPEG, WebP, IDX or raw 28×28 bytes, or - for stdin')
    .option('--index <n>', 'the test image of this number; or which image of a file', integer(0))
    .option('--data <dir>', 'folder with the four IDX files (default: what setup brought)')
    .option('--beside <file>', 'weights of a second network, drawn at the right');
  addDrawnModelOptions(made, 'lenet').option(...classesOption);
  return addPictureOptions(made).action(run);
}

async function run(file: string | undefined, options: Options, command: Command): Promise<void> {
  const { index, data, theme, beside } = options;
  if (file === undefined && index === undefined) {
    command.error('error: expected an image, or --index for a test image');
  }
  const torch = await import('../../index.js');
  const model = await modelToDraw(torch, options, 'lenet');
  const second = beside === undefined ? undefined : await loadFor(torch, beside);
  const chosen =
    file === undefined ? testImage(torch, index!, data) : await fileImage(torch, file, index ?? 0);
  const svg = torch.draw.features(model.net, imageFor(model, chosen), {
    theme,
    title: titleOf(model, chosen),
    classes: classesIn(torch, options.classes) ?? torch.data.FashionMNIST.classes,
    ...(chosen.label !== undefined && { label: chosen.label }),
    ...(second !== undefined && {
      beside: { net: second.net, image: imageFor(second, chosen), title: titleOf(second, chosen) },
    }),
  });
  await writePicture(torch, svg, options);
}

const imageFor = (model: DrawnModel, { image }: ChosenImage) =>
  model.net.transform().forward(image);

const titleOf = (model: DrawnModel, { title }: ChosenImage): string => `${model.title}: ${title}`;
