// The long tier: the suite's core, for every libtorch that has an addon in prebuilds/ and is in the cache
// (`npm run prebuilds -- --all` makes and brings them). Its numbers are those that PyTorch 2.11 wrote.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

import { cacheDir } from '../../lib/libtorch/cache.js';
import { cachedFolder } from '../../lib/libtorch/find.js';
import { releases } from '../../lib/libtorch/version.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const core = [
  ...['tensor/reference', 'nn/reference', 'optim/reference', 'models/lenet', 'scope', 'predict'],
  ...['train', 'notebook', 'bridge/worker', 'io/safetensors', 'io/torch', 'io/onnxOperators'],
].map((name) => `test/${name}.test.ts`);

describe.runIf(process.env.LENET_TORCH_LONG === '1')('the suite’s core', () => {
  for (const [minor, { version }] of Object.entries(releases)) {
    const addon = join(root, 'prebuilds', 'linux-x64', `libtorch-${minor}.node`);
    const folder = join(cachedFolder(cacheDir(), version), 'torch');
    test.skipIf(!existsSync(addon) || !existsSync(folder))(`with libtorch ${version}`, () => {
      const env = {
        ...outside(),
        LENET_TORCH_LONG: '0',
        LENET_TORCH_LIBTORCH: folder,
        PREBUILDS_ONLY: '1',
        NO_COLOR: '1',
      };
      const run = (...args: string[]): string => {
        const settings = { cwd: root, encoding: 'utf8', env } as const;
        const { status, stdout, stderr } = spawnSync(process.execPath, args, settings);
        expect(status, `${stdout}${stderr}`.slice(-8000)).toBe(0);
        return stdout;
      };
      const program = "console.log((await import('./dist/index.js')).libtorchVersion)";
      expect(run('--input-type=module', '-e', program)).toContain(version);
      const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
      const report = run(vitest, 'run', '--testTimeout=600000', ...core);
      expect(report).toMatch(new RegExp(`Test Files {2}${core.length} passed`));
    });
  }
});

// Without what this vitest tells its own workers.
function outside(): NodeJS.ProcessEnv {
  const names = Object.keys(process.env).filter(
    (name) => !/VITEST|^TEST$|^FORCE_COLOR$/.test(name),
  );
  return Object.fromEntries(names.map((name) => [name, process.env[name]]));
}
