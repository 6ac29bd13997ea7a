import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';

import type { TorchError } from '../../lib/error.js';
import { type FetchOptions, fetchLibtorch } from '../../lib/libtorch/fetch.js';
import { cachedFolder, findLibtorch } from '../../lib/libtorch/find.js';
import type { Release } from '../../lib/libtorch/version.js';
import { temporaryFolder } from '../folder.js';
import { writeTinyRelease, writeZip } from './wheels.js';

const shared = temporaryFolder('lenet-wheels-', afterAll);
const tiny = writeTinyRelease(path.join(shared, 'wheels'));

let folder: string;
let wheels: string;
let env: NodeJS.ProcessEnv;
let release: Release;
let target: string;

beforeEach(() => {
  folder = temporaryFolder('lenet fetch é ');
  // pip splits PIP_FIND_LINKS at spaces.
  wheels = path.join(temporaryFolder('lenet-wheels-'), 'wheels');
  fs.cpSync(path.join(shared, 'wheels'), wheels, { recursive: true });
  release = tiny;
  env = { ...process.env, XDG_CACHE_HOME: folder, PIP_NO_INDEX: '1', PIP_FIND_LINKS: wheels };
  delete env.LENET_TORCH_LIBTORCH;
  target = cachedFolder(path.join(folder, 'lenet-torch'), release.version);
});

function fetchTiny(more: Partial<FetchOptions> = {}) {
  return fetchLibtorch({ env, release, ...more });
}

async function failureOf(promise: Promise<unknown>): Promise<TorchError> {
  return promise.then(
    () => {
      throw new Error('it succeeded');
    },
    (error) => error,
  );
}

function tree(): string[] {
  return fs
    .readdirSync(target, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(target, path.join(entry.parentPath, entry.name)))
    .sort();
}

const libraries = [
  'lenet-torch.json',
  'nvidia/cu13/lib/libcudart.so.13',
  'nvidia/cu13/lib/libcupti.so.13',
  'torch/lib/libc10.so',
  'torch/lib/libgomp.so.1',
  'torch/lib/libtorch_cpu.so',
  'torch/version.py',
];
const headers = ['torch/include/ATen/ATen.h', 'torch/include/c10/core/Device.h'];

/** An executable in a folder of its own, first in the PATH. */
function command(name: string, script: string, only = false) {
  const bin = path.join(folder, 'bin');
  fs.mkdirSync(bin, { recursive: true });
  fs.writeFileSync(path.join(bin, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  env.PATH = only ? bin : `${bin}:${process.env.PATH}`;
}

describe('fetchLibtorch', () => {
  test("brings what the CPU needs in the wheels' layout, and nothing else", async () => {
    const steps: string[] = [];
    const found = await fetchTiny({ onStep: (sentence) => steps.push(sentence) });
    expect(tree()).toEqual(libraries);
    expect(found).toEqual({
      root: path.join(target, 'torch'),
      libDir: path.join(target, 'torch', 'lib'),
      version: '2.11.0+cu130',
      hasCuda: false,
      from: 'cache',
    });
    expect(findLibtorch({ env })).toEqual(found);
    expect(fs.readFileSync(path.join(found.libDir, 'libtorch_cpu.so')).length).toBe(400_000);
    expect(fs.readdirSync(path.dirname(target))).toEqual(['2.11.0-cpu']);
    expect(steps[0]).toMatch(/^downloading libtorch 2\.11\.0 \(1 MB\) with pip$/);

    // The second time, no pip is started; and what killed setups left goes.
    command('nothing', '', true);
    const space = fs.readlinkSync('/proc/self/ns/net').replace(/\D/g, '');
    const foreign = '.tmp-1-1-abc';
    for (const name of [`.tmp-${space}-99999999-abc`, foreign]) {
      fs.mkdirSync(path.join(path.dirname(target), name));
    }
    expect(await fetchTiny()).toEqual(found);
    // One of another container may be alive; a day later it is not.
    expect(fs.readdirSync(path.dirname(target)).sort()).toEqual([foreign, '2.11.0-cpu']);
    const old = new Date(Date.now() - 25 * 60 * 60 * 1000);
    fs.utimesSync(path.join(path.dirname(target), foreign), old, old);
    await fetchTiny();
    expect(fs.readdirSync(path.dirname(target))).toEqual(['2.11.0-cpu']);
  });

  test('brings headers later, and replaces a damaged copy', async () => {
    expect((await fetchTiny()).includeDir).toBeUndefined();
    const before = fs.statSync(path.join(target, 'torch/lib/libtorch_cpu.so')).ino;
    const found = await fetchTiny({ headers: true });
    expect(found.includeDir).toBe(path.join(target, 'torch', 'include'));
    expect(tree()).toEqual([...libraries, ...headers].sort());
    expect(fs.statSync(path.join(target, 'torch/lib/libtorch_cpu.so')).ino).toBe(before);
    fs.truncateSync(path.join(target, 'torch/lib/libc10.so'), 1);
    expect(() => findLibtorch({ env })).toThrow(/libc10\.so is missing or not 3 bytes long/);
    await fetchTiny({ headers: true });
    expect(findLibtorch({ env }).includeDir).toBe(found.includeDir);
    expect(tree()).toEqual([...libraries, ...headers].sort());
  });

  test('for CUDA: beside the one for the CPU, with its libraries, and before it', async () => {
    const cpu = await fetchTiny();
    const cuda = await fetchTiny({ variant: 'cuda' });
    expect(cuda).toMatchObject({ hasCuda: true, from: 'cache' });
    expect(fs.readdirSync(path.dirname(target))).toEqual(['2.11.0-cpu', '2.11.0-cuda']);
    expect(fs.existsSync(path.join(cuda.libDir, 'libtorch_cuda.so'))).toBe(true);
    expect(tree()).toEqual(libraries);
    expect(findLibtorch({ env })).toEqual(cuda);
    expect(cachedFolder(path.join(folder, 'lenet-torch'), release.version, 'cuda')).toBe(
      path.dirname(cuda.root),
    );
    expect(cpu.hasCuda).toBe(false);
  });

  test('from a folder of wheels: no pip, and the wheels stay', async () => {
    command('nothing', '', true);
    const steps: string[] = [];
    const onStep = (sentence: string) => steps.push(sentence);
    const found = await fetchTiny({ wheelFolder: wheels, headers: true, onStep });
    expect(found.includeDir).toBeDefined();
    expect(tree()).toEqual([...libraries, ...headers].sort());
    expect(steps).toEqual(['unpacking 1 MB']);
    expect(fs.readdirSync(wheels)).toHaveLength(3);
  });

  test('two at once: one downloads, the other waits and finds it', async () => {
    const steps: string[] = [];
    const onStep = (sentence: string) => steps.push(sentence);
    const [one, two] = await Promise.all([fetchTiny({ onStep }), fetchTiny({ onStep })]);
    expect(one).toEqual(two);
    expect(steps.filter((sentence) => sentence.startsWith('downloading'))).toHaveLength(1);
    expect(steps).toContain(`waiting for another setup (process ${process.pid})`);
  });
});

describe('failures', () => {
  test('no pip', async () => {
    command('nothing', '', true);
    const { code, message } = await failureOf(fetchTiny());
    expect(code).toBe('ERR_NO_PIP');
    expect(message).toMatch(/apt-get install python3-pip.*LENET_TORCH_LIBTORCH/);
  });

  test('pip of the second name', async () => {
    command('python3', 'echo "No module named pip" >&2; exit 1');
    command('python', 'echo "No module named pip" >&2; exit 1');
    await fetchTiny();
    expect(tree()).toEqual(libraries);
  });

  test('no index within reach', async () => {
    delete env.PIP_FIND_LINKS;
    const { code, message } = await failureOf(fetchTiny());
    expect(code).toBe('ERR_DOWNLOAD');
    expect(message).toMatch(/^pip reaches no package index that has torch 2\.11\.0\. Check/);
    expect(fs.readdirSync(path.dirname(target))).toEqual([]);
  });

  test('an index without the pinned version', async () => {
    const wheel = release.wheels[0]!;
    const other = wheel.file.replace('2.11.0', '2.12.0');
    fs.renameSync(path.join(wheels, wheel.file), path.join(wheels, other));
    const { code, message } = await failureOf(fetchTiny());
    expect(code).toBe('ERR_DOWNLOAD');
    expect(message).toMatch(/does not offer the pinned wheels/);
  });

  test('other bytes than the pinned ones, three times', async () => {
    const steps: string[] = [];
    const wheel = path.join(wheels, release.wheels[2]!.file);
    writeZip(wheel, [['nvidia_cuda_cupti-13.0.85.dist-info/METADATA', 'Version: 13.0.85\n']]);
    const { code, message } = await failureOf(fetchTiny({ onStep: (text) => steps.push(text) }));
    expect(code).toBe('ERR_DOWNLOAD');
    expect(message).toMatch(/is not the pinned file \(SHA-256 differs\)/);
    expect(steps.filter((sentence) => sentence.includes('of 3'))).toHaveLength(2);
    expect(fs.existsSync(target)).toBe(false);
  });

  test('a download that breaks twice succeeds the third time', async () => {
    const count = path.join(folder, 'count');
    const python = process.env.PATH!.split(':').map((dir) => path.join(dir, 'python3'));
    const system = python.find((file) => fs.existsSync(file));
    command(
      'python3',
      `case "$*" in *download*) echo x >> '${count}'; ` +
        `[ $(wc -l < '${count}') -lt 3 ] && { echo "ERROR: Connection broken" >&2; exit 2; };; esac\n` +
        `exec '${system}' "$@"`,
    );
    const steps: string[] = [];
    await fetchTiny({ onStep: (sentence) => steps.push(sentence) });
    expect(tree()).toEqual(libraries);
    expect(steps).toContain('the download broke (Connection broken); attempt 2 of 3');
  });

  test('a disk that is too small', async () => {
    const huge = { ...release, unpackedSize: 1e18 };
    const { code, message } = await failureOf(fetchTiny({ release: huge }));
    expect(code).toBe('ERR_NO_SPACE');
    expect(message).toMatch(/has [\d.]+ [MG]B free and 1\d+\.\d GB are needed\. Free some space/);
  });

  test('a disk that becomes full under pip', async () => {
    command(
      'python3',
      'case "$*" in *download*) echo "ERROR: [Errno 28] No space left on device" >&2; exit 1;; esac',
    );
    expect((await failureOf(fetchTiny())).code).toBe('ERR_NO_SPACE');
  });

  test('a cache that is a file', async () => {
    fs.writeFileSync(path.join(folder, 'lenet-torch'), '');
    const { code, message } = await failureOf(fetchTiny());
    expect(code).toBe('ERR_CACHE');
    expect(message).toMatch(/^cannot write to .*XDG_CACHE_HOME/);
  });

  test('what breaks off is repeated alone', async () => {
    const count = path.join(folder, 'count');
    const python = process.env.PATH!.split(':').map((dir) => path.join(dir, 'python3'));
    const system = python.find((file) => fs.existsSync(file));
    command(
      'python3',
      `case "$*" in *download*) cat requirements.txt >> '${count}'; ` +
        `[ $(grep -c cupti '${count}') = 1 ] && { echo "ERROR: broken" >&2; exit 2; };; esac\n` +
        `exec '${system}' "$@"`,
    );
    await fetchTiny();
    const projects = fs.readFileSync(count, 'utf8').match(/^[\w-]+/gm);
    expect(projects).toEqual([
      ...['torch', 'nvidia-cuda-runtime', 'nvidia-cuda-cupti', 'nvidia-cuda-cupti'],
    ]);
  });

  test('a folder of wheels that lacks one, or holds another file', async () => {
    const [, runtime, cupti] = release.wheels;
    fs.rmSync(path.join(wheels, runtime!.file));
    const lacking = await failureOf(fetchTiny({ wheelFolder: wheels }));
    expect(lacking.code).toBe('ERR_FILE_NOT_FOUND');
    expect(lacking.message).toMatch(/lacks nvidia_cuda_runtime-.*setup --print-urls/);
    fs.cpSync(path.join(shared, 'wheels'), wheels, { recursive: true });
    fs.appendFileSync(path.join(wheels, cupti!.file), 'x');
    const { code, message } = await failureOf(fetchTiny({ wheelFolder: wheels }));
    expect(code).toBe('ERR_DOWNLOAD');
    expect(message).toContain(`expected are ${cupti!.size} bytes with SHA-256 ${cupti!.sha256}`);
    expect(fs.existsSync(target)).toBe(false);
  });

  test('interrupted: pip is ended, nothing stays', async () => {
    command('python3', 'case "$*" in *download*) sleep 30;; esac');
    const interrupt = new AbortController();
    const reason = new Error('stop');
    setTimeout(() => interrupt.abort(reason), 500);
    const before = Date.now();
    expect(await failureOf(fetchTiny({ signal: interrupt.signal }))).toBe(reason);
    expect(Date.now() - before).toBeLessThan(5_000);
    expect(fs.readdirSync(path.dirname(target))).toEqual([]);
  });
});

test('killed at any moment (kill -9), the next run completes', async () => {
  const fetchUrl = new URL('../../dist/libtorch/fetch.js', import.meta.url).href;
  const script = `
    const { fetchLibtorch } = await import(${JSON.stringify(fetchUrl)});
    await fetchLibtorch({ release: ${JSON.stringify(release)}, headers: true });
  `;
  const start = (): ChildProcess =>
    spawn(process.execPath, ['--input-type=module', '-e', script], {
      env,
      cwd: fileURLToPath(new URL('../..', import.meta.url)),
      stdio: 'inherit',
    });
  for (const ms of [100, 400, 800]) {
    const child = start();
    await sleep(ms);
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  }
  const [code] = await once(start(), 'exit');
  expect(code).toBe(0);
  expect(tree()).toEqual([...libraries, ...headers].sort());
  expect(fs.readdirSync(path.dirname(target))).toEqual(['2.11.0-cpu']);
});
