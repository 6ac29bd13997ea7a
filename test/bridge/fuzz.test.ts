import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

import { temporaryFolder } from '../folder.js';

const child = fileURLToPath(new URL('fuzz.child.mjs', import.meta.url));
const long = process.env.LENET_TORCH_LONG === '1';
const seconds = long ? 60 : 6;
const seeds = long ? [1, 2, 3] : [1, 2];
// Kilobytes of private memory: enough for libtorch and Node, too little for a hostile size.
const limit = 3_000_000;

test.each(seeds)('no argument list crashes the process (seed %i)', (seed) => {
  const log = join(temporaryFolder('lenet-torch-fuzz-'), 'last-call');
  const run = spawnSync(
    'bash',
    [
      '-c',
      `ulimit -d ${limit}; exec "$0" "$@"`,
      process.execPath,
      child,
      `${seed}`,
      `${seconds}`,
      log,
    ],
    { encoding: 'utf8', timeout: (seconds + 60) * 1000 },
  );
  const last = readFileSync(log, 'utf8').split('\n')[0];
  expect(run.status, `last call: ${last}\n${run.stderr}`).toBe(0);
  // display() prints.
  const result = JSON.parse(run.stdout.trimEnd().split('\n').at(-1)!);
  expect(result.calls).toBeGreaterThan(500);
  expect(result.accepted).toBeGreaterThan(50);
  if (long) expect(result.reached).toBeGreaterThan(result.targets * 0.9);
});
