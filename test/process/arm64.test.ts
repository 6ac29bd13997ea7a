// The package for 64-bit ARM, made and run under emulation: scripts/arm64.js, which says what it needs.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

import { missingTools } from '../../scripts/arm64/tools.js';

const long = process.env.LENET_TORCH_LONG === '1';
const script = fileURLToPath(new URL('../../scripts/arm64.js', import.meta.url));
const missing = long ? missingTools() : [];
const why = missing.length > 0 ? ` (needs ${missing.join(', ')})` : '';

test.skipIf(!long || missing.length > 0)(
  `on arm64 everything is as here${why}`,
  { timeout: 7_200_000 },
  () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [script], { encoding: 'utf8' });
    expect(stdout.match(/^FAILED.*/gm) ?? []).toEqual([]);
    expect(status, stderr.slice(-4000)).toBe(0);
    expect(stdout).toMatch(/^ok {6}the engine’s native test/m);
  },
);

test('it takes no arguments', () => {
  const { status, stderr } = spawnSync(process.execPath, [script, 'all'], { encoding: 'utf8' });
  expect({ status, stderr }).toEqual({
    status: 2,
    stderr: expect.stringContaining('usage: node scripts/arm64.js\n'),
  });
});
