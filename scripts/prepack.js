// npm runs this before it packs: dist/ is compiled where it is stale, and a package without all of
// its binaries is not made. Comments stay in the declarations, where editors look for them; in the code
// they would be a tenth of the package.
import { execFileSync } from 'node:child_process';

import { buildPage } from './page.js';
import { prebuildsProblem } from './prebuilds.js';
import { setupDist } from './setup.js';
import { at } from './stamps.js';

try {
  await setupDist();
  const { releases } = await import('../dist/libtorch/version.js');
  const problem = prebuildsProblem(Object.keys(releases));
  if (problem) throw new Error(`${problem}: run npm run prebuilds -- --all`);
  const tsc = [at('node_modules/typescript/bin/tsc'), '-p', at('tsconfig.json')];
  execFileSync(process.execPath, [...tsc, '--removeComments', '--declaration', 'false']);
  buildPage(['--removeComments']);
} catch (error) {
  console.error(`lenet-torch cannot be packed: ${error.message}`);
  process.exit(error.exitCode ?? 1);
}
