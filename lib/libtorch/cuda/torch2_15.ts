import type { CudaAddition } from './addition.js';

/** NVIDIA's wheels for torch 2.15.0. */
export const torch2_15: CudaAddition = {
  unpackedSize: 4_001_000_000,
  wheels: [
    {
      project: 'nvidia-cublas',
      version: '13.4.1.3',
      file: 'nvidia_cublas-13.4.1.3-py3-none-manylinux_2_27_x86_64.whl',
      sha256: 'a5917cb642cfb07f4a0231ee16aec7e2e0357d8cb8b1b78a0c9c68dba3e6afc7',
      size: 404_870_805,
    },
    {
      project: 'nvidia-cuda-cccl',
      version: '13.3.5.0.6',
      file: 'nvidia_cuda_cccl-13.3.5.0.6-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl',
      sha256: 'd5230098fa2df5021e1a00c0c4eee41797671a91119d31e892463e5ccf3ee326',
      size: 4_113_651,
    },
    {
      project: 'nvidia-cuda-nvrtc',
      version: '13.2.86',
      file: 'nvidia_cuda_nvrtc-13.2.86-py3-none-manylinux2010_x86_64.manylinux_2_12_x86_64.whl',
      sha256: '8111c5130e967b78222ea2124145f8efe9ce201b752b2579a2513100a53be1c5',
      size: 47_018_468,
    },
    {
      project: 'nvidia-cudnn-cu13',
      version: '9.26.0.51',
      file: 'nvidia_cudnn_cu13-9.26.0.51-py3-none-manylinux_2_27_x86_64.whl',
      sha256: '9c976d539786698c71d6bcdbe2053b7485fae062ff7e1215d2f2ff67b1a2149a',
      size: 519_150_073,
    },
    {
      project: 'nvidia-cufft',
      version: '12.2.0.57',
      file: 'nvidia_cufft-12.2.0.57-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl',
      sha256: '34da27fadf3979b0b042c43823f0530be8408b86df31ee0108e1ca0b621d4ef6',
      size: 218_258_101,
    },
    {
      project: 'nvidia-cufile',
      version: '1.17.1.22',
      file: 'nvidia_cufile-1.17.1.22-py3-none-manylinux_2_27_x86_64.whl',
      sha256: '87feaf8c3ad20d3d03a01933181801ff6892bace5c8f0b1e4b48f319d3e62d36',
      size: 1_387_670,
    },
    {
      project: 'nvidia-cusolver',
      version: '12.2.0.11',
      file: 'nvidia_cusolver-12.2.0.11-py3-none-manylinux_2_27_x86_64.whl',
      sha256: 'fab5778f6769947389a1a6abc07e635576825a08c0ffc68c3ae7f1392c794b42',
      size: 227_913_465,
    },
    {
      project: 'nvidia-cusparse',
      version: '12.7.10.12',
      file: 'nvidia_cusparse-12.7.10.12-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl',
      sha256: '25907c75e4db1581685f06f61cc6cdecc04611765516a52373e0a18ebd69fa00',
      size: 150_999_307,
    },
    {
      project: 'nvidia-cusparselt-cu13',
      version: '0.8.1',
      file: 'nvidia_cusparselt_cu13-0.8.1-py3-none-manylinux2014_x86_64.whl',
      sha256: '786ce87568c303fadb5afcc7102d454cd3040d75f6f8626f5db460d1871f4dd0',
      size: 170_148_586,
    },
    {
      project: 'nvidia-nccl-cu13',
      version: '2.30.7',
      file: 'nvidia_nccl_cu13-2.30.7-py3-none-manylinux_2_18_x86_64.whl',
      sha256: 'cefa7fdb9710efd0f39c5f1be1d61ff6fc9a996c451265bd7fbdcf9455ed4b50',
      size: 215_965_170,
    },
    {
      project: 'nvidia-nvjitlink',
      version: '13.5.37',
      file: 'nvidia_nvjitlink-13.5.37-py3-none-manylinux2010_x86_64.manylinux_2_12_x86_64.whl',
      sha256: '280d7cb9649704145f074b8dbde500de04ce02d0872e066e20a83c17bcaa93eb',
      size: 46_642_491,
    },
    {
      project: 'nvidia-nvshmem-cu13',
      version: '3.7.2',
      file: 'nvidia_nvshmem_cu13-3.7.2-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl',
      sha256: 'b9a4f843c62b5dded8ad33fd6d220e007dcd39f06cee549292f5ba14ce4c235c',
      size: 135_397_797,
    },
    {
      project: 'nvidia-nvtx',
      version: '13.2.86',
      file: 'nvidia_nvtx-13.2.86-py3-none-manylinux1_x86_64.manylinux_2_5_x86_64.whl',
      sha256: '968ce72baee2a01791c7d3254000eac81f24677b0b91c62d21b449a1f309c245',
      size: 153_463,
    },
  ],
};
