import { Command, InvalidArgumentError, Option } from 'commander';
import { idxSets } from '../../data/sets/idxSets.js';
import { TorchError } from '../../error.js';
import { gigabytes } from '../../libtorch/cache.js';
import { fetchLibtorch } from '../../libtorch/fetch.js';
import { searchLibtorch } from '../../libtorch/find.js';
import { recordChoice } from '../../libtorch/python.js';
import { minorOf, releases } from '../../libtorch/version.js';
import { fittingMinors } from '../../native/binaries.js';
import { broughtSetOption, usualSet } from '../dataSet/option.js';
import { ask } from './ask.js';
import { listCache, removeCache } from './cache.js';
import { bringData, dataSentence } from './data.js';
import { decide } from './decide.js';
import { type LibtorchDecision, type SetupOptions, sentencesOf } from './decision.js';
import { printFiles } from './files.js';
import { reportSteps, type StepReport } from './progress.js';

/** `lenet-torch setup`: libtorch and the data set, each skipped when there. Loads no binary. */
export function command(): Command {
  const onlyOne = ['list', 'remove', 'printUrls', 'dryRun'];
  // What an action does not heed is refused beside it: `--remove --data-set mnist` would remove all.
  const action = (flags: string, about: string, name: string, unheeded: string[] = []): Option =>
    new Option(flags, about).conflicts([...onlyOne.filter((other) => other !== name), ...unheeded]);
  const sources = ['from', 'fromPython', 'headers', 'dataSet'];
  return new Command('setup')
    .description('bring what is missing: libtorch and Fashion-MNIST')
    .option('-y, --yes', 'do not ask')
    .addOption(new Option('--cpu', 'libtorch for the CPU (default)').conflicts('cuda'))
    .option('--cuda', "libtorch for NVIDIA's GPUs, by the driver's version; gigabytes")
    .option('--no-driver-check', '--cuda for another machine than this one')
    .option('--version <minor>', `libtorch's version: ${minors().join(', ')}`, minor)
    .addOption(
      new Option(
        '--from <dir>',
        'take a libtorch or Python torch folder, another machine’s cache, or downloaded wheels',
      ).conflicts('fromPython'),
    )
    .option('--from-python [python]', 'take the torch of this Python (default: python3)')
    .addOption(broughtSetOption())
    .option('--headers', "libtorch's C++ headers too, to compile the addon from source")
    .addOption(action('--dry-run', 'say what would be done, and do nothing', 'dryRun'))
    .addOption(
      action('--print-urls', 'say which files to bring to a machine offline', 'printUrls', sources),
    )
    .addOption(
      action('--list', 'say what the cache holds', 'list', [...sources, 'version', 'cpu', 'cuda']),
    )
    .addOption(action('--remove', 'remove what setup fetched', 'remove', sources))
    .action((options: SetupOptions, command: Command) => {
      if (options.driverCheck === false && !options.cuda) {
        command.error("error: option '--no-driver-check' needs '--cuda'");
      }
      return setup(options);
    });
}

const minors = (): string[] => Object.keys(releases);

function minor(text: string): string {
  const found = minorOf(text);
  if (Object.hasOwn(releases, found) && [found, releases[found]?.version].includes(text)) {
    return found;
  }
  throw new InvalidArgumentError(`Expected ${minors().join(', ')}.`);
}

/** Brings what is missing, and asks first where it can. */
export async function setup(options: SetupOptions): Promise<void> {
  const interrupt = new AbortController();
  const onSignal = (signal: NodeJS.Signals) =>
    interrupt.abort(new TorchError('ERR_ABORTED', `setup was interrupted (${signal})`));
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
  const report = reportSteps();
  try {
    if (options.list) await listCache();
    else if (options.remove) await removeCache(options, report, interrupt.signal);
    else if (options.printUrls) printFiles(options);
    else await bring(options, report, interrupt.signal);
  } finally {
    report.end();
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  }
}

async function bring(
  options: SetupOptions,
  report: StepReport,
  signal: AbortSignal,
): Promise<void> {
  const decision = await decide(options, signal);
  const { data = true } = options;
  const set = idxSets[options.dataSet ?? usualSet]!;
  const plan = [...sentencesOf(decision), ...(data ? [dataSentence(set, options.from)] : [])];
  if (options.dryRun) {
    process.stdout.write(`${plan.join('\n')}\n`);
    return;
  }
  for (const sentence of plan) report.onStep(sentence);
  await bringLibtorch(decision, options, report, signal);
  if (data) await bringData(set, report, signal, options.from);
}

async function bringLibtorch(
  decision: LibtorchDecision,
  options: SetupOptions,
  report: StepReport,
  signal: AbortSignal,
): Promise<void> {
  if (decision.kind === 'there') return;
  if (decision.kind === 'folder') {
    await recordChoice(decision.root);
    return;
  }
  const { need, variant, wheelFolder } = decision;
  if (!wheelFolder) await confirm(options, need.download, report);
  const { release, headers } = need;
  const fetched = await fetchLibtorch({
    ...report,
    release,
    variant,
    headers,
    wheelFolder,
    signal,
  });
  // What import would take without a record needs none.
  await recordChoice(undefined);
  const { found } = searchLibtorch({ minors: fittingMinors() });
  if (found?.root !== fetched.root) await recordChoice(fetched.root);
  report.onStep(`libtorch ${fetched.version} is ready (${fetched.root})`);
}

async function confirm(options: SetupOptions, download: number, report: StepReport): Promise<void> {
  if (options.yes || process.env.CI || !process.stdin.isTTY) return;
  report.end();
  const answer = await ask(`Download libtorch (${gigabytes(download)}, once)? [Y/n] `);
  if (/^n/i.test(answer)) throw new TorchError('ERR_ABORTED', 'nothing was downloaded');
}
