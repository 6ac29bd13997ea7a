// The archive of `scripts/gpu-check --pack`: what the check needs on a machine with a GPU and
// Python's torch, and no network.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { at, root } from './stamps.js';

const limit = 60 * 2 ** 20;

/** Packs the built package, Node itself and the data set into one file. */
export async function pack(file) {
  const library = at('build', 'Release', 'liblenet_cuda-2.11.so');
  if (!fs.existsSync(library)) {
    throw new Error(
      `${library} is missing: npm run setup builds it, with CUDA's headers from PyPI`,
    );
  }
  const work = fs.mkdtempSync(path.join(os.tmpdir(), 'lenet-torch-pack-'));
  const target = path.join(work, 'lenet-torch-gpu');
  try {
    await copyTo(target);
    const made = spawnSync('tar', ['-cJf', file, '-C', work, 'lenet-torch-gpu'], {
      stdio: 'inherit',
      env: { ...process.env, XZ_OPT: '-6 -T0' },
    });
    if (made.status !== 0) throw new Error('tar failed');
  } finally {
    fs.rmSync(work, { recursive: true });
  }
  const { size } = fs.statSync(file);
  console.log(`${file}: ${(size / 2 ** 20).toFixed(1)} MiB`);
  if (size > limit) throw new Error(`that is more than ${limit / 2 ** 20} MiB`);
}

async function copyTo(target) {
  for (const name of ['dist', 'test/gpu', 'bench/gpu', 'package.json']) {
    fs.cpSync(at(name), path.join(target, name), { recursive: true });
  }
  for (const name of ['gpu-check', 'gpuCheck.js', 'gpuPack.js', 'stamps.js']) {
    fs.cpSync(at('scripts', name), path.join(target, 'scripts', name));
  }
  for (const name of ['Release', 'loader/build/Release']) {
    copyStripped(at('build', name), path.join(target, 'build', name));
  }
  for (const name of packages()) {
    const inside = path.relative(root, name);
    fs.cpSync(name, path.join(target, inside), { recursive: true, dereference: true });
  }
  copyStripped(process.execPath, path.join(target, 'node'));
  fs.cpSync(await dataFolder(), path.join(target, 'data'), { recursive: true, dereference: true });
}

// Copies a program or a folder of libraries without their symbol tables.
function copyStripped(from, to) {
  const isWanted = (file) => fs.statSync(file).isDirectory() || /\.(node|so)$|\/node$/.test(file);
  fs.cpSync(from, to, { recursive: true, dereference: true, filter: isWanted });
  const files = fs.statSync(to).isDirectory()
    ? fs.readdirSync(to).map((name) => path.join(to, name))
    : [to];
  for (const file of files) spawnSync('strip', ['--strip-unneeded', file]);
}

// What the package needs when it runs.
function packages() {
  const { stdout } = spawnSync('npm', ['ls', '--omit=dev', '--all', '--parseable'], {
    cwd: root,
    encoding: 'utf8',
  });
  // Both draw and read pictures, which the check does not: 30 MB.
  const left = /@resvg|@napi-rs[\\/]image-/;
  return stdout.split('\n').filter((name) => name.includes('node_modules') && !left.test(name));
}

/** Where Fashion-MNIST is. */
export async function dataFolder() {
  const { fashionMnist } = await import('../dist/data/sets/idxSets.js');
  const { locateSet } = await import('../dist/data/sets/locate.js');
  return path.dirname(locateSet(fashionMnist).files.trainImages);
}
