// The GPU's own tests, with its numbers: on the imitation of CUDA, whose operators compute on the CPU here.
// Memory, streams, captures and what graphs read and write are as on a GPU; kernels are not.
import { beforeAll, describe, expect, test } from 'vitest';

import { cudaLibtorch, imitateWithArithmetic, runGpuTests } from './forCuda.js';

const long = process.env.LENET_TORCH_LONG === '1';

describe.runIf(cudaLibtorch)('by an imitation of CUDA', () => {
  let env: NodeJS.ProcessEnv = {};
  beforeAll(() => {
    env = { ...imitateWithArithmetic(), LENET_TORCH_GPU_STEPS: long ? '10000' : '400' };
  });

  test.each([
    ['devices.gpu.mjs', 9],
    ['training.gpu.mjs', 8],
  ])('%s', (file, tests) => {
    const { passed, failed, said } = runGpuTests(file, env);
    expect([passed, failed], said).toEqual([tests, 0]);
  });
});
