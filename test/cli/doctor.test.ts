import fs from 'node:fs';
import path from 'node:path';
import { beforeEach, expect, test } from 'vitest';

import type { Diagnosis } from '../../lib/doctor/diagnose.js';
import { temporaryFolder } from '../folder.js';
import { run } from './run.js';

const sections = [
  'Node.js',
  'System',
  'Package',
  'libtorch',
  'GPU',
  'Environment',
  'Storage',
  'Process group',
];
let folder: string;

beforeEach(() => {
  folder = temporaryFolder('lenet doctor é ');
});

test('a healthy installation: 0, and the verdict with the next command last', () => {
  const { status, stdout, stderr } = run(['doctor'], {
    env: { HTTPS_PROXY: 'http://ann:secret@proxy.invalid:3128' },
  });
  expect(stderr).toBe('');
  expect(status).toBe(0);
  for (const name of [...sections, 'Training'])
    expect(stdout).toMatch(new RegExp(`^${name}$`, 'm'));
  expect(stdout).toMatch(/^ {2}cpu: works: libtorch 2\.\d+.*fused/m);
  expect(stdout).toMatch(/^ {2}HTTPS_PROXY: http:\/\/proxy\.invalid:3128$/m);
  expect(stdout).not.toContain('secret');
  expect(stdout).toMatch(/\nVerdict: healthy.*\nNext: .+\n$/);
});

test('paths below the home folder are shown with ~', () => {
  const home = path.join(folder, 'ann');
  fs.mkdirSync(home);
  const { stdout } = run(['doctor'], { env: { HOME: home, XDG_CACHE_HOME: '' } });
  expect(stdout).toMatch(/^ {2}cache: ~\/\.cache\/lenet-torch$/m);
  expect(stdout).not.toContain(home);
});

test('without libtorch: 1, every place, one command', () => {
  const env = { XDG_CACHE_HOME: folder, LENET_TORCH_LIBTORCH: '' };
  const { status, stdout } = run(['doctor'], { env });
  expect(status).toBe(1);
  expect(stdout).toMatch(/choice recorded at setup: none/);
  expect(stdout).toMatch(/2\.11\.0-cpu\): not downloaded yet/);
  expect(stdout).toMatch(
    /\nVerdict: not healthy: libtorch .* was not found\nNext: npx lenet-torch setup\n$/,
  );
});

test('--json: the same as one object', () => {
  const env = { LENET_TORCH_LIBTORCH: folder };
  const { status, stdout } = run(['doctor', '--json'], { env });
  expect(status).toBe(1);
  const diagnosis = JSON.parse(stdout) as Diagnosis;
  expect(diagnosis.sections.map(({ name }) => name)).toEqual(sections);
  expect(diagnosis).toMatchObject({
    healthy: false,
    verdict: expect.stringMatching(/it has no lib\/libtorch_cpu\.so/),
    next: 'unset LENET_TORCH_LIBTORCH && npx lenet-torch setup',
  });
});

test('a crash in training becomes a sentence', () => {
  const preload = path.join(folder, 'crash.cjs');
  // Only the child that trains: the doctor itself must live.
  fs.writeFileSync(
    preload,
    "if (/trialStep/.test(process.argv[1])) process.kill(process.pid, 'SIGSEGV');",
  );
  const { status, stdout } = run(['doctor'], { env: { NODE_OPTIONS: `--require "${preload}"` } });
  expect(status).toBe(1);
  expect(stdout).toMatch(/Verdict: not healthy: training on cpu failed: .*SIGSEGV/);
});
