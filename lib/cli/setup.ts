import { createInterface } from 'node:readline/promises';
import { Command } from 'commander';

import { fittingMinors } from '../binaries.js';
import { fetchFashionMnist } from '../data/download.js';
import { hasFashionMnist } from '../data/source.js';
import { TorchError } from '../error.js';
import { megabytes } from '../libtorch/cache.js';
import { fetchLibtorch } from '../libtorch/fetch.js';
import { searchLibtorch } from '../libtorch/find.js';
import { findPythonTorch, recordChoice } from '../libtorch/python.js';
import { referenceMinor, releases } from '../libtorch/version.js';
import { reportSteps, type StepReport } from './progress.js';

interface SetupOptions {
  yes?: boolean;
  headers?: boolean;
}

/** `lenet-torch setup`: libtorch and the data set, each skipped when there. Loads no binary. */
export function command(): Command {
  return new Command('setup')
    .description('bring what is missing: libtorch for the CPU, and Fashion-MNIST')
    .option('-y, --yes', 'download without asking')
    .option('--headers', "libtorch's C++ headers too, to compile the addon from source")
    .action((options: SetupOptions) => setup(options));
}

/** Brings what is missing, and asks first where it can. */
export async function setup(options: SetupOptions): Promise<void> {
  const interrupt = new AbortController();
  const onSignal = (signal: NodeJS.Signals) =>
    interrupt.abort(new TorchError('ERR_ABORTED', `setup was interrupted (${signal})`));
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
  const report = reportSteps();
  try {
    await bringLibtorch(options, report, interrupt.signal);
    await bringData(report, interrupt.signal);
  } finally {
    report.end();
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  }
}

async function bringLibtorch(
  options: SetupOptions,
  report: StepReport,
  signal: AbortSignal,
): Promise<void> {
  const headers = options.headers ?? false;
  const minors = fittingMinors();
  const { found, places } = searchLibtorch({ minors });
  if (found && (found.includeDir || !headers)) {
    report.onStep(`libtorch ${found.version} is there (${found.root})`);
    return;
  }
  if (process.env.LENET_TORCH_LIBTORCH) {
    // A download would not be used.
    throw new TorchError(
      'ERR_LIBTORCH_NOT_FOUND',
      `LENET_TORCH_LIBTORCH is ${process.env.LENET_TORCH_LIBTORCH}, but ` +
        `${found ? 'it has no include/ATen/ATen.h' : places[0]?.reason}. ` +
        'Name another folder, or unset it and run: npx lenet-torch setup',
    );
  }
  if (found?.from !== 'cache') {
    const python = await findPythonTorch({ headers, minors, signal });
    if (python) {
      await recordChoice(python);
      report.onStep(`taking the libtorch of the installed Python torch (${python})`);
      return;
    }
    const chosen = places.find(({ from }) => from === 'choice recorded at setup');
    if (chosen?.path) {
      const why = chosen.reason ?? 'it has no headers';
      report.onStep(`the libtorch chosen before is given up: ${why} (${chosen.path})`);
    }
  }
  await confirm(options, report);
  const fetched = await fetchLibtorch({ ...report, headers, signal });
  await recordChoice(undefined);
  report.onStep(`libtorch ${fetched.version} is ready (${fetched.root})`);
}

async function bringData(report: StepReport, signal: AbortSignal): Promise<void> {
  if (hasFashionMnist()) {
    report.onStep('Fashion-MNIST is there');
    return;
  }
  const { dir } = await fetchFashionMnist({ ...report, signal });
  report.onStep(`Fashion-MNIST is ready (${dir})`);
}

async function confirm(options: SetupOptions, report: StepReport): Promise<void> {
  if (options.yes || process.env.CI || !process.stdin.isTTY) return;
  report.end();
  const download = releases[referenceMinor]!.wheels.reduce((sum, { size }) => sum + size, 0);
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const question = `Download libtorch (${megabytes(download)}, once)? [Y/n] `;
    const answer = await terminal.question(question);
    if (/^n/i.test(answer.trim())) {
      throw new TorchError('ERR_ABORTED', 'nothing was downloaded');
    }
  } finally {
    terminal.close();
  }
}
