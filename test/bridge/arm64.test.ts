// The long tier: everything in native/ compiled and linked for 64-bit ARM, where the cross compiler is there
// (Debian: apt-get install g++-aarch64-linux-gnu). It is not run.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

import { findLibtorch } from '../../lib/libtorch/find.js';
import { temporaryFolder } from '../folder.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const compiler = 'aarch64-linux-gnu-g++';
const isThere = spawnSync(compiler, ['--version']).status === 0;
const aarch64 = 183; // e_machine

test.runIf(process.env.LENET_TORCH_LONG === '1' && isThere)('native/ builds for arm64', () => {
  const folder = temporaryFolder('lenet-torch-arm64-');
  // This machine's headers, and empty libraries to link with: its own are of another architecture.
  const libtorch = join(folder, 'libtorch');
  mkdirSync(join(libtorch, 'lib'), { recursive: true });
  symlinkSync(findLibtorch().includeDir!, join(libtorch, 'include'));
  for (const name of ['libtorch_cpu.so', 'libc10.so']) {
    const file = join(libtorch, 'lib', name);
    execFileSync(compiler, ['-shared', '-x', 'c++', '/dev/null', '-o', file]);
  }
  const build = join(folder, 'build');
  const definitions = {
    CMAKE_SYSTEM_NAME: 'Linux',
    CMAKE_SYSTEM_PROCESSOR: 'aarch64',
    CMAKE_CXX_COMPILER: compiler,
    CMAKE_JS_INC: join(root, 'node_modules', 'node-api-headers', 'include'),
    LIBTORCH: libtorch,
  };
  const flags = Object.entries(definitions).map(([name, value]) => `-D${name}=${value}`);
  run('cmake', ['-S', root, '-B', build, ...flags]);
  run('cmake', ['--build', build, '--parallel', '2']);
  const binaries = ['libtorch-2.11.node', 'liblenet_fused_portable.so'].map((name) =>
    join(build, 'Release', name),
  );
  for (const file of [...binaries, join(build, 'loader/build/Release/loader.node')]) {
    expect(readFileSync(file).readUInt16LE(18), file).toBe(aarch64);
  }
});

function run(command: string, args: string[]): void {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  expect(status, `${stdout}${stderr}`.slice(-4000)).toBe(0);
}
