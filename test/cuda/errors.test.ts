import { describe, expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { native } from '../../lib/native/load.js';

// Texts as libtorch 2.11.0 writes them.
const advice =
  '\nCUDA kernel errors might be asynchronously reported at some other API call, so the stacktrace below ' +
  'might be incorrect.\nFor debugging consider passing CUDA_LAUNCH_BLOCKING=1\n' +
  'Compile with `TORCH_USE_CUDA_DSA` to enable device-side assertions.\n';

const outOfMemory =
  'CUDA out of memory. Tried to allocate 20.00 GiB. GPU 1 has a total capacity of 79.11 GiB of which ' +
  '512.50 MiB is free. Including non-PyTorch memory, this process has 78.60 GiB memory in use. Of the ' +
  'allocated memory 77.90 GiB is allocated by PyTorch, and 12.00 MiB is reserved by PyTorch but ' +
  'unallocated. If reserved but unallocated memory is large try setting ' +
  'PYTORCH_CUDA_ALLOC_CONF=expandable_segments:True to avoid fragmentation.';

test('out of memory: asked, free and total, in words and in bytes', () => {
  const { code, message, ...bytes } = native.judgeError(outOfMemory);
  expect(code).toBe('ERR_OUT_OF_MEMORY');
  expect(message).toMatch(
    /^out of memory on cuda:1: asked for 20.00 GiB, free are 512.50 MiB of 79.11 GiB\. .*stays usable/,
  );
  expect(bytes).toEqual({ asked: 20 * 2 ** 30, free: 512.5 * 2 ** 20, total: 79.11 * 2 ** 30 });
});

test.each([
  ['CUDA out of memory. Tried to allocate more than 1EB memory.', 'ERR_OUT_OF_MEMORY'],
  [`CUDA error: out of memory${advice}`, 'ERR_OUT_OF_MEMORY'],
  [`CUDA error: device-side assert triggered${advice}`, 'ERR_CUDA_CONTEXT_LOST'],
  [`CUDA error: an illegal memory access was encountered${advice}`, 'ERR_CUDA_CONTEXT_LOST'],
  [`CUDA error: unspecified launch failure${advice}`, 'ERR_CUDA_CONTEXT_LOST'],
  [
    `CUDA error: no kernel image is available for execution on the device${advice}`,
    'ERR_CUDA_ARCHITECTURE',
  ],
  [`CUDA error: operation not permitted when stream is capturing${advice}`, 'ERR_CUDA_CAPTURE'],
  [
    `CUDA error: operation failed due to a previous error during capture${advice}`,
    'ERR_CUDA_CAPTURE',
  ],
  ['No CUDA GPUs are available', 'ERR_CUDA_UNAVAILABLE'],
  [`CUDA error: invalid device ordinal${advice}`, 'ERR_CUDA_UNAVAILABLE'],
  [
    'The NVIDIA driver on your system is too old (found version 11040). Please update your GPU driver',
    'ERR_CUDA_UNAVAILABLE',
  ],
  ['size mismatch, got input (3), mat (3x4), vec (3)', 'ERR_LIBTORCH'],
] as const)('%s', (text, code) => {
  const judged = native.judgeError(text);
  expect(judged.code).toBe(code);
  if (code === 'ERR_LIBTORCH') expect(judged.message).toBe(text);
  // Python's advice helps nobody here.
  else expect(judged.message).not.toContain('TORCH_USE_CUDA_DSA');
});

test('a device-side assertion: what is lost, and which input to check', () => {
  expect(native.judgeError(`CUDA error: device-side assert triggered${advice}`).message).toMatch(
    /context is lost.*start it again.*labels.*indices/,
  );
});

test('no kernels: which GPU', () => {
  const text = 'CUDA error: no kernel image is available for execution on the device';
  const gpu = 'cuda:0 (Tesla K80, compute capability 3.7)';
  expect(native.judgeError(text, gpu).message).toContain(`no kernels for the GPU ${gpu}`);
});

test('a kernel that CUDA lacks is no missing CUDA', () => {
  const text =
    "Could not run 'aten::x' with arguments from the 'CUDA' backend. This could be because …";
  expect(native.judgeError(text, 'cuda:0').code).toBe('ERR_LIBTORCH');
  expect(native.judgeError(text).code).toBe('ERR_CUDA_UNAVAILABLE');
});

describe('on the CPU', () => {
  test('an allocation that fails says how much was asked for, and the process goes on', () => {
    const before = torch.memory();
    expect(() => torch.zeros([4e12])).toThrow(
      expect.objectContaining({
        name: 'OutOfMemoryError',
        code: 'ERR_OUT_OF_MEMORY',
        asked: 16e12,
      }),
    );
    expect(torch.memory()).toEqual(before);
    expect(torch.ones([2]).sum().item()).toBe(2);
  });
});
