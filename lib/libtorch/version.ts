import { arm64 } from './arm64.js';
import type { Release } from './release.js';

export type { CudaNeeds, Release, Wheel } from './release.js';

/** The minor version that this package is written and tested against. */
export const referenceMinor = '2.11';

/** Pinned releases by minor version, for x86-64 Linux with glibc ≥ 2.28. */
const x64: Readonly<Record<string, Release>> = {
  '2.9': {
    version: '2.9.1',
    python: '3.12',
    wheels: [
      {
        project: 'torch',
        version: '2.9.1',
        file: 'torch-2.9.1-cp312-cp312-manylinux_2_28_x86_64.whl',
        sha256: '27331cd902fb4322252657f3902adf1c4f6acad9dcad81d8df3ae14c7c4f07c4',
        size: 899_742_281,
      },
      {
        project: 'nvidia-cuda-runtime-cu12',
        version: '12.8.90',
        file: 'nvidia_cuda_runtime_cu12-12.8.90-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl',
        sha256: 'adade8dcbd0edf427b7204d480d6066d33902cab2a4707dcfc48a2d0fd44ab90',
        size: 954_765,
      },
      {
        project: 'nvidia-cuda-cupti-cu12',
        version: '12.8.90',
        file: 'nvidia_cuda_cupti_cu12-12.8.90-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl',
        sha256: 'ea0cb07ebda26bb9b29ba82cda34849e73c166c18162d3913575b0c9db9a6182',
        size: 10_248_621,
      },
    ],
    unpackedSize: 447_000_000,
    headersSize: 62_000_000,
    cuda: { version: '12.8', driver: 525 },
  },
  '2.11': {
    version: '2.11.0',
    python: '3.12',
    wheels: [
      {
        project: 'torch',
        version: '2.11.0',
        file: 'torch-2.11.0-cp312-cp312-manylinux_2_28_x86_64.whl',
        sha256: '0f68f4ac6d95d12e896c3b7a912b5871619542ec54d3649cf48cc1edd4dd2756',
        size: 530_712_279,
      },
      {
        project: 'nvidia-cuda-runtime',
        version: '13.0.96',
        file: 'nvidia_cuda_runtime-13.0.96-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl',
        sha256: '7f82250d7782aa23b6cfe765ecc7db554bd3c2870c43f3d1821f1d18aebf0548',
        size: 2_243_632,
      },
      {
        project: 'nvidia-cuda-cupti',
        version: '13.0.85',
        file: 'nvidia_cuda_cupti-13.0.85-py3-none-manylinux_2_25_x86_64.whl',
        sha256: '4eb01c08e859bf924d222250d2e8f8b8ff6d3db4721288cf35d14252a4d933c8',
        size: 10_715_597,
      },
    ],
    unpackedSize: 458_000_000,
    headersSize: 65_000_000,
    cuda: { version: '13.0', driver: 580 },
  },
  '2.15': {
    version: '2.15.0',
    python: '3.12',
    wheels: [
      {
        project: 'torch',
        version: '2.15.0',
        file: 'torch-2.15.0-cp312-cp312-manylinux_2_28_x86_64.whl',
        sha256: '6d8c86f4e33a9f12a58149bd9b0d64351632b8eb44479be8ff85e5389932dd79',
        size: 539_172_785,
      },
      {
        project: 'nvidia-cuda-runtime',
        version: '13.2.86',
        file: 'nvidia_cuda_runtime-13.2.86-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl',
        sha256: '3498247680dfddce31bad102af7e3e26fc795342a3cac64722bb0fa95e7f60f0',
        size: 2_323_576,
      },
      {
        project: 'nvidia-cuda-cupti',
        version: '13.2.86',
        file: 'nvidia_cuda_cupti-13.2.86-py3-none-manylinux_2_25_x86_64.whl',
        sha256: '8fa29f15dd8336181f961764d9d95236fc6b931dd0c8fcf8cd70aab0c310b586',
        size: 11_988_600,
      },
    ],
    unpackedSize: 459_000_000,
    headersSize: 65_000_000,
    cuda: { version: '13.2', driver: 580 },
  },
};

/**
 * The pinned releases for this processor. To add one is to add an entry here and in arm64.ts: the
 * prebuilt addons, the tests and the search for libtorch go by these tables.
 */
export const releases: Readonly<Record<string, Release>> = process.arch === 'arm64' ? arm64 : x64;

/** `['2.11', '2.15', '2.9']` → `'2.9, 2.11 or 2.15'`. */
export function listOf(minors: readonly string[]): string {
  const sorted = minors.toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  const last = sorted.pop() ?? 'none';
  return sorted.length > 0 ? `${sorted.join(', ')} or ${last}` : last;
}

/** `'2.11.0+cu130'` → `'2.11'`. */
export function minorOf(version: string): string {
  return version.split('.').slice(0, 2).join('.');
}
