import fs from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';

import { loadCuda, whyNoDevice } from '../../lib/libtorch/cudaProblem.js';
import { temporaryFolder } from '../folder.js';

const folder = temporaryFolder('lenet-torch-driver-', afterAll);

const none = path.join(folder, 'none');
const driver = (version: string): string => {
  const file = path.join(folder, version);
  fs.writeFileSync(file, `NVRM version: NVIDIA UNIX x86_64 Kernel Module  ${version}  Thu\n`);
  return file;
};
const libtorch = { root: '/torch', version: '2.11.0+cu130', hasCuda: true };
const named = { from: 'LENET_TORCH_LIBTORCH' } as const;
const circumstances = {
  libtorch,
  opensDriver: () => false,
  open: () => null,
  env: {},
  driverFile: none,
};

describe('loading at import', () => {
  test('no driver: nothing is opened', () => {
    const open = (): never => {
      throw new Error('opened');
    };
    expect(loadCuda({ ...circumstances, open })).toMatch(/^no NVIDIA driver is loaded/);
  });

  test('a driver and the libraries: they are opened', () => {
    expect(loadCuda({ ...circumstances, driverFile: driver('580.65.06') })).toBeUndefined();
    expect(loadCuda({ ...circumstances, opensDriver: () => true })).toBeUndefined();
  });

  test('libraries that are not installed: one command', () => {
    const cpu = { ...libtorch, hasCuda: false };
    expect(loadCuda({ ...circumstances, libtorch: cpu, driverFile: driver('580.65.06') })).toMatch(
      /not installed.*\. Run: npx lenet-torch setup --cuda, then start again/,
    );
  });

  test('the same with a driver that setup would refuse: no command that fails', () => {
    const cpu = { ...libtorch, hasCuda: false };
    const file = driver('535.104.05');
    expect(loadCuda({ ...circumstances, libtorch: cpu, driverFile: file })).toMatch(
      /not installed, and the NVIDIA driver 535.104.05 is too old .* 580 or newer. Update the driver/,
    );
  });

  test('the same in a folder that the user named: setup would not go beyond it', () => {
    const cpu = { ...libtorch, ...named, hasCuda: false };
    expect(loadCuda({ ...circumstances, libtorch: cpu, opensDriver: () => true })).toMatch(
      /Name another folder in LENET_TORCH_LIBTORCH, or unset it and run: npx lenet-torch setup --cuda/,
    );
  });

  test("libraries that do not load: the linker's words", () => {
    const open = () => 'libcudnn.so.9: cannot open shared object file';
    expect(loadCuda({ ...circumstances, open, opensDriver: () => true })).toBe(
      'the CUDA libraries do not load: libcudnn.so.9: cannot open shared object file',
    );
  });

  test('LENET_TORCH_DEVICE says no, or goes without seeing the driver', () => {
    const seen = { ...circumstances, opensDriver: () => true };
    expect(loadCuda({ ...seen, env: { LENET_TORCH_DEVICE: 'cpu' } })).toMatch(
      /^LENET_TORCH_DEVICE is cpu/,
    );
    const wish = { LENET_TORCH_DEVICE: 'cuda' };
    expect(loadCuda({ ...circumstances, env: wish })).toBeUndefined();
    const other = { LENET_TORCH_DEVICE: 'tpu' };
    expect(() => loadCuda({ ...circumstances, env: other })).toThrow("'cpu' or 'cuda', got 'tpu'");
  });
});

describe('no device', () => {
  const why = (file: string, cuda: number, env = {}): string =>
    whyNoDevice(libtorch, cuda, { env, driverFile: file });

  test('an old driver: both versions', () => {
    expect(why(driver('535.104.05'), 12020)).toMatch(
      /too old: found 535.104.05, runs CUDA up to 12.2; libtorch 2.11.0\+cu130 needs driver 580 or newer \(CUDA 13.0\)/,
    );
    expect(why(driver('535.104.05'), 0)).toMatch(/too old: found 535.104.05; .* 580 or newer/);
    expect(why(none, 12040)).toMatch(/too old: found runs CUDA up to 12.4/);
  });

  test("a newer CUDA than the kernel module's own is believed", () => {
    expect(why(driver('535.104.05'), 13000)).toBe('the driver reports no CUDA device');
  });

  test('devices that are hidden', () => {
    expect(why(driver('580.65.06'), 13000, { CUDA_VISIBLE_DEVICES: '' })).toMatch(
      /CUDA_VISIBLE_DEVICES is ''/,
    );
  });

  test('a driver without devices, and none at all', () => {
    expect(why(driver('580.65.06'), 13000)).toBe('the driver reports no CUDA device');
    expect(why(none, 0)).toBe('no NVIDIA driver is loaded on this machine');
  });
});
