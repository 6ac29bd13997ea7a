import { Command, Option } from 'commander';

import { toJson } from '../../run/json.js';
import { loadModelOrLast, weightsOption } from '../model/lastTraining.js';
import { classesIn, classesOption, namesFor, weightsModelOption } from '../model/ownModel.js';
import { integer } from '../options.js';
import type { Classification } from './classify.js';
import { imageBar } from './imageBar.js';
import { imageFiles } from './imageFiles.js';

interface Options {
  weights?: string;
  model?: string;
  classes?: string;
  top: number;
  invert: 'auto' | 'yes' | 'no';
  threads?: number;
  json?: boolean;
}

/** `lenet-torch predict`: a line per image on stdout, unreadable files and a bar on stderr. */
export function command(): Command {
  return new Command('predict')
    .description('say what is in images: PNG, JPEG, WebP, IDX or raw 28×28 bytes')
    .argument('<image...>', 'files, folders, or - for stdin')
    .option(...weightsOption)
    .addOption(weightsModelOption())
    .option(...classesOption)
    .option('--top <k>', 'classes per image', integer(1), 3)
    .addOption(
      new Option('--invert <when>', 'exchange light and dark; auto: where the border is light')
        .choices(['auto', 'yes', 'no'])
        .default('auto'),
    )
    .option('--threads <n>', 'threads on the CPU (default: one per core)', integer(1, 1024))
    .option('--json', 'print one JSON object per image')
    .action(run);
}

const inversions = { auto: 'auto', yes: true, no: false } as const;

async function run(paths: string[], options: Options): Promise<void> {
  // Here and not above: help must work without libtorch.
  const [torch, { classify }] = await Promise.all([
    import('../../index.js'),
    import('./classify.js'),
  ]);
  if (options.threads !== undefined) torch.setNumThreads(options.threads);
  const model = await loadModelOrLast(torch, options.weights, options.model);
  const files = imageFiles(paths);
  const given = classesIn(torch, options.classes);
  let names: readonly string[] | undefined;
  const lineOf = options.json ? jsonOf : textOf;
  const bar = imageBar(process.stderr, files.length);
  let unreadable = 0;
  try {
    await classify(
      torch,
      model,
      files,
      { top: options.top, invert: inversions[options.invert] },
      {
        onClassified(results, count) {
          names ??= namesFor(torch, given, count, model.metadata);
          if (process.stdout.isTTY) bar.clear();
          const lines = results.map((result) => `${lineOf(result, names!)}\n`);
          process.stdout.write(lines.join(''));
        },
        onUnreadable(file, reason) {
          unreadable++;
          bar.clear();
          process.stderr.write(`${file}: ${reason}\n`);
        },
        onProgress: (done, more) => bar.update(done, more),
      },
    );
  } finally {
    bar.clear();
  }
  if (unreadable > 0) process.exitCode = 1;
}

function textOf({ file, index, classes }: Classification, names: readonly string[]): string {
  const place = index === undefined ? file : `${file}[${index}]`;
  const percent = (probability: number) => `${(100 * probability).toFixed(1)}%`;
  const all = classes.map(
    ({ label, probability }) => `${names[label] ?? label} ${percent(probability)}`,
  );
  return `${place}: ${all.join(', ')}`;
}

function jsonOf({ file, index, classes }: Classification, names: readonly string[]): string {
  const named = classes.map(({ label, probability }) => ({
    label,
    name: names[label] ?? String(label),
    probability,
  }));
  return toJson({ file, index, classes: named });
}
