import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

import { minorOf } from '../../lib/libtorch/version.js';
import { libtorchVersion } from '../../lib/native/load.js';
import { cudaLibtorch, say } from './forCuda.js';

describe.runIf(cudaLibtorch)("libtorch for CUDA, where there's no GPU", () => {
  const with_ = (device: string) => ({
    LENET_TORCH_LIBTORCH: cudaLibtorch,
    LENET_TORCH_DEVICE: device,
  });
  const facts = `return { available: cuda.isAvailable(), loaded: native.hasCuda(),
    sum: torch.ones([3]).sum().item(), why: said(() => torch.zeros([1], { device: 'cuda' })) };`;

  test('loads without its CUDA part', () => {
    expect(say(with_(''), facts)).toEqual({
      available: false,
      loaded: false,
      sum: 3,
      why: expect.stringMatching(/^ERR_CUDA_UNAVAILABLE: .*no NVIDIA driver is loaded/),
    });
    expect(say(with_('cpu'), facts)).toMatchObject({
      why: expect.stringMatching(/LENET_TORCH_DEVICE is cpu/),
    });
  });

  test('loads with it when told to, finds no device, and computes on the CPU', () => {
    expect(say(with_('cuda'), facts)).toEqual({
      available: false,
      loaded: true,
      sum: 3,
      why: expect.stringMatching(/^ERR_CUDA_UNAVAILABLE: .*no NVIDIA driver is loaded/),
    });
  });

  test('the library for CUDA graphs loads beside it', () => {
    const minor = minorOf(libtorchVersion);
    const library = resolve(`build/Release/liblenet_cuda-${minor}.so`);
    const program = `return said(() => native.openCuda(${JSON.stringify(library)}));`;
    expect(say(with_('cuda'), program)).toBe(minor);
  });
});
