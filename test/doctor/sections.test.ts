import fs from 'node:fs';
import path from 'node:path';
import { beforeEach, expect, test } from 'vitest';

import { judge } from '../../lib/doctor/diagnose.js';
import { environmentSection } from '../../lib/doctor/environment.js';
import { gpuSection } from '../../lib/doctor/gpu.js';
import { libtorchSection } from '../../lib/doctor/libtorch.js';
import { packageSection } from '../../lib/doctor/package.js';
import { storageSection } from '../../lib/doctor/storage.js';
import { nvidiaDriver, nvidiaGpus } from '../../lib/libtorch/driver.js';
import { findLibtorch } from '../../lib/libtorch/find.js';
import { presentable, proxiesOf } from '../../lib/libtorch/redact.js';
import { temporaryFolder } from '../folder.js';

let folder: string;
let env: NodeJS.ProcessEnv;

beforeEach(() => {
  folder = temporaryFolder('lenet sections é ');
  env = { XDG_CACHE_HOME: path.join(folder, 'cache'), PATH: `${folder}/bin:/usr/bin:/bin` };
  smi('exit 9');
  fs.writeFileSync(path.join(folder, 'bin/python3'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
});

function smi(script: string) {
  fs.mkdirSync(path.join(folder, 'bin'), { recursive: true });
  fs.writeFileSync(path.join(folder, 'bin/nvidia-smi'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}

test('libtorch: every place with its reason, and one command', async () => {
  const { section, found } = await libtorchSection(env);
  expect(found).toBeUndefined();
  expect(section.facts['looked at']).toEqual(
    expect.arrayContaining([
      'LENET_TORCH_LIBTORCH: not set',
      'choice recorded at setup: none',
      expect.stringMatching(/^cache \(.*2\.11\.0-cpu\): not downloaded yet$/),
    ]),
  );
  expect(section.facts['Python torch']).toEqual(
    expect.arrayContaining([expect.stringMatching(/python3: /)]),
  );
  expect(section.problems).toEqual([
    { text: expect.stringMatching(/was not found$/), next: 'npx lenet-torch setup' },
  ]);
});

test('libtorch: a folder that is named and does not fit', async () => {
  const { section } = await libtorchSection({ ...env, LENET_TORCH_LIBTORCH: folder });
  expect(section.problems[0]).toEqual({
    text: expect.stringMatching(/it has no lib\/libtorch_cpu\.so/),
    next: 'unset LENET_TORCH_LIBTORCH && npx lenet-torch setup',
  });
});

test('libtorch: libraries that are missing, by name', async () => {
  const real = findLibtorch();
  const lib = path.join(folder, 'torch', 'lib');
  fs.mkdirSync(lib, { recursive: true });
  // Away from the folders beside it, the real library misses what its run path names.
  fs.symlinkSync(path.join(real.libDir, 'libtorch_cpu.so'), path.join(lib, 'libtorch_cpu.so'));
  fs.symlinkSync(path.join(real.libDir, 'libtorch_cpu.so'), path.join(lib, 'libc10.so'));
  fs.writeFileSync(path.join(folder, 'torch/version.py'), `__version__ = '${real.version}'\n`);
  const named = { ...env, LENET_TORCH_LIBTORCH: path.join(folder, 'torch') };
  const { section } = await libtorchSection(named);
  const missing = section.facts['missing libraries'] as string[];
  if (real.version.includes('+cu')) {
    expect(missing).toEqual(expect.arrayContaining([expect.stringMatching(/^libcudart\.so/)]));
    expect(section.problems[0]!.text).toMatch(/libcudart\.so\.\d+.* missing: NVIDIA's/);
  }
});

test('driver: from the kernel module, else from nvidia-smi', async () => {
  const file = path.join(folder, 'version');
  const write = (text: string) => fs.writeFileSync(file, text);
  write(
    'NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.104.05  Sat Aug 19 01:15:15 UTC 2023\n',
  );
  expect(await nvidiaDriver({ file, env })).toBe('535.104.05');
  write('NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.65.06  Release Build\n');
  expect(await nvidiaDriver({ file, env })).toBe('580.65.06');
  const nowhere = { file: path.join(folder, 'no'), env };
  expect(await nvidiaDriver(nowhere)).toBeUndefined();
  smi('echo "Tesla T4, 15360 MiB, 550.54.15, 7.5"');
  expect(await nvidiaDriver(nowhere)).toBe('550.54.15');
});

test('GPUs: with compute capability, without where the driver is old', async () => {
  smi('printf "NVIDIA H100, 81559 MiB, 580.65.06, 9.0\\nTesla T4, 15360 MiB, 580.65.06, 7.5\\n"');
  expect(await nvidiaGpus(env)).toEqual([
    { name: 'NVIDIA H100', memory: '81559 MiB', driver: '580.65.06', computeCapability: '9.0' },
    { name: 'Tesla T4', memory: '15360 MiB', driver: '580.65.06', computeCapability: '7.5' },
  ]);
  smi('case "$1" in *compute_cap*) exit 2;; esac; echo "Tesla K80, 11441 MiB, 470.1.2"');
  expect((await nvidiaGpus(env))[0]?.computeCapability).toBeUndefined();
  smi('echo "NVIDIA-SMI has failed because it couldn\'t communicate with the driver"; exit 9');
  expect(await nvidiaGpus(env)).toEqual([]);
});

test('GPU: a driver beside a libtorch for the CPU is said, and no grave problem', async () => {
  smi('echo "NVIDIA H100, 81559 MiB, 580.65.06, 9.0"');
  const libtorch = { ...findLibtorch(), hasCuda: false };
  const { section, devices } = await gpuSection(libtorch, env);
  expect(section.problems).toEqual([
    expect.objectContaining({ minor: true, next: 'npx lenet-torch setup --cuda' }),
  ]);
  expect(section.facts.GPUs).toEqual(['cuda:0 NVIDIA H100, compute capability 9.0, 81559 MiB']);
  expect(devices).toEqual([]);
});

test('GPU: the next command is one that setup does not refuse', async () => {
  const next = async (libtorch: Parameters<typeof gpuSection>[0]) =>
    (await gpuSection(libtorch, env)).section.problems.map((problem) => problem.next);
  const cpu = { ...findLibtorch(), hasCuda: false };
  smi('echo "NVIDIA H100, 81559 MiB, 580.65.06, 9.0"');
  expect(await next({ ...cpu, from: 'LENET_TORCH_LIBTORCH' })).toEqual([
    'unset LENET_TORCH_LIBTORCH && npx lenet-torch setup --cuda',
  ]);
  smi('echo "NVIDIA H100, 81559 MiB, 410.48, 9.0"');
  expect(await next(cpu)).toEqual(['update the NVIDIA driver']);
});

test('GPU: a driver that is too old for this libtorch', async () => {
  smi('echo "NVIDIA H100, 81559 MiB, 535.104.05, 9.0"');
  const real = findLibtorch();
  // Any library that resolves passes for the one for CUDA.
  const libDir = path.join(folder, 'lib');
  fs.mkdirSync(libDir);
  fs.copyFileSync(process.execPath, path.join(libDir, 'libtorch_cuda.so'));
  const libtorch = { ...real, libDir, hasCuda: true };
  const { section } = await gpuSection(libtorch, env);
  expect(section.problems.map(({ text }) => text)).toEqual([
    'the NVIDIA driver is 535.104.05; this libtorch needs 580 or newer',
  ]);
});

test('environment: what matters, without credentials and nothing else', () => {
  const { facts } = environmentSection({
    LENET_TORCH_ISA: 'avx2',
    HTTPS_PROXY: 'http://ann:secret@proxy:3128',
    http_proxy: 'ann:secret@proxy:3128',
    PIP_INDEX_URL: 'https://__token__:secret@packages.invalid/simple',
    AWS_SECRET_ACCESS_KEY: 'secret',
    NPM_TOKEN: 'secret',
  });
  expect(facts).toEqual({
    LENET_TORCH_ISA: 'avx2',
    PIP_INDEX_URL: 'https://packages.invalid/simple',
    HTTPS_PROXY: 'http://proxy:3128',
    http_proxy: 'proxy:3128',
  });
  expect(proxiesOf({ NO_PROXY: 'localhost', PATH: '/bin' })).toEqual({ NO_PROXY: 'localhost' });
});

test('the home folder becomes ~, and only it', () => {
  const show = (text: string) => presentable(text, '/home/ann');
  expect(show('/home/ann/.cache/x: /home/anna/y, /mnt/home/ann')).toBe(
    '~/.cache/x: /home/anna/y, /mnt/home/ann',
  );
  expect(show('(/home/ann)')).toBe('(~)');
  expect(presentable('/etc/passwd', '/')).toBe('/etc/passwd');
});

test('storage: an unwritable cache and missing data are minor', async () => {
  fs.writeFileSync(path.join(folder, 'cache'), '');
  const { facts, problems } = await storageSection(env);
  expect(facts['free disk']).toMatch(/[MG]B$/);
  expect(facts.holds).toEqual([]);
  const texts = problems.map(({ text }) => text);
  if (process.getuid?.() !== 0) expect(texts[0]).toMatch(/cannot be written/);
  expect(problems.every(({ minor }) => minor)).toBe(true);
});

test('package: the addon is found here, and missed in an empty folder', async () => {
  const here = await packageSection();
  expect(here.problems).toEqual([]);
  expect(here.facts['native files']).toEqual(
    expect.arrayContaining([expect.stringMatching(/\.node$/)]),
  );
  expect(here.facts['other packages']).toEqual(['@resvg/resvg-js: loads', '@napi-rs/image: loads']);
  fs.writeFileSync(path.join(folder, 'package.json'), '{"version":"1.2.3"}');
  const { facts, problems } = await packageSection(folder);
  expect(facts.version).toBe('1.2.3');
  expect(problems[0]).toEqual({
    text: expect.stringMatching(/the addon is missing/),
    next: 'npm install --include=optional',
  });
});

test('the verdict is that of the gravest problem', () => {
  const section = (name: string, minor: boolean) => ({
    name,
    facts: {},
    problems: [{ text: `${name} is bad`, next: `mend ${name}`, minor }],
  });
  expect(judge([])).toEqual({ healthy: true, verdict: 'healthy', next: 'npx lenet-torch train' });
  expect(judge([section('a', true)])).toEqual({
    healthy: true,
    verdict: 'healthy on the CPU, but: a is bad',
    next: 'mend a',
  });
  expect(judge([section('a', true), section('b', false)])).toEqual({
    healthy: false,
    verdict: 'not healthy: b is bad',
    next: 'mend b',
  });
});
