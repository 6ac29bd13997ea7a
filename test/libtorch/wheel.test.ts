import fs from 'node:fs';
import path from 'node:path';
import { beforeEach, expect, test } from 'vitest';

import {
  isCudaLibrary,
  isHeader,
  isLibrary,
  sha256File,
  unpackWheel,
} from '../../lib/libtorch/wheel.js';
import { temporaryFolder } from '../folder.js';
import { writeZip } from './wheels.js';

let folder: string;
let wheel: string;

beforeEach(() => {
  folder = temporaryFolder('lenet wheel é ');
  wheel = path.join(folder, 'a.whl');
});

test.each([
  ['torch/lib/libtorch_cpu.so', true],
  ['torch/lib/libc10.so', true],
  ['torch/lib/libgomp.so.1', true],
  ['torch/lib/libgomp-24e2ab19.so.1', true],
  ['torch.libs/libgomp-24e2ab19.so.1', true],
  ['torch/version.py', true],
  ['nvidia/cu13/lib/libcudart.so.13', true],
  ['nvidia/cuda_cupti/lib/libcupti.so.12', true],
  ['torch/lib/libtorch_cuda.so', false],
  ['torch/lib/libc10_cuda.so', false],
  ['torch/lib/libtorch_python.so', false],
  ['nvidia/cu13/lib/libnvperf_host.so', false],
  ['other/torch/lib/libc10.so', false],
  ['torch/include/ATen/ATen.h', false],
])('%s is a library that the CPU needs: %s', (entry, needed) => {
  expect(isLibrary(entry)).toBe(needed);
});

test.each([
  ['torch/lib/libtorch_cuda.so', true],
  ['torch/lib/libtorch_cuda_linalg.so', true],
  ['torch/lib/libc10_cuda.so', true],
  ['torch/lib/libtorch_nvshmem.so', true],
  ['torch/lib/libtorch_cpu.so', true],
  ['nvidia/cu13/lib/libcublasLt.so.13', true],
  ['nvidia/cu13/lib/libnvrtc-builtins.so.13.0', true],
  ['nvidia/cudnn/lib/libcudnn_engines_precompiled.so.9', true],
  ['nvidia/nccl/lib/libnccl.so.2', true],
  ['torch/lib/libtorch_python.so', false],
  ['torch/_C.cpython-312-x86_64-linux-gnu.so', false],
  ['nvidia/cu13/lib/libcudadevrt.a', false],
  ['nvidia/cu13/include/cuda.h', false],
])('%s is a library that CUDA needs: %s', (entry, needed) => {
  expect(isCudaLibrary(entry)).toBe(needed);
});

test('unpacks small and large entries to the byte, and reports every byte', async () => {
  const large = Array.from({ length: 400_000 }, (_, line) => `line ${line}\n`).join('');
  writeZip(wheel, [
    ['torch/include/a.h', 'a'],
    ['torch/include/empty.h', ''],
    ['torch/include/large.h', large],
    ['torch/other.py', 'no'],
  ]);
  let bytes = 0;
  const unpacked = await unpackWheel(wheel, path.join(folder, 'out'), isHeader, {
    onProgress: (more) => {
      bytes += more;
    },
  });
  expect(large.length).toBeGreaterThan(1 << 22);
  expect(Object.fromEntries(unpacked)).toEqual({
    'torch/include/a.h': 1,
    'torch/include/empty.h': 0,
    'torch/include/large.h': large.length,
  });
  expect(fs.readFileSync(path.join(folder, 'out/torch/include/large.h'), 'utf8')).toBe(large);
  expect(fs.existsSync(path.join(folder, 'out/torch/other.py'))).toBe(false);
  expect(bytes).toBe(large.length + 1);
});

test.each([['../outside.h'], ['/tmp/outside.h'], ['a/../../outside.h']])(
  'refuses the name %s',
  async (name) => {
    writeZip(wheel, [[name, 'x']]);
    await expect(unpackWheel(wheel, path.join(folder, 'out'), () => true)).rejects.toMatchObject({
      code: 'ERR_DOWNLOAD',
    });
    expect(fs.existsSync(path.join(folder, 'outside.h'))).toBe(false);
  },
);

test('a file that is no wheel, or half of one', async () => {
  fs.writeFileSync(wheel, '<html>');
  const unpack = () => unpackWheel(wheel, path.join(folder, 'out'), () => true);
  await expect(unpack()).rejects.toThrow(/a\.whl is not a readable wheel/);
  writeZip(wheel, [['torch/include/a.h', 'a'.repeat(1000)]]);
  fs.truncateSync(wheel, 60);
  await expect(unpack()).rejects.toMatchObject({ code: 'ERR_DOWNLOAD' });
});

test('damaged compressed bytes', async () => {
  const noise = Array.from({ length: 9_000 }, (_, i) => String((i * i * 7919) % 10_007)).join();
  writeZip(wheel, [['a.h', noise]]);
  const bytes = fs.readFileSync(wheel);
  bytes.fill(0xff, 60, 200);
  fs.writeFileSync(wheel, bytes);
  await expect(unpackWheel(wheel, path.join(folder, 'out'), () => true)).rejects.toMatchObject({
    code: 'ERR_DOWNLOAD',
  });
});

test('an interrupt gives its own reason back', async () => {
  writeZip(wheel, [['a.h', 'a']]);
  const reason = new Error('stop');
  const signal = AbortSignal.abort(reason);
  await expect(unpackWheel(wheel, folder, () => true, { signal })).rejects.toBe(reason);
});

test('SHA-256 of a file', async () => {
  fs.writeFileSync(wheel, 'abc');
  expect(await sha256File(wheel)).toBe(
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  );
});
