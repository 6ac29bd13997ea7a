import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, test } from 'vitest';

import type { TorchError } from '../../lib/error.js';
import {
  cachedFolder,
  findLibtorch,
  searchLibtorch,
  type Variant,
} from '../../lib/libtorch/find.js';
import { findPythonTorch, recordChoice } from '../../lib/libtorch/python.js';
import { listOf } from '../../lib/libtorch/version.js';
import { temporaryFolder } from '../folder.js';

let folder: string;
let env: NodeJS.ProcessEnv;

beforeEach(() => {
  folder = temporaryFolder('lenet find é ');
  env = { ...process.env, XDG_CACHE_HOME: path.join(folder, 'cache') };
  delete env.LENET_TORCH_LIBTORCH;
});

function write(file: string, text = 'x') {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, text);
}

/** A folder as Python's `torch` (version.py), or as the libtorch archive (build-version). */
function makeTorch(name: string, version = '2.11.0+cpu', kind: 'python' | 'archive' = 'python') {
  const root = path.join(folder, name);
  write(path.join(root, 'lib/libtorch_cpu.so'));
  write(path.join(root, 'lib/libc10.so'));
  if (kind === 'python') write(path.join(root, 'version.py'), `__version__ = '${version}'\n`);
  else write(path.join(root, 'build-version'), `${version}\n`);
  return root;
}

function makeCached(variant: Variant = 'cpu') {
  const target = cachedFolder(path.join(folder, 'cache/lenet-torch'), '2.11.0', variant);
  const root = makeTorch(path.relative(folder, path.join(target, 'torch')));
  const files = { 'torch/lib/libtorch_cpu.so': 1, 'torch/lib/libc10.so': 1 };
  if (variant === 'cuda') write(path.join(root, 'lib/libtorch_cuda.so'));
  write(path.join(target, 'lenet-torch.json'), JSON.stringify({ files }));
  return root;
}

/** The beginning of a 64-bit little-endian ELF library for a processor (183 is aarch64). */
function elfHeader(machine: number): Buffer {
  const header = Buffer.alloc(64);
  header.write('\x7fELF\x02\x01\x01', 'latin1');
  header.writeUInt16LE(3, 16);
  header.writeUInt16LE(machine, 18);
  return header;
}

function failure(): TorchError {
  try {
    findLibtorch({ env });
  } catch (error) {
    return error as TorchError;
  }
  throw new Error('it was found');
}

describe('order', () => {
  test('LENET_TORCH_LIBTORCH → choice → cache', async () => {
    const named = makeTorch('named');
    const chosen = makeTorch('chosen');
    const cached = makeCached();
    await recordChoice(chosen, env);
    env.LENET_TORCH_LIBTORCH = named;
    expect(findLibtorch({ env })).toMatchObject({ root: named, from: 'LENET_TORCH_LIBTORCH' });
    delete env.LENET_TORCH_LIBTORCH;
    expect(findLibtorch({ env })).toMatchObject({ root: chosen, from: 'choice recorded at setup' });
    await recordChoice(undefined, env);
    expect(findLibtorch({ env })).toMatchObject({ root: cached, from: 'cache' });
  });

  test('a choice that is gone is passed over, and the places say why', async () => {
    const chosen = makeTorch('chosen');
    makeCached();
    await recordChoice(chosen, env);
    fs.rmSync(chosen, { recursive: true });
    const { found, places } = searchLibtorch({ env });
    expect(found?.from).toBe('cache');
    expect(places).toEqual([
      { from: 'LENET_TORCH_LIBTORCH', reason: 'not set' },
      { from: 'choice recorded at setup', path: chosen, reason: 'no such folder' },
      { from: 'cache', path: cachedFolder(path.join(folder, 'cache/lenet-torch'), '2.11.0') },
    ]);
  });

  test('in the cache the download for CUDA goes before the one for the CPU', async () => {
    const cpu = makeCached();
    const cuda = makeCached('cuda');
    expect(findLibtorch({ env })).toMatchObject({ root: cuda, hasCuda: true, from: 'cache' });
    await recordChoice(cpu, env);
    expect(findLibtorch({ env })).toMatchObject({ root: cpu, hasCuda: false });
  });

  test('a chosen download is compared with its manifest like any other', async () => {
    const cpu = makeCached();
    await recordChoice(cpu, env);
    fs.truncateSync(path.join(cpu, 'lib/libc10.so'), 0);
    const { places } = searchLibtorch({ env });
    expect(places[1]?.reason).toMatch(/damaged: torch\/lib\/libc10\.so/);
  });

  test('a record that cannot be read counts as none', () => {
    makeCached();
    write(path.join(folder, 'cache/lenet-torch/libtorch-choice.json'), '{');
    expect(findLibtorch({ env }).from).toBe('cache');
  });

  test('takes under 20 ms', () => {
    makeCached();
    findLibtorch({ env });
    const before = performance.now();
    findLibtorch({ env });
    expect(performance.now() - before).toBeLessThan(20);
  });
});

describe('folders', () => {
  test('the libtorch archive', () => {
    env.LENET_TORCH_LIBTORCH = makeTorch('libtorch', '2.11.1+cpu', 'archive');
    expect(findLibtorch({ env })).toEqual({
      root: path.join(folder, 'libtorch'),
      libDir: path.join(folder, 'libtorch/lib'),
      version: '2.11.1+cpu',
      hasCuda: false,
      from: 'LENET_TORCH_LIBTORCH',
    });
  });

  test('site-packages above torch; headers and CUDA are noticed', () => {
    const root = makeTorch('site-packages/torch', '2.11.0+cu130');
    write(path.join(root, 'include/ATen/ATen.h'));
    write(path.join(root, 'lib/libtorch_cuda.so'));
    env.LENET_TORCH_LIBTORCH = path.dirname(root);
    expect(findLibtorch({ env })).toMatchObject({
      root,
      includeDir: path.join(root, 'include'),
      hasCuda: true,
    });
  });

  test('another minor version, where it is asked for', () => {
    env.LENET_TORCH_LIBTORCH = makeTorch('torch', '2.15.0+cu130');
    expect(findLibtorch({ env, minors: ['2.11', '2.15'] }).version).toBe('2.15.0+cu130');
  });
});

describe('refused', () => {
  test('nowhere: every place with its reason, and one command', () => {
    const { code, message } = failure();
    expect(code).toBe('ERR_LIBTORCH_NOT_FOUND');
    expect(message).toMatch(/^libtorch 2\.11 was not found\. Run: npx lenet-torch setup/);
    expect(message).toContain('LENET_TORCH_LIBTORCH: not set');
    expect(message).toContain('choice recorded at setup: none');
    expect(message).toMatch(/cache \(.*2\.11\.0-cpu\): not downloaded yet/);
  });

  test.each([
    ['a missing folder', () => path.join(folder, 'no'), /but no such folder/],
    ['a file', () => fileURLToPath(import.meta.url), /but it is no folder/],
    [
      'a symbolic link to nowhere',
      () => {
        fs.symlinkSync(path.join(folder, 'gone'), path.join(folder, 'link'));
        return path.join(folder, 'link');
      },
      /but it is a symbolic link to .*gone, which is not there/,
    ],
    [
      'one for another processor',
      () => {
        const root = makeTorch('foreign');
        fs.writeFileSync(path.join(root, 'lib/libtorch_cpu.so'), elfHeader(183));
        return root;
      },
      /but its libraries are for arm64, this machine is x64/,
    ],
    ['an empty folder', () => folder, /but it has no lib\/libtorch_cpu\.so/],
    [
      'a partial one',
      () => {
        const root = makeTorch('partial');
        fs.rmSync(path.join(root, 'lib/libc10.so'));
        return root;
      },
      /but it has no lib\/libc10\.so/,
    ],
    [
      'an empty library',
      () => {
        const root = makeTorch('empty');
        write(path.join(root, 'lib/libtorch_cpu.so'), '');
        return root;
      },
      /but it has no lib\/libtorch_cpu\.so/,
    ],
    [
      'one without a version',
      () => {
        const root = makeTorch('unversioned');
        fs.rmSync(path.join(root, 'version.py'));
        return root;
      },
      /but it has no version\.py or build-version/,
    ],
  ])('LENET_TORCH_LIBTORCH names %s, even if the cache has one', (_, make, reason) => {
    makeCached();
    env.LENET_TORCH_LIBTORCH = make();
    const { code, message } = failure();
    expect(code).toBe('ERR_LIBTORCH_NOT_FOUND');
    expect(message).toMatch(reason);
    expect(message).toContain('unset it and run: npx lenet-torch setup');
  });

  test('another version: found and needed', () => {
    env.LENET_TORCH_LIBTORCH = makeTorch('old', '2.1.10');
    const { code, message } = failure();
    expect(code).toBe('ERR_LIBTORCH_VERSION');
    expect(message).toMatch(/its version is 2\.1\.10, needed is 2\.11/);
  });

  test.each([
    ['no manifest', (dir: string) => fs.rmSync(path.join(dir, 'lenet-torch.json')), /incomplete/],
    [
      'a manifest that cannot be read',
      (dir: string) => write(path.join(dir, 'lenet-torch.json'), '{"files":'),
      /damaged: lenet-torch\.json/,
    ],
    [
      'a truncated library',
      (dir: string) => write(path.join(dir, 'torch/lib/libc10.so'), ''),
      /damaged: torch\/lib\/libc10\.so is missing or not 1 bytes long/,
    ],
  ])('a cache with %s', (_, damage, reason) => {
    damage(path.dirname(makeCached()));
    expect(failure().message).toMatch(reason);
  });
});

describe('an installed Python torch', () => {
  const refused = (first: RegExp) => ({
    reasons: expect.arrayContaining([expect.stringMatching(first)]),
  });

  // A stand-in for Python that answers with a folder; ldd is real, and refuses what is no library.
  function python(answer: string) {
    write(path.join(folder, 'bin/python3'), `#!/bin/sh\necho '${answer}'\n`);
    fs.chmodSync(path.join(folder, 'bin/python3'), 0o755);
    env.PATH = `${folder}/bin:/usr/bin:/bin`;
  }

  test('of a fitting version whose libraries resolve is taken', async () => {
    const root = makeTorch('torch');
    // Any shared library will do: this one needs the C library alone.
    const libraries = ['/lib/x86_64-linux-gnu/libm.so.6', '/lib64/libm.so.6', '/usr/lib/libm.so.6'];
    const library = libraries.find((file) => fs.existsSync(file));
    fs.copyFileSync(library!, path.join(root, 'lib/libtorch_cpu.so'));
    python(root);
    expect(await findPythonTorch({ env })).toEqual({ root });
    expect(await findPythonTorch({ env, cuda: false })).toEqual({ root });
    expect(await findPythonTorch({ env, cuda: true })).toEqual(
      refused(/^python3: its torch is built without CUDA$/),
    );
    const withoutHeaders = await findPythonTorch({ env, headers: true });
    expect(withoutHeaders).toEqual(refused(/its torch has no C\+\+ headers/));
    write(path.join(root, 'include/ATen/ATen.h'));
    expect(await findPythonTorch({ env, headers: true })).toEqual({ root });
  });

  test('of an interpreter that is named', async () => {
    const pythons = [path.join(folder, 'no', 'python')];
    expect(await findPythonTorch({ env, pythons })).toEqual({
      reasons: [`${pythons[0]}: no such command`],
    });
    python('');
    const named = [path.join(folder, 'bin/python3')];
    expect(await findPythonTorch({ env, pythons: named })).toEqual(refused(/it has no torch$/));
  });

  test('whose libraries do not load is not', async () => {
    python(makeTorch('torch'));
    expect(await findPythonTorch({ env })).toEqual(refused(/libtorch_cpu\.so is no library/));
  });

  test('of another version is not', async () => {
    python(makeTorch('torch', '2.1.1'));
    expect(await findPythonTorch({ env })).toEqual(refused(/its version is 2\.1\.1/));
  });

  test('is looked for without Python, too', async () => {
    env.PATH = path.join(folder, 'nothing');
    expect(await findPythonTorch({ env })).toEqual({
      reasons: ['python3: no such command', 'python: no such command'],
    });
  });
});

test('versions in a sentence, in ascending order', () => {
  expect(listOf(['2.11'])).toBe('2.11');
  expect(listOf(['2.11', '2.15', '2.9'])).toBe('2.9, 2.11 or 2.15');
});
