// CUDA's headers, with which the library for CUDA graphs is compiled: native/cuda. Neither a GPU nor
// CUDA's toolkit is needed. Uses Node alone.
import fs from 'node:fs';
import path from 'node:path';

import { pipTool, pipToolFolder } from './pipTool.js';

// By CUDA's major version, within which the runtime stays compatible: the oldest that a supported
// libtorch uses. `proof` is in the package that is easily forgotten.
const pinned = {
  12: {
    name: 'cuda-headers-12.8',
    proof: 'nvidia/cuda_nvcc/include/crt/host_defines.h',
    requirements: [
      'nvidia-cuda-runtime-cu12==12.8.90 --hash=sha256:adade8dcbd0edf427b7204d480d6066d33902cab2a4707dcfc48a2d0fd44ab90',
      'nvidia-cuda-nvcc-cu12==12.8.93 --hash=sha256:2d6dc36fb7cb5ac9c0b8825bc13d193c35487a315664007287d0126531238011',
      'nvidia-cuda-cccl-cu12==12.8.90 --hash=sha256:575bc5cfb0fe4a1956c539215c0f1e6718821b95a68ef6b7abf226aa87e3a5ad',
    ],
  },
  13: {
    name: 'cuda-headers-13.0',
    proof: 'nvidia/cu13/include/crt/host_defines.h',
    requirements: [
      'nvidia-cuda-runtime==13.0.96 --hash=sha256:7f82250d7782aa23b6cfe765ecc7db554bd3c2870c43f3d1821f1d18aebf0548',
      'nvidia-cuda-crt==13.0.88 --hash=sha256:2c8043c7c9e02492716426e9919fc78d2c5b3b2a7a768a88e952676b08aa55a4',
      'nvidia-cuda-cccl==13.0.85 --hash=sha256:e0da7ad981f3a8aff08241b5bfc1af868742a63e2762f53a5171c492ef242649',
    ],
  },
};

const pinsFor = (cuda) => pinned[Number.parseInt(cuda, 10)];

/**
 * Folders of headers where they are, in CMake's notation; empty where they are not.
 * @param cuda - CUDA's version, as of libtorch's release: `'13.0'`.
 */
export function cudaHeaders(cuda) {
  const own = process.env.LENET_TORCH_CUDA_HEADERS;
  if (own) return own;
  const { name } = pinsFor(cuda);
  const inside = path.join(pipToolFolder(name), 'nvidia');
  if (!fs.existsSync(inside)) return '';
  return fs
    .readdirSync(inside)
    .map((each) => path.join(inside, each, 'include'))
    .filter((folder) => fs.existsSync(folder))
    .join(';');
}

/**
 * Brings them from PyPI, 6 MB (for CUDA 12: 44 MB), unless they are there or named by
 * `LENET_TORCH_CUDA_HEADERS`.
 * @returns Folders as of {@link cudaHeaders}.
 * @throws {Error} In one sentence.
 */
export function fetchCudaHeaders(cuda) {
  const { name, proof, requirements } = pinsFor(cuda);
  if (!process.env.LENET_TORCH_CUDA_HEADERS) pipTool(name, requirements, proof);
  return cudaHeaders(cuda);
}
