// What a package for macOS would hold, compiled, linked and read here: scripts/macos.js. It is never run.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const long = process.env.LENET_TORCH_LONG === '1';
const script = fileURLToPath(new URL('../../scripts/macos.js', import.meta.url));
const starts = (command: string): boolean => spawnSync(command, ['--version']).status === 0;
const missing = long ? ['cmake', 'ninja', 'python3'].filter((command) => !starts(command)) : [];
const why = missing.length > 0 ? ` (needs ${missing.join(', ')})` : '';

test.skipIf(!long || missing.length > 0)(
  `for macOS everything compiles and links${why}`,
  { timeout: 7_200_000 },
  () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [script], { encoding: 'utf8' });
    expect(status, `${stdout}${stderr.slice(-4000)}`).toBe(0);
    expect(stdout.match(/^ok {6}[\w.-]+/gm)?.sort()).toEqual([
      'ok      liblenet_fused_neon.dylib',
      'ok      libtorch-2.11.node',
      'ok      loader.node',
    ]);
  },
);

test('it takes no arguments', () => {
  const { status, stderr } = spawnSync(process.execPath, [script, 'all'], { encoding: 'utf8' });
  expect({ status, stderr }).toEqual({
    status: 2,
    stderr: expect.stringContaining('usage: node scripts/macos.js\n'),
  });
});
