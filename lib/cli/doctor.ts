import { Command } from 'commander';

import { diagnose, renderDiagnosis } from '../doctor/diagnose.js';

/** `lenet-torch doctor`: examines the installation; exit code 0 when training on the CPU works. */
export function command(): Command {
  return new Command('doctor')
    .description('say whether everything is there and works, and what to do where not')
    .option('--json', 'the report as one JSON object')
    .action(async ({ json }: { json?: boolean }) => {
      const diagnosis = await diagnose();
      const text = json ? JSON.stringify(diagnosis, null, 2) : renderDiagnosis(diagnosis);
      process.stdout.write(`${text}\n`);
      process.exitCode = diagnosis.healthy ? 0 : 1;
    });
}
