// An installation with `--omit=optional`: what needs no more goes on, the rest says what is missing, and how to get it.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { encode } from 'fast-png';
import { expect, test } from 'vitest';

import { temporaryFolder } from '../folder.js';
import { run } from './run.js';

const without = fileURLToPath(new URL('../process/withoutOptional.cjs', import.meta.url));
const env = { NODE_OPTIONS: `--require "${without}"` };
const mend = 'Run: npm install --include=optional\n';

test('SVGs are drawn, PNGs not', () => {
  const cwd = temporaryFolder();
  const draw = (file: string) => run(['draw', 'architecture', '--out', file], { env, cwd });
  expect(draw('a.svg').status).toBe(0);
  expect(readFileSync(join(cwd, 'a.svg'), 'utf8')).toContain('<svg');
  const { status, stderr } = draw('a.png');
  expect(status).toBe(1);
  expect(stderr).toMatch(
    /^lenet-torch: ERR_ADDON_NOT_FOUND: @resvg\/resvg-js, by which PNGs of pictures are set, has no binary here \(Cannot find module /,
  );
  expect(stderr.endsWith(mend)).toBe(true);
});

test('a network answers, but for pictures in files', () => {
  const cwd = temporaryFolder();
  const short = ['--epochs', '1', '--limit-train', '256', '--limit-test', '256'];
  expect(run(['train', '--quiet', ...short], { env, cwd }).status).toBe(0);
  writeFileSync(
    join(cwd, 'a.png'),
    encode({ width: 28, height: 28, channels: 1, depth: 8, data: new Uint8Array(784) }),
  );
  const { status, stderr } = run(['predict', 'a.png'], { env, cwd });
  expect(status).toBe(1);
  expect(stderr).toContain('by which PNG, JPEG and WebP are decoded, has no binary here');
  expect(stderr).toContain(mend.trim());
});

test('doctor names both, and the command', () => {
  const { status, stdout } = run(['doctor'], { env });
  expect(status).toBe(0);
  expect(stdout).toContain('@resvg/resvg-js: does not load');
  expect(stdout).toContain('@napi-rs/image: does not load');
  expect(stdout).toMatch(/^Verdict: healthy on the CPU, but: .*has no binary here/m);
  expect(stdout).toMatch(/^Next: npm install --include=optional$/m);
});
