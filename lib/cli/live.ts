import { Command } from 'commander';

import { integer } from './options.js';
import { interruptible } from './train/interrupt.js';

interface Options {
  port: number;
  host: string;
}

/** `lenet-torch live RUN…`: runs that are finished, or that another process trains, on a page. */
export function command(): Command {
  return new Command('live')
    .description('show runs on a page until Ctrl-C: finished ones, and what others train meanwhile')
    .argument('<run...>', 'folders of runs, or folders with several')
    .option('--port <n>', 'port of the page (default: one that is free)', integer(0, 65_535), 0)
    .option('--host <name>', 'name or address to listen on', '127.0.0.1')
    .action(run);
}

async function run(folders: string[], { port, host }: Options): Promise<void> {
  const signal = interruptible();
  const torch = await import('../index.js');
  const page = await torch.live({ run: folders, port, host });
  console.error(`lenet-torch: live page: ${page.address}`);
  if (!signal.aborted) {
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
  }
  await page.close();
}
