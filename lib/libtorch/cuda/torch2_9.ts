import type { CudaAddition } from './addition.js';

/** NVIDIA's wheels for torch 2.9.1. */
export const torch2_9: CudaAddition = {
  unpackedSize: 6_120_000_000,
  wheels: [
    {
      project: 'nvidia-cublas-cu12',
      version: '12.8.4.1',
      file: 'nvidia_cublas_cu12-12.8.4.1-py3-none-manylinux_2_27_x86_64.whl',
      sha256: '8ac4e771d5a348c551b2a426eda6193c19aa630236b418086020df5ba9667142',
      size: 594_346_921,
    },
    {
      project: 'nvidia-cuda-nvrtc-cu12',
      version: '12.8.93',
      file: 'nvidia_cuda_nvrtc_cu12-12.8.93-py3-none-manylinux2010_x86_64.manylinux_2_12_x86_64.whl',
      sha256: 'a7756528852ef889772a84c6cd89d41dfa74667e24cca16bb31f8f061e3e9994',
      size: 88_040_029,
    },
    {
      project: 'nvidia-cudnn-cu12',
      version: '9.10.2.21',
      file: 'nvidia_cudnn_cu12-9.10.2.21-py3-none-manylinux_2_27_x86_64.whl',
      sha256: '949452be657fa16687d0930933f032835951ef0892b37d2d53824d1a84dc97a8',
      size: 706_758_467,
    },
    {
      project: 'nvidia-cufft-cu12',
      version: '11.3.3.83',
      file: 'nvidia_cufft_cu12-11.3.3.83-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl',
      sha256: '4d2dd21ec0b88cf61b62e6b43564355e5222e4a3fb394cac0db101f2dd0d4f74',
      size: 193_118_695,
    },
    {
      project: 'nvidia-cufile-cu12',
      version: '1.13.1.3',
      file: 'nvidia_cufile_cu12-1.13.1.3-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl',
      sha256: '1d069003be650e131b21c932ec3d8969c1715379251f8d23a1860554b1cb24fc',
      size: 1_197_834,
    },
    {
      project: 'nvidia-curand-cu12',
      version: '10.3.9.90',
      file: 'nvidia_curand_cu12-10.3.9.90-py3-none-manylinux_2_27_x86_64.whl',
      sha256: 'b32331d4f4df5d6eefa0554c565b626c7216f87a06a4f56fab27c3b68a830ec9',
      size: 63_619_976,
    },
    {
      project: 'nvidia-cusolver-cu12',
      version: '11.7.3.90',
      file: 'nvidia_cusolver_cu12-11.7.3.90-py3-none-manylinux_2_27_x86_64.whl',
      sha256: '4376c11ad263152bd50ea295c05370360776f8c3427b30991df774f9fb26c450',
      size: 267_506_905,
    },
    {
      project: 'nvidia-cusparse-cu12',
      version: '12.5.8.93',
      file: 'nvidia_cusparse_cu12-12.5.8.93-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl',
      sha256: '1ec05d76bbbd8b61b06a80e1eaf8cf4959c3d4ce8e711b65ebd0443bb0ebb13b',
      size: 288_216_466,
    },
    {
      project: 'nvidia-cusparselt-cu12',
      version: '0.7.1',
      file: 'nvidia_cusparselt_cu12-0.7.1-py3-none-manylinux2014_x86_64.whl',
      sha256: 'f1bb701d6b930d5a7cea44c19ceb973311500847f81b634d802b7b539dc55623',
      size: 287_193_691,
    },
    {
      project: 'nvidia-nccl-cu12',
      version: '2.27.5',
      file: 'nvidia_nccl_cu12-2.27.5-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl',
      sha256: 'ad730cf15cb5d25fe849c6e6ca9eb5b76db16a80f13f425ac68d8e2e55624457',
      size: 322_348_229,
    },
    {
      project: 'nvidia-nvjitlink-cu12',
      version: '12.8.93',
      file: 'nvidia_nvjitlink_cu12-12.8.93-py3-none-manylinux2010_x86_64.manylinux_2_12_x86_64.whl',
      sha256: '81ff63371a7ebd6e6451970684f916be2eab07321b73c9d244dc2b4da7f73b88',
      size: 39_254_836,
    },
    {
      project: 'nvidia-nvshmem-cu12',
      version: '3.3.20',
      file: 'nvidia_nvshmem_cu12-3.3.20-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl',
      sha256: 'd00f26d3f9b2e3c3065be895e3059d6479ea5c638a3f38c9fec49b1b9dd7c1e5',
      size: 124_657_145,
    },
    {
      project: 'nvidia-nvtx-cu12',
      version: '12.8.90',
      file: 'nvidia_nvtx_cu12-12.8.90-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl',
      sha256: '5b17e2001cc0d751a5bc2c6ec6d26ad95913324a4adb86788c944f8ce9ba441f',
      size: 89_954,
    },
  ],
};
