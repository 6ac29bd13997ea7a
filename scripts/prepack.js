// npm runs this before it packs: dist/ is compiled where it is stale, and a package without all of
// its binaries is not made.
import { prebuildsProblem } from './prebuilds.js';
import { setupDist } from './setup.js';

try {
  await setupDist();
  const { releases } = await import('../dist/libtorch/version.js');
  const problem = prebuildsProblem(Object.keys(releases));
  if (problem) throw new Error(`${problem}: run npm run prebuilds -- --all`);
} catch (error) {
  console.error(`lenet-torch cannot be packed: ${error.message}`);
  process.exit(error.exitCode ?? 1);
}
