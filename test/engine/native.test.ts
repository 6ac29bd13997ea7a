// The engine's own native test, under sanitizers too: minutes of compiling, so in the long tier only.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

import { temporaryFolder } from '../folder.js';

const source = fileURLToPath(new URL('../../native/fused', import.meta.url));

function run(command: string, args: string[]): string {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  const output = `${stdout}${stderr}`;
  expect(status, output.slice(-4000)).toBe(0);
  return output;
}

describe.runIf(process.env.LENET_TORCH_LONG === '1')('the engine’s native test', () => {
  test.each(['', 'address,undefined', 'thread'])(
    'sanitizers: %j',
    { timeout: 3_600_000 },
    (sanitize) => {
      const build = temporaryFolder('lenet-fused-');
      const settings = [`-DLENET_FUSED_SANITIZE=${sanitize}`, '-DLENET_FUSED_BENCH=OFF'];
      run('cmake', ['-S', source, '-B', build, ...settings]);
      run('cmake', ['--build', build, '--parallel', '2']);
      run('ctest', ['--test-dir', build, '--output-on-failure']);
    },
  );
});
