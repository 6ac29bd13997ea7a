import { Command } from 'commander';
import { toJson } from '../../run/json.js';
import type {
  ClassificationReport,
  ClassMetrics,
  ConfusionMatrix,
} from '../../training/metrics.js';
import { type OpenedSet, openTestedSet } from '../dataSet/open.js';
import { dataSetOption } from '../dataSet/option.js';
import { loadModelOrLast, weightsOption } from '../model/lastTraining.js';
import { classesIn, classesOption, namesFor, weightsModelOption } from '../model/ownModel.js';
import type { LoadedModel } from '../model/weights.js';
import { integer } from '../options.js';
import type { Torch } from '../torch.js';

interface Options {
  weights?: string;
  model?: string;
  classes?: string;
  dataSet?: string;
  data?: string;
  threads?: number;
  json?: boolean;
}

/** `lenet-torch evaluate`: how well trained weights recognise the test images. */
export function command(): Command {
  return new Command('evaluate')
    .description('test weights on the test images: accuracy, figures per class, confusion matrix')
    .option(...weightsOption)
    .addOption(weightsModelOption())
    .option(...classesOption)
    .addOption(dataSetOption('that of the weights'))
    .option('--data <dir>', 'folder with the four IDX files (default: what setup brought)')
    .option('--threads <n>', 'threads on the CPU (default: one per core)', integer(1, 1024))
    .option('--json', 'print one JSON object')
    .action(run);
}

async function run(options: Options, command: Command): Promise<void> {
  // Here and not above: help must work without libtorch.
  const torch = await import('../../index.js');
  if (options.threads !== undefined) torch.setNumThreads(options.threads);
  const model = await loadModelOrLast(torch, options.weights, options.model);
  const opened = await openTestedSet(torch, model.metadata, options, command);
  const confusions = await confusionsOf(torch, model, opened);
  const report = torch.classificationReport(confusions);
  const given = classesIn(torch, options.classes) ?? opened.classes;
  const names = namesFor(torch, given, report.classes.length);
  console.log(options.json ? jsonOf(report, confusions, names) : textOf(report, confusions, names));
}

async function confusionsOf(
  torch: Torch,
  model: LoadedModel,
  opened: OpenedSet,
): Promise<ConfusionMatrix> {
  const { objectiveOf } = await import('../../engine/objective.js');
  const { DataLoader } = torch.data;
  const dataset = await opened.load(false, model.net.transform());
  const predicted: number[] = [];
  for (const [images] of new DataLoader(dataset, { batchSize: 1000 })) {
    const outputs = await torch.predict(model.net, images);
    const classes = torch.tidy(() =>
      objectiveOf(model.net).scores(outputs).argmax({ dim: 1 }).data(),
    );
    for (const label of classes) predicted.push(Number(label));
    outputs.dispose();
  }
  return torch.confusionMatrix(predicted, dataset.targets, dataset.classes.length);
}

function jsonOf(
  { classes, ...averages }: ClassificationReport,
  confusionMatrix: ConfusionMatrix,
  names: readonly string[],
): string {
  const named = classes.map((metrics, label) => ({ label, name: names[label], ...metrics }));
  return toJson({
    images: averages.macroAverage.support,
    ...averages,
    classes: named,
    confusionMatrix,
  });
}

function textOf(
  report: ClassificationReport,
  matrix: ConfusionMatrix,
  names: readonly string[],
): string {
  const labels = names.map((name, label) => `${label} ${name}`);
  const fractions = ({ precision, recall, f1, support }: ClassMetrics): string[] => [
    ...[precision, recall, f1].map((value) => value.toFixed(3)),
    String(support),
  ];
  const figures = [
    ['', 'precision', 'recall', 'f1', 'images'],
    ...report.classes.map((metrics, i) => [labels[i]!, ...fractions(metrics)]),
    ['mean of the classes', ...fractions(report.macroAverage)],
  ];
  const confusions = [
    ['', ...names.map((_, label) => String(label))],
    ...matrix.map((row, i) => [labels[i]!, ...row.map(String)]),
  ];
  return [
    `accuracy ${report.accuracy.toFixed(4)} on ${report.macroAverage.support} images`,
    '',
    ...aligned(figures),
    '',
    'Images of each class (rows) by the class predicted (columns):',
    '',
    ...aligned(confusions),
  ].join('\n');
}

// The first column to the left, numbers to the right.
function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!),
      )
      .join('  '),
  );
}
