import { Command } from 'commander';

import type { ImageSet } from '../../data/sets/imageSet.js';
import type { Tensor } from '../../tensor/index.js';
import { openTestedSet, type TestedOptions } from '../dataSet/open.js';
import { dataSetOption } from '../dataSet/option.js';
import { classesIn, classesOption } from '../model/ownModel.js';
import { integer } from '../options.js';
import type { Torch } from '../torch.js';
import { addDrawnModelOptions, type DrawnModel, type ModelOptions, modelToDraw } from './model.js';
import { addPictureOptions, type PictureOptions, writePicture } from './picture.js';

interface Options extends PictureOptions, ModelOptions, TestedOptions {}

export function confusionCommand(): Command {
  const made = new Command('confusion').description(
    'which classes weights take for which, on the test images',
  );
  return addTestOptions(made).action(async (options: Options, command: Command) => {
    const torch = await import('../../index.js');
    const model = await modelToDraw(torch, options, 'lenet', 'tested');
    const { dataset, scores } = await testScores(torch, model, options, command);
    const { targets } = dataset;
    const classes = classesIn(torch, options.classes) ?? dataset.classes;
    const matrix = torch.confusionMatrix(scores, targets);
    const { theme } = options;
    await writePicture(
      torch,
      torch.draw.confusion(matrix, { theme, classes, title: model.title }),
      options,
    );
  });
}

export function mistakesCommand(): Command {
  const made = new Command('mistakes')
    .description('the test images that weights are surest of, and wrong')
    .option('--count <n>', 'how many at most', integer(1, 1000), 20);
  return addTestOptions(made).action(
    async (options: Options & { count: number }, command: Command) => {
      const torch = await import('../../index.js');
      const model = await modelToDraw(torch, options, 'lenet', 'tested');
      const { dataset, scores } = await testScores(torch, model, options, command);
      const { images, targets } = dataset;
      const classes = classesIn(torch, options.classes) ?? dataset.classes;
      const { theme, count } = options;
      const title = `${model.title}: the most confident mistakes`;
      const svg = torch.draw.mistakes(images, targets, scores, { theme, count, classes, title });
      await writePicture(torch, svg, options);
    },
  );
}

function addTestOptions(command: Command): Command {
  addDrawnModelOptions(command, 'lenet').option(...classesOption);
  command.addOption(dataSetOption('that of the weights'));
  command.option('--data <dir>', 'folder with the four IDX files (default: what setup brought)');
  return addPictureOptions(command);
}

// Of all test images `(N, K)`, the largest for the predicted class.
async function testScores(
  torch: Torch,
  model: DrawnModel,
  options: TestedOptions,
  command: Command,
): Promise<{ dataset: ImageSet; scores: Tensor }> {
  const { objectiveOf } = await import('../../engine/objective.js');
  const { DataLoader } = torch.data;
  const opened = await openTestedSet(torch, model.metadata, options, command);
  const dataset = await opened.load(false, model.net.transform());
  const parts: Tensor[] = [];
  for (const [images] of new DataLoader(dataset, { batchSize: 1000 })) {
    const outputs = await torch.predict(model.net, images);
    parts.push(torch.tidy(() => objectiveOf(model.net).scores(outputs).clone()).keep());
    outputs.dispose();
  }
  return { dataset, scores: torch.cat(parts, 0) };
}
