import { Command } from 'commander';

import { weightsOption } from '../model/lastTraining.js';
import { classesOption, weightsModelOption } from '../model/ownModel.js';
import { integer } from '../options.js';
import { deviceName } from '../train/options.js';
import { bytes, duration } from './options.js';
import type { ServeCommandOptions } from './run.js';

/** `lenet-torch serve`: a network behind HTTP, until a signal ends it. */
export function command(): Command {
  return new Command('serve')
    .description('answer requests over HTTP: POST /predict, the Open Inference Protocol, metrics')
    .option(...weightsOption)
    .addOption(weightsModelOption())
    .option(...classesOption)
    .option('--host <name>', 'where to listen; 0.0.0.0 for everyone', '127.0.0.1')
    .option('--port <n>', '0 for any that is free', integer(0, 65_535), 8080)
    .option('--max-batch <n>', 'images that are computed together at most', integer(1), 256)
    .option('--max-delay <time>', 'how long an image waits for others at most', duration, 2)
    .option('--max-queue <n>', 'images that wait at most; more are refused', integer(1), 4096)
    .option('--body-limit <size>', 'largest body', bytes, 10_000_000)
    .option('--threads <n>', 'threads on the CPU (default: one per core)', integer(1, 1024))
    .option('--device <name>', 'auto, cpu, cuda or cuda:NUMBER', deviceName, 'auto')
    .option('--watch', 'take new weights when their file changes, as after SIGHUP')
    .action(async (options: ServeCommandOptions) => {
      // Here and not above: help must work without libtorch.
      const { serve } = await import('./run.js');
      await serve(options);
    });
}
