import { Command, InvalidArgumentError, Option } from 'commander';

import { classesIn, classesOption, isFile, ownMaker } from './model/ownModel.js';
import { integer } from './options.js';
import { interruptible } from './train/interrupt.js';

interface Options {
  port: number;
  host: string;
  model?: string;
  classes?: string;
}

/** `lenet-torch live RUN…`: runs that are finished, or that another process trains, on a page. */
export function command(): Command {
  return new Command('live')
    .description('show runs on a page until Ctrl-C: finished ones, and what others train meanwhile')
    .argument('<run...>', 'folders of runs, or folders with several')
    .option('--port <n>', 'port of the page (default: one that is free)', integer(0, 65_535), 0)
    .option('--host <name>', 'name or address to listen on', '127.0.0.1')
    .addOption(
      new Option(
        '--model <file>',
        "a file whose default export is a network's class, for runs of it (lenet and lenet5 are known)",
      ).argParser(ownFile),
    )
    .option(...classesOption)
    .action(run);
}

// The package's own networks are known by what their runs say.
function ownFile(text: string): string {
  if (isFile(text)) return text;
  throw new InvalidArgumentError('Expected a file such as ./net.js.');
}

async function run(
  folders: string[],
  { port, host, model: file, classes: list }: Options,
): Promise<void> {
  const signal = interruptible();
  const torch = await import('../index.js');
  const classes = classesIn(torch, list);
  const model = file === undefined ? undefined : await ownMaker(torch, file);
  // Now, and not when somebody looks: a class that cannot be made is said at once.
  for (const parameter of model?.().parameters() ?? []) parameter.dispose();
  const page = await torch.live({
    run: folders,
    port,
    host,
    ...(model && { model }),
    ...(classes && { classes }),
  });
  console.error(`lenet-torch: live page: ${page.address}`);
  if (!signal.aborted) {
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
  }
  await page.close();
}
