import { Command } from 'commander';

import { classesOf, openTestedSet, type TestedOptions } from '../dataSet/open.js';
import { dataSetOption } from '../dataSet/option.js';
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

interface Options extends PictureOptions, ModelOptions, TestedOptions {
  index?: number;
  beside?: string;
}

export function featuresCommand(): Command {
  const made = new Command('features')
    .description('what a network sees in an image: every feature map of every layer')
    .argument('[image]', 'PNG, JPEG, WebP, IDX or raw 28×28 bytes, or - for stdin')
    .option('--index <n>', 'the test image of this number; or which image of a file', integer(0))
    .addOption(dataSetOption('that of the weights'))
    .option('--data <dir>', 'folder with the four IDX files (default: what setup brought)')
    .option('--beside <file>', 'weights of a second network, drawn at the right');
  addDrawnModelOptions(made, 'lenet').option(...classesOption);
  return addPictureOptions(made).action(run);
}

async function run(file: string | undefined, options: Options, command: Command): Promise<void> {
  const { index, theme, beside } = options;
  if (file === undefined && index === undefined) {
    command.error('error: expected an image, or --index for a test image');
  }
  const torch = await import('../../index.js');
  const model = await modelToDraw(torch, options, 'lenet');
  const second = beside === undefined ? undefined : await loadFor(torch, beside);
  const ofTests = async () => {
    const opened = await openTestedSet(torch, model.metadata, options, command);
    return testImage(torch, index!, opened);
  };
  const chosen = file === undefined ? await ofTests() : await fileImage(torch, file, index ?? 0);
  const named = classesIn(torch, options.classes) ?? classesOf(model.metadata);
  const svg = torch.draw.features(model.net, imageFor(model, chosen), {
    theme,
    title: titleOf(model, chosen),
    classes: named ?? torch.data.FashionMNIST.classes,
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
