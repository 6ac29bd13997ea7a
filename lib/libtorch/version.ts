/** One wheel on PyPI, pinned to its exact bytes. */
export interface Wheel {
  readonly project: string;
  readonly version: string;
  readonly file: string;
  readonly sha256: string;
  /** Bytes to download. */
  readonly size: number;
}

/** What pip fetches for one libtorch version, and the disk it needs. */
export interface Release {
  readonly version: string;
  /** The interpreter whose torch wheel is pinned; libtorch inside is the same for all of them. */
  readonly python: string;
  readonly wheels: readonly Wheel[];
  /** Bytes of the unpacked libraries. */
  readonly unpackedSize: number;
  /** Bytes of the unpacked headers, rounded up to blocks. */
  readonly headersSize: number;
}

/** The minor version that this package is written and tested against. */
export const referenceMinor = '2.11';

/** Pinned releases by minor version, for x86-64 Linux with glibc ≥ 2.28. */
export const releases: Readonly<Record<string, Release>> = {
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
  },
};

/** `'2.11.0+cu130'` → `'2.11'`. */
export function minorOf(version: string): string {
  return version.split('.').slice(0, 2).join('.');
}
