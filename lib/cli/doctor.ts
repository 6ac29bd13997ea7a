import { hostname } from 'node:os';
import { Command } from 'commander';

import { type Diagnosis, diagnose, renderDiagnosis } from '../doctor/diagnose.js';
import { seconds } from './train/options.js';

/**
 * `lenet-torch doctor`: examines the installation, and the group that this process finds itself in; exit code 0 when
 * training on the CPU works. Of a group the first process prints the report, each other what is wrong with itself.
 */
export function command(): Command {
  return new Command('doctor')
    .description('say whether everything is there and works, and what to do where not')
    .option('--json', 'the report as one JSON object')
    .option(
      '--init-timeout <seconds>',
      'how long the processes of a group may take to come together',
      seconds,
      30,
    )
    .action(async ({ json, initTimeout }: { json?: boolean; initTimeout: number }) => {
      const diagnosis = await diagnose(process.env, {
        initTimeoutMs: initTimeout * 1000,
        signal: terminated(),
      });
      if ((diagnosis.place?.rank ?? 0) > 0) tellOwn(diagnosis);
      else {
        const text = json ? JSON.stringify(diagnosis, null, 2) : renderDiagnosis(diagnosis);
        process.stdout.write(`${text}\n`);
      }
      process.exitCode = diagnosis.healthy ? 0 : 1;
    });
}

// Launchers end all processes when one has failed: the report shall be there all the same.
function terminated(): AbortSignal {
  const controller = new AbortController();
  process.once('SIGTERM', () => controller.abort());
  return controller.signal;
}

// What is minor is the host's, and once is enough.
function tellOwn({ place, sections }: Diagnosis): void {
  for (const { text, next, minor } of sections.flatMap(({ problems }) => problems)) {
    if (minor && place?.localRank !== 0) continue;
    process.stderr.write(
      `lenet-torch: rank ${place?.rank} on ${hostname()}: ${text}. Next: ${next}\n`,
    );
  }
}
