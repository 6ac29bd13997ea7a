// The tools that compile the binaries, and how cmake-js is called. Uses Node alone.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';

import { at, root } from './stamps.js';

const oldestCmake = [3, 22];

/**
 * Checks that CMake and a C++20 compiler are there; returns the generator for CMake.
 * @throws {Error} With one sentence that says what to install.
 */
export function checkTools() {
  const missing = [];
  const cmake = spawnSync('cmake', ['--version'], { encoding: 'utf8' });
  const [, major, minor] = /version (\d+)\.(\d+)/.exec(cmake.stdout ?? '') ?? [];
  if (!major) missing.push('CMake');
  else if (major * 1000 + +minor < oldestCmake[0] * 1000 + oldestCmake[1]) {
    missing.push(`CMake ≥ ${oldestCmake.join('.')} (found ${major}.${minor})`);
  }
  const program = '#include <concepts>\n#include <span>\nstatic_assert(__cplusplus >= 202002L);\n';
  const compilers = process.env.CXX ? [process.env.CXX] : ['c++', 'g++', 'clang++'];
  const compiles = (compiler) =>
    spawnSync(compiler, ['-std=c++20', '-fsyntax-only', '-x', 'c++', '-'], { input: program })
      .status === 0;
  if (!compilers.some(compiles)) missing.push('a C++20 compiler (GCC ≥ 11 or Clang ≥ 14)');
  if (missing.length > 0) {
    throw new Error(
      `compiling the addon needs ${missing.join(' and ')}. Install it and run again: ` +
        'apt-get install cmake g++ (Debian, Ubuntu), dnf install cmake gcc-c++ (Fedora)',
    );
  }
  return spawnSync('ninja', ['--version']).status === 0 ? 'Ninja' : 'Unix Makefiles';
}

/** Makes the folder to build in; one that was configured otherwise, or elsewhere, is emptied first. */
export function prepareFolder({ out, libtorch, generator, cudaHeaders = '' }) {
  const file = at(out, 'CMakeCache.txt');
  const cache = fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '';
  const settings = [
    `CMAKE_GENERATOR:INTERNAL=${generator}`,
    `CMAKE_HOME_DIRECTORY:INTERNAL=${root}`,
    `LIBTORCH:PATH=${libtorch}`,
    `LENET_CUDA_HEADERS:STRING=${cudaHeaders}`,
  ];
  if (!settings.every((line) => cache.includes(`${line}\n`))) {
    fs.rmSync(at(out), { recursive: true, force: true });
  }
  fs.mkdirSync(at(out), { recursive: true });
}

/**
 * Node's arguments to build into the folder `out` against a libtorch; without `target`, everything.
 * `cudaHeaders`: of {@link fetchCudaHeaders}, for CUDA graphs. `definitions`: for CMake, when the compiler is
 * another processor's.
 */
export function cmakeJs({ out, libtorch, generator, target, cudaHeaders = '', definitions = {} }) {
  const args = [at('node_modules', 'cmake-js', 'bin', 'cmake-js'), 'build', '--out', out];
  args.push('--generator', generator, `--CDLIBTORCH=${libtorch}`);
  args.push(`--CDLENET_CUDA_HEADERS=${cudaHeaders}`);
  for (const [name, value] of Object.entries(definitions)) args.push(`--CD${name}=${value}`);
  return target ? [...args, '--target', target] : args;
}
