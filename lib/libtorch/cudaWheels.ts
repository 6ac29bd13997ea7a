import { TorchError } from '../error.js';
import type { CudaAddition } from './cuda/addition.js';
import { torch2_9 } from './cuda/torch2_9.js';
import { torch2_11 } from './cuda/torch2_11.js';
import { torch2_15 } from './cuda/torch2_15.js';
import type { Variant } from './find.js';
import { type Release, releases } from './version.js';

/**
 * Additions by minor version. Pinned from what pip itself resolves from torch's Requires-Dist, for the
 * tags of pip.ts: `pip install --dry-run --report - --target x --platform … torch==VERSION`. triton and
 * cuda-bindings are left out: only Python uses them.
 */
const cudaAdditions: Readonly<Record<string, CudaAddition>> = {
  '2.9': torch2_9,
  '2.11': torch2_11,
  '2.15': torch2_15,
};

/**
 * The pinned wheels of a minor version for the CPU, or for CUDA.
 * @throws {TorchError} `ERR_LIBTORCH_VERSION` when none are pinned for CUDA.
 */
export function releaseFor(minor: string, variant: Variant): Release {
  const release = releases[minor];
  const addition = cudaAdditions[minor];
  if (release && variant === 'cpu') return release;
  if (!release?.cuda || !addition) {
    const pinned = Object.keys(cudaAdditions).filter((each) => releases[each]?.cuda);
    throw new TorchError(
      'ERR_LIBTORCH_VERSION',
      `no wheels of libtorch ${minor} are pinned for CUDA and ${process.arch}; there are for ${pinned.join(', ') || 'none'}. Run: npx lenet-torch setup ` +
        '--cuda, or take an installed Python torch: npx lenet-torch setup --from-python',
    );
  }
  return {
    ...release,
    wheels: [...release.wheels, ...addition.wheels],
    unpackedSize: addition.unpackedSize,
  };
}
