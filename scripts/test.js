// `npm test`: sets up what is missing, then runs the tests. `--long` adds the long tier; other
// arguments are vitest's. The last line is `N passed, N failed`.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { setupOrExit } from './setup.js';

await setupOrExit();

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lenet-torch-test-'));
const report = path.join(folder, 'report.json');
const args = process.argv.slice(2);
// Test files run side by side: threads of libtorch's that wait for each other shall leave the
// processor to the others, or small trainings take several times as long.
const env = { OMP_WAIT_POLICY: 'PASSIVE', ...process.env };
if (args.includes('--long')) env.LENET_TORCH_LONG = '1';

const status = await new Promise((resolve) => {
  const vitest = path.join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const flags = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const rest = args.filter((argument) => argument !== '--long');
  const child = spawn(process.execPath, [vitest, ...flags, ...rest], {
    cwd: root,
    env,
    stdio: 'inherit',
  });
  // Vitest gets the terminal's interrupt too, and ends its workers.
  process.on('SIGINT', () => {});
  child.once('close', (code, signal) => resolve(signal === 'SIGINT' ? 130 : (code ?? 1)));
});

const { passed, failed } = count(report);
fs.rmSync(folder, { recursive: true, force: true });
// A file that cannot be imported, an error outside a test and an empty run have no failed test.
const broken = status !== 0 && failed === 0 ? 1 : failed;
if (passed === 0 && broken === 0) console.error('no tests ran');
process.exitCode = status || (broken > 0 || passed === 0 ? 1 : 0);
console.log(`${passed} passed, ${broken} failed`);

function count(file) {
  try {
    const { numPassedTests, numFailedTests } = JSON.parse(fs.readFileSync(file, 'utf8'));
    return { passed: numPassedTests, failed: numFailedTests };
  } catch {
    return { passed: 0, failed: 0 };
  }
}
