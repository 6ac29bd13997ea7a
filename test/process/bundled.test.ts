// Code that a bundler has put elsewhere says so, and how to leave the package outside.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { expect, test } from 'vitest';

import { temporaryFolder } from '../folder.js';

const index = fileURLToPath(new URL('../../dist/index.js', import.meta.url));

test.each([['CommonJS', 'cjs', 'app.cjs']] as const)('as %s', async (_, format, name) => {
  const file = join(temporaryFolder('lenet-torch bundled '), name);
  const build = await rolldown({
    input: index,
    platform: 'node',
    external: (id) => !/^[./]/.test(id),
    logLevel: 'silent',
  });
  await build.write({ file, format, codeSplitting: false });
  await build.close();
  const env = { ...process.env, NODE_PATH: join(index, '../../node_modules') };
  const { stderr, status } = spawnSync(process.execPath, [file], { encoding: 'utf8', env });
  expect(status).toBe(1);
  expect(stderr).toMatch(/TorchError: this code was bundled.*serverExternalPackages/);
});
