// `node scripts/cudaLibtorch.js`: brings libtorch for CUDA, 2.6 GB to download and 3.8 GB on the disk, into
// a folder of its own in the cache, where it does not become the libtorch that everything else takes.
// `npm test` then also runs what needs it, without a GPU.
import path from 'node:path';

import { pipToolFolder } from './pipTool.js';
import { setupDist } from './setup.js';

await setupDist();
const { fetchLibtorch } = await import('../dist/libtorch/fetch.js');
const { releaseFor } = await import('../dist/libtorch/cudaWheels.js');
const { referenceMinor } = await import('../dist/libtorch/version.js');
try {
  const release = releaseFor(referenceMinor, 'cuda');
  const env = { ...process.env, XDG_CACHE_HOME: pipToolFolder('cuda') };
  const onStep = (step) => console.log(`libtorch for CUDA: ${step}`);
  const { root } = await fetchLibtorch({ release, variant: 'cuda', env, onStep });
  console.log(`libtorch for CUDA is at ${path.dirname(root)}`);
} catch (error) {
  console.error(
    `libtorch for CUDA cannot be had, and what needs it is not tested: ${error.message}`,
  );
  process.exitCode = 1;
}
