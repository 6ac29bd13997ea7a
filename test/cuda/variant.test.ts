import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';

// The download for CUDA: `XDG_CACHE_HOME=FOLDER lenet-torch setup --yes --cuda --no-driver-check`, and
// LENET_TORCH_CUDA_CACHE=FOLDER; or in the cache itself.
const caches = [
  process.env.LENET_TORCH_CUDA_CACHE,
  process.env.XDG_CACHE_HOME,
  path.join(os.homedir(), '.cache'),
];
const cache = caches.find(
  (folder) => folder && fs.existsSync(path.join(folder, 'lenet-torch/libtorch/2.11.0-cuda/torch')),
);
const long = process.env.LENET_TORCH_LONG === '1';

// In a process of its own: which libtorch is loaded is decided at import.
function say(code: string, env: NodeJS.ProcessEnv): Record<string, unknown> {
  const program = `import * as torch from ${JSON.stringify(path.resolve('dist/index.js'))};
    import { native } from ${JSON.stringify(path.resolve('dist/native.js'))};
    const said = (call) => { try { return call(); } catch (e) { return e.code + ': ' + e.message; } };
    console.log(JSON.stringify(${code}));`;
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ['--input-type=module', '-e', program],
    { env: { ...process.env, XDG_CACHE_HOME: cache, ...env }, encoding: 'utf8', timeout: 300_000 },
  );
  expect(stderr).toBe('');
  expect(status).toBe(0);
  return JSON.parse(stdout) as Record<string, unknown>;
}

describe.skipIf(!long || cache === undefined || fs.existsSync('/proc/driver/nvidia'))(
  "libtorch for CUDA, where there's no GPU",
  () => {
    const facts = `{ available: torch.cuda.isAvailable(), loaded: native.hasCuda(),
      sum: torch.ones([3]).sum().item(), why: said(() => torch.zeros([1], { device: 'cuda' })) }`;

    test('loads without its CUDA part', () => {
      expect(say(facts, {})).toEqual({
        available: false,
        loaded: false,
        sum: 3,
        why: expect.stringMatching(/^ERR_CUDA_UNAVAILABLE: .*no NVIDIA driver is loaded/),
      });
      expect(say(facts, { LENET_TORCH_DEVICE: 'cpu' })).toMatchObject({
        why: expect.stringMatching(/LENET_TORCH_DEVICE is cpu/),
      });
    });

    test('loads with it when told to, finds no device, and computes on the CPU', () => {
      expect(say(facts, { LENET_TORCH_DEVICE: 'cuda' })).toEqual({
        available: false,
        loaded: true,
        sum: 3,
        why: expect.stringMatching(/^ERR_CUDA_UNAVAILABLE: .*no NVIDIA driver is loaded/),
      });
    });

    test('the library for CUDA graphs loads beside it', () => {
      const library = path.resolve('build/Release/liblenet_cuda-2.11.so');
      const opened = say(`{ builtFor: said(() => native.openCuda(${JSON.stringify(library)})) }`, {
        LENET_TORCH_DEVICE: 'cuda',
      });
      expect(opened).toEqual({ builtFor: '2.11' });
    });
  },
);
