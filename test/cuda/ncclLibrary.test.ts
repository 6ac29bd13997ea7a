// The library for NCCL, where there is no GPU: it's built, loads where libtorch's CUDA part does, and what is missing
// is said. With an imitation of CUDA and of NCCL it runs in imitatedNumbers.test.ts.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { minorOf } from '../../lib/libtorch/version.js';
import { addonFolder, libtorchVersion, native } from '../../lib/native/load.js';
import { cudaLibtorch, say } from './forCuda.js';

const { distributed } = torch;
const minor = minorOf(libtorchVersion);
const library = join(addonFolder, `liblenet_nccl-${minor}.so`);
const joinAlone = (backend: 'nccl' | 'cpu:gloo,cuda:nccl') =>
  distributed.initProcessGroup(backend, {
    store: new distributed.HashStore(),
    rank: 0,
    worldSize: 1,
  });

test.runIf(process.arch === 'x64')('is built beside the addon', () => {
  expect(existsSync(library)).toBe(true);
});

describe.runIf(process.arch === 'x64' && !native.hasCuda())('without CUDA', () => {
  test('there is no NCCL, and what is missing is said', async () => {
    expect(distributed.isNcclAvailable()).toBe(false);
    for (const backend of ['nccl', 'cpu:gloo,cuda:nccl'] as const) {
      await expect(joinAlone(backend)).rejects.toMatchObject({
        code: 'ERR_CUDA_UNAVAILABLE',
        message: expect.stringMatching(
          /initProcessGroup: NCCL is for GPUs: .*(driver|setup --cuda)/,
        ),
      });
      expect(distributed.isInitialized()).toBe(false);
    }
  });

  test('it does not load', () => {
    expect(() => native.openNccl(library)).toThrow(
      expect.objectContaining({
        code: 'ERR_DISTRIBUTED_UNAVAILABLE',
        message: expect.stringMatching(/the library for NCCL .* does not load: .*undefined symbol/),
      }),
    );
  });

  test('a group over Gloo has no GPU', async () => {
    const options = { store: new distributed.HashStore(), rank: 0, worldSize: 1 };
    await expect(
      distributed.initProcessGroup('gloo', { ...options, deviceId: 'cuda:0' }),
    ).rejects.toThrow(/deviceId: is for 'nccl'/);
  });
});

describe.runIf(cudaLibtorch)("with libtorch for CUDA, where there's no GPU", () => {
  const env = { LENET_TORCH_LIBTORCH: cudaLibtorch, LENET_TORCH_DEVICE: 'cuda' };

  test('it loads, and knows the NCCL that is there', () => {
    const program = `return [native.openNccl(${JSON.stringify(library)}), torch.distributed.isNcclAvailable()];`;
    expect(say(env, program)).toEqual([
      [minor, expect.stringMatching(/^\d+\.\d+\.\d+$/), ''],
      true,
    ]);
  });

  test('a group says that there is no driver', () => {
    const program = `const { distributed } = torch;
      const options = { store: new distributed.HashStore(), rank: 0, worldSize: 1 };
      return distributed.initProcessGroup('nccl', options).catch(({ code, message }) => code + ': ' + message);`;
    expect(say(env, program)).toMatch(
      /^ERR_CUDA_UNAVAILABLE: .*initProcessGroup: NCCL is for GPUs: no NVIDIA driver is loaded/,
    );
  });
});
