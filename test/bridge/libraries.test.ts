// Libraries that the addon opens at run time, where they are not what they should be.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';

import { addonFolder, native } from '../../lib/native/load.js';
import { temporaryFolder } from '../folder.js';

const folder = temporaryFolder('lenet-libraries-', afterAll);

/** Compiles a library of these functions, each an int(void). */
function library(name: string, functions: Record<string, number>): string {
  const source = join(folder, `${name}.c`);
  const texts = Object.entries(functions).map(
    ([f, value]) => `int ${f}(void) { return ${value}; }`,
  );
  writeFileSync(source, texts.join('\n'));
  const path = join(folder, `${name}.so`);
  execFileSync(process.env.CC ?? 'cc', ['-shared', '-fPIC', '-o', path, source]);
  return path;
}

describe.each([
  ['fused', native.openFused, 'isa', 'native/fused/engine.h', "the fused engine's library"],
  ['cuda', native.openCuda, 'built_for', 'native/cuda/graph.h', 'the library for CUDA graphs'],
])('%s', (kind, open, first, header, words) => {
  const abi = Number(/_ABI (\d+)/.exec(readFileSync(header, 'utf8'))?.[1]);
  const refused = (path: string, why: string) =>
    expect(() => open(path)).toThrow(
      expect.objectContaining({
        code: 'ERR_ENGINE_UNSUPPORTED',
        message: expect.stringContaining(`${words} ${path} ${why}`),
      }),
    );

  test('is missing', () => {
    const path = join(folder, 'missing.so');
    refused(path, `does not load: ${path}: cannot open shared object file`);
  });

  test('is no library', () => refused(resolve('package.json'), 'does not load: '));

  test('is something else', () => {
    refused(library(`${kind}-else`, { answer: 42 }), `has no lenet_${kind}_abi`);
  });

  test('is of another version: said before anything else that it lacks', () => {
    const other = library(`${kind}-other`, { [`lenet_${kind}_abi`]: abi + 1 });
    refused(other, 'belongs to another version of the package');
  });

  test('lacks a function', () => {
    const half = library(`${kind}-half`, { [`lenet_${kind}_abi`]: abi });
    refused(half, `has no lenet_${kind}_${first}`);
    refused(half, `has no lenet_${kind}_${first}`);
  });
});

test('a refused library does not keep the right one out', () => {
  expect(native.openFused(join(addonFolder, 'liblenet_fused_portable.so'))).toBe('portable');
});
