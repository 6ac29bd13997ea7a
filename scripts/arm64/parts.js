// The package for 64-bit ARM, from nothing: libtorch, what is compiled, and a folder in which both are a clone.
import fs from 'node:fs';
import path from 'node:path';

import { cacheDir } from '../../dist/libtorch/cache.js';
import { beyondFloor } from '../floor.js';
import { run } from '../run.js';
import { at } from '../stamps.js';
import { commands, folder } from './node.js';
import { compiler } from './tools.js';

// In this clone: CMake takes a folder for one clone's sources only.
const build = at('build', 'for', 'arm64');
/** Where the package is put together. */
export const clone = path.join(folder, 'clone');
/** The native test of the fused engine, and the folder of the engine's libraries. */
export const fusedTest = path.join(build, 'native/fused/test/fused_test');
export const libraries = path.join(build, 'Release');

const worker = ['exit.worker.mjs', 'training.mjs'].map((name) => `test/process/${name}`);

/** The environment of whatever runs as the package: its own cache, this machine's data sets. */
export const environment = () => ({
  ...process.env,
  PATH: `${commands}:${process.env.PATH}`,
  XDG_CACHE_HOME: folder,
  LENET_TORCH_LIBTORCH: '',
  LENET_TORCH_DEVICE: 'cpu',
  NODE_OPTIONS: '',
  NO_COLOR: '1',
});

/** Copies the package's JavaScript, and installs its dependencies as arm64 has them. */
export function makeClone() {
  fs.mkdirSync(clone, { recursive: true });
  for (const name of ['package.json', 'package-lock.json', '.npmrc']) {
    fs.copyFileSync(at(name), path.join(clone, name));
  }
  for (const name of ['dist', 'scripts/runtimes', ...worker]) {
    fs.rmSync(path.join(clone, name), { recursive: true, force: true });
    fs.cpSync(at(name), path.join(clone, name), { recursive: true });
  }
  lendDataSets();
  const machine = ['--os=linux', '--cpu=arm64', '--libc=glibc'];
  run('npm', ['ci', '--omit=dev', '--ignore-scripts', ...machine], { cwd: clone });
}

/** The data sets are this machine's. */
export function lendDataSets() {
  const sets = path.join(folder, 'lenet-torch', 'datasets');
  fs.mkdirSync(path.dirname(sets), { recursive: true });
  fs.rmSync(sets, { force: true });
  fs.symlinkSync(path.join(cacheDir(), 'datasets'), sets);
}

/**
 * Brings libtorch with its headers, as setup on arm64 does: with the table for that processor, verified. This Node is
 * told to be on that processor: hashing and unpacking 433 MB show nothing of it, and are slow under emulation.
 * @param minor - Of which version. Default: the reference.
 */
export function bringLibtorch(minor = undefined) {
  const program = `
    Object.defineProperty(process, 'arch', { value: 'arm64' });
    const { fetchLibtorch } = await import(${JSON.stringify(at('dist/libtorch/fetch.js'))});
    const { releases } = await import(${JSON.stringify(at('dist/libtorch/version.js'))});
    const release = releases[${JSON.stringify(minor)}];
    const onStep = (step) => console.error(step);
    const { root } = await fetchLibtorch({ release, headers: true, onStep });
    console.log(root);`;
  const options = { env: environment(), stdio: ['ignore', 'pipe', 2] };
  return run(process.execPath, ['--input-type=module', '-e', program], options).trim();
}

/** What CMake has to know of the other processor. */
export const crossCompiling = {
  CMAKE_SYSTEM_NAME: 'Linux',
  CMAKE_SYSTEM_PROCESSOR: 'aarch64',
  CMAKE_CXX_COMPILER: compiler,
};

/** Compiles everything in native/ against it, into the clone. Not CUDA's part: its headers are not brought. */
export function compile(libtorch) {
  const definitions = {
    ...crossCompiling,
    CMAKE_JS_INC: at('node_modules/node-api-headers/include'),
    LENET_CUDA_HEADERS: folder,
    LENET_FUSED_TESTS: 'ON',
    LIBTORCH: libtorch,
  };
  const flags = Object.entries(definitions).map(([name, value]) => `-D${name}=${value}`);
  run('cmake', ['-S', at('.'), '-B', build, '-G', 'Ninja', ...flags]);
  run('cmake', ['--build', build]);
  fs.rmSync(path.join(clone, 'build'), { recursive: true, force: true });
  for (const name of ['Release', 'loader/build/Release']) {
    fs.cpSync(path.join(build, name), path.join(clone, 'build', name), { recursive: true });
  }
}

/** What was compiled: names and what of them is above the floor of symbols. */
export function binaries() {
  const below = (name) => path.join(clone, 'build', name);
  const files = [
    below('loader/build/Release/loader.node'),
    ...fs.readdirSync(below('Release')).map((name) => path.join(below('Release'), name)),
  ];
  return files.map((file) => ({ name: path.basename(file), beyond: beyondFloor(file) }));
}
