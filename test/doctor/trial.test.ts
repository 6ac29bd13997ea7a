import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, test } from 'vitest';

import { problemOf, trialSection, tryTraining } from '../../lib/doctor/trial.js';
import { temporaryFolder } from '../folder.js';

const real = fileURLToPath(new URL('../../dist/doctor/trialStep.js', import.meta.url));
let folder: string;

beforeEach(() => {
  folder = temporaryFolder('lenet trial é ');
});

/** A child's program that does what it must not. */
function program(source: string): string {
  const file = path.join(folder, 'step.mjs');
  fs.writeFileSync(file, source);
  return file;
}

test('trains on the CPU', async () => {
  const trial = await tryTraining('cpu', { program: real });
  expect(trial).toEqual({
    ok: expect.objectContaining({ libtorch: expect.stringMatching(/^2\./), engine: 'fused' }),
  });
  expect('ok' in trial && trial.ok.loss).toBeCloseTo(2.3, 0);
});

test.skipIf(fs.existsSync('/proc/driver/nvidia'))('without a GPU: a coded sentence', async () => {
  const { problems } = await trialSection(['cuda:0'], { program: real });
  expect(problems).toEqual([
    {
      text: expect.stringMatching(/^training on cuda:0 failed: ERR_CUDA_UNAVAILABLE: /),
      next: expect.any(String),
      minor: true,
    },
  ]);
});

describe('a process that', () => {
  test.each([
    ['SIGSEGV', /ended by SIGSEGV: a wrong access to memory/],
    ['SIGILL', /ended by SIGILL: an instruction that this processor does not have/],
    ['SIGABRT', /ended by SIGABRT: a library gave up \(it said: terminate called\)/],
    ['SIGKILL', /ended by SIGKILL: .*lack of memory/],
  ])('dies of %s', async (signal, message) => {
    const step = program(
      `process.stderr.write('terminate called\\n', () => process.kill(process.pid, '${signal}'));` +
        'setTimeout(() => {}, 10_000);',
    );
    const { problems } = await trialSection(['cpu'], { program: step });
    expect(problems[0]!.text).toMatch(message);
    expect(problems[0]!.minor).toBe(false);
  });

  test('hangs', async () => {
    const started = performance.now();
    const { problems } = await trialSection(['cpu'], {
      program: program('setInterval(() => {}, 1000);'),
      timeoutMs: 500,
    });
    expect(problems[0]!.text).toMatch(/did not end within 0\.5 s/);
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  test('ends without a result', async () => {
    const { problems } = await trialSection(['cpu'], { program: program('process.exit(7)') });
    expect(problems[0]!.text).toMatch(/exit code 7 and no result/);
  });
});

test('"no kernel image" becomes a sentence with a command', () => {
  const message = 'CUDA error: no kernel image is available for execution on the device';
  expect(problemOf('cuda:0', { code: 'ERR_LIBTORCH', message })).toEqual({
    text: expect.stringMatching(/no code for the GPU cuda:0 .*compute capability/),
    next: expect.stringMatching(/npx lenet-torch setup --cuda --version/),
    minor: true,
  });
});

test('the next step is the command that the error names', () => {
  const message = 'libtorch does not load. Run: npx lenet-torch setup --cuda';
  expect(problemOf('cpu', { message }).next).toBe('npx lenet-torch setup --cuda');
});

test.each([
  [
    'Name another folder in LENET_TORCH_LIBTORCH, or unset it and run: npx lenet-torch setup',
    'unset LENET_TORCH_LIBTORCH && npx lenet-torch setup',
  ],
  ['Run: npx lenet-torch setup --cuda, then start again', 'npx lenet-torch setup --cuda'],
  [
    'Run: npx lenet-torch setup --remove --cpu --yes && npx lenet-torch setup',
    'npx lenet-torch setup --remove --cpu --yes && npx lenet-torch setup',
  ],
  ['Install what is missing, then run: npx lenet-torch doctor', 'npx lenet-torch doctor'],
  // Setup would say that all is there.
  ['the loss is not a number', 'report this with the output of: npx lenet-torch doctor --json'],
])('the next step after %j', (message, next) => {
  expect(problemOf('cpu', { message }).next).toBe(next);
});
