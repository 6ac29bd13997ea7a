// `npm run prebuilds [-- --all]`: makes prebuilds/linux-x64/, the binaries of the package: the loader,
// the fused engine's libraries, and an addon with its libraries for CUDA graphs, NCCL and several processes
// for the libtorch of this clone or, with --all, for every release in lib/libtorch/version.ts, each compiled
// against that release's own headers from PyPI.
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

import { readArguments } from './arguments.js';
import { fetchCudaHeaders } from './cudaHeaders.js';
import { beyondFloor, floor } from './floor.js';
import { findAddonInputs, setup } from './setup.js';
import { at, filesBelow, hash, nativeSources, readStamps, writeStamps } from './stamps.js';

const isas = ['avx2', 'avx512', 'portable'];
const folder = at('prebuilds', 'linux-x64');

const ofMinor = (minor) => [
  `libtorch-${minor}.node`,
  `liblenet_cuda-${minor}.so`,
  `liblenet_nccl-${minor}.so`,
  `liblenet_distributed-${minor}.so`,
];

/** The files of a complete package, for libtorch's minor versions. */
export function prebuiltFiles(minors) {
  return [
    'loader.glibc.node',
    ...minors.flatMap(ofMinor),
    ...isas.map((isa) => `liblenet_fused_${isa}.so`),
  ];
}

/** What keeps prebuilds/ from being packed: one sentence, or nothing. */
export function prebuildsProblem(minors) {
  const missing = prebuiltFiles(minors).filter((name) => !fs.existsSync(path.join(folder, name)));
  if (missing.length > 0) return `prebuilds/linux-x64 has no ${missing.join(', ')}`;
  const stamp = readStamps().prebuilds;
  if (stamp !== hash([...nativeSources(), ...filesBelow(folder)])) {
    return 'prebuilds/ was made from other sources than those that are here';
  }
  return undefined;
}

/**
 * Makes prebuilds/ anew. What is up to date is not compiled again.
 * @param options.all - For every release, not only for this clone's libtorch.
 */
export async function prebuilds({ all = false, say = console.error } = {}) {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(`prebuilds are made on linux-x64, this is ${process.platform}-${process.arch}`);
  }
  await setup();
  const own = await findAddonInputs();
  const { minorOf, releases } = await import('../dist/libtorch/version.js');
  fs.rmSync(at('prebuilds'), { recursive: true, force: true });
  const headersFor = (minor) => fetchCudaHeaders(releases[minor].cuda.version);
  const built = { out: 'build', libtorch: own.root, cudaHeaders: headersFor(minorOf(own.version)) };
  await prebuild('loader', {
    ...built,
    target: 'all',
    files: [
      'loader/build/Release/loader.node',
      ...isas.map((isa) => `Release/liblenet_fused_${isa}.so`),
    ],
  });
  const minors = all ? Object.keys(releases) : [minorOf(own.version)];
  for (const minor of minors) {
    say(`prebuilds: libtorch ${minor}`);
    const part = minor === minorOf(own.version) && (!all || own.from === 'cache');
    await prebuild(`libtorch-${minor}`, {
      ...(part ? built : await besides(minor, releases[minor], say)),
      cudaHeaders: headersFor(minor),
      target: 'lenet_torch',
      files: ofMinor(minor).map((name) => `Release/${name}`),
    });
  }
  const files = prebuiltFiles(minors).map((name) => path.join(folder, name));
  const wrong = files.flatMap((file) => beyondFloor(file));
  if (wrong.length > 0) {
    throw new Error(`above the floor of ${floor.join(', ')}: ${wrong.join('; ')} (native/floor.h)`);
  }
  writeStamps({ prebuilds: hash([...nativeSources(), ...filesBelow(folder)]) });
  return files;
}

// Each in a build folder of its own: going from one libtorch to another must not recompile both.
async function besides(minor, release, say) {
  const { fetchLibtorch } = await import('../dist/libtorch/fetch.js');
  const { root } = await fetchLibtorch({ release, headers: true, onStep: say });
  return { out: path.join('build', 'for', minor), libtorch: root };
}

// prebuildify moves and strips what it finds in build/Release of a folder: it gets one of its own.
async function prebuild(name, build) {
  const { default: prebuildify } = await import('prebuildify');
  const cwd = at('build', 'prebuildify', name);
  fs.mkdirSync(cwd, { recursive: true });
  process.env.LENET_TORCH_NODE_GYP = JSON.stringify(build);
  await promisify(prebuildify)({
    cwd,
    out: at('.'),
    name,
    targets: [process.versions.node],
    napi: true,
    strip: true,
    // node-gyp-build takes the most specific name: among the files of one folder, the loader's.
    tagLibc: name === 'loader',
    nodeGyp: at('scripts', 'nodeGyp.js'),
  });
  delete process.env.LENET_TORCH_NODE_GYP;
}

if (process.argv[1] === at('scripts', 'prebuilds.js')) {
  const { all = false } = readArguments('npm run prebuilds [-- --all]', {
    all: { type: 'boolean' },
  });
  try {
    for (const file of await prebuilds({ all })) {
      const size = fs.statSync(file).size.toLocaleString('en');
      console.log(`${size.padStart(10)}  ${path.relative(at('.'), file)}`);
    }
  } catch (error) {
    console.error(`prebuilds: ${error.message}`);
    process.exit(error.exitCode ?? 1);
  }
}
