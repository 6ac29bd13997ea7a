import type { Release } from './release.js';

/**
 * The pinned releases for 64-bit ARM. 2.9's wheel is for the CPU alone, with OpenBLAS; the others link CUDA's
 * runtime as those for x86-64 do. None are pinned for CUDA: nobody has run that yet.
 */
export const arm64: Readonly<Record<string, Release>> = {
  '2.9': {
    version: '2.9.1',
    python: '3.12',
    wheels: [
      {
        project: 'torch',
        version: '2.9.1',
        file: 'torch-2.9.1-cp312-cp312-manylinux_2_28_aarch64.whl',
        sha256: 'da5f6f4d7f4940a173e5572791af238cb0b9e21b1aab592bd8b26da4c99f1cd6',
        size: 104_126_592,
      },
    ],
    unpackedSize: 301_000_000,
    headersSize: 65_000_000,
  },
  '2.11': {
    version: '2.11.0',
    python: '3.12',
    wheels: [
      {
        project: 'torch',
        version: '2.11.0',
        file: 'torch-2.11.0-cp312-cp312-manylinux_2_28_aarch64.whl',
        sha256: 'f99924682ef0aa6a4ab3b1b76f40dc6e273fca09f367d15a524266db100a723f',
        size: 419_731_115,
      },
      {
        project: 'nvidia-cuda-runtime',
        version: '13.0.96',
        file: 'nvidia_cuda_runtime-13.0.96-py3-none-manylinux2014_aarch64.manylinux_2_17_aarch64.whl',
        sha256: 'ef9bcbe90493a2b9d810e43d249adb3d02e98dd30200d86607d8d02687c43f55',
        size: 2_261_060,
      },
      {
        project: 'nvidia-cuda-cupti',
        version: '13.0.85',
        file: 'nvidia_cuda_cupti-13.0.85-py3-none-manylinux_2_25_aarch64.whl',
        sha256: '796bd679890ee55fb14a94629b698b6db54bcfd833d391d5e94017dd9d7d3151',
        size: 10_310_827,
      },
    ],
    unpackedSize: 299_000_000,
    headersSize: 65_000_000,
  },
  '2.15': {
    version: '2.15.0',
    python: '3.12',
    wheels: [
      {
        project: 'torch',
        version: '2.15.0',
        file: 'torch-2.15.0-cp312-cp312-manylinux_2_28_aarch64.whl',
        sha256: '9e51cf9460c5441dcd2a4f31ece207e35ea7c3d2535be0f929cca4944e2eeb18',
        size: 483_664_949,
      },
      {
        project: 'nvidia-cuda-runtime',
        version: '13.2.86',
        file: 'nvidia_cuda_runtime-13.2.86-py3-none-manylinux2014_aarch64.manylinux_2_17_aarch64.whl',
        sha256: '37844957894bfdecf90243568d21a2cb251b66106915b71459a23c8e6ef2da69',
        size: 2_341_433,
      },
      {
        project: 'nvidia-cuda-cupti',
        version: '13.2.86',
        file: 'nvidia_cuda_cupti-13.2.86-py3-none-manylinux_2_25_aarch64.whl',
        sha256: 'd9a5c133f73fcb9013f3ada0da6fb54d4117618d81f3f5a0419417ea6ee829d4',
        size: 11_760_263,
      },
    ],
    unpackedSize: 377_000_000,
    headersSize: 65_000_000,
  },
};
