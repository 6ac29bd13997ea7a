// `npm run prebuilds [-- --all] [-- --platform linux-arm64]`: makes prebuilds/<platform>/, the binaries of a platform's
// package: the loader, the fused engine's libraries, and an addon with its companions for the libtorch of this clone or,
// with --all, for every release in lib/libtorch/version.ts, each compiled against that release's own headers from PyPI.
// Those for another processor are cross-compiled.
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

import { readArguments } from './arguments.js';
import { fetchCudaHeaders } from './cudaHeaders.js';
import { beyondFloor, floor } from './floor.js';
import { platforms, prebuiltFiles } from './platforms.js';
import { findAddonInputs, setup } from './setup.js';
import { at, filesBelow, hash, nativeSources, readStamps, writeStamps } from './stamps.js';

const host = 'linux-x64';
const folderOf = (platform) => at('prebuilds', platform);
const stampOf = (platform) => `prebuilds-${platform}`;
const hashOf = (platform) => hash([...nativeSources(), ...filesBelow(folderOf(platform))]);

/** What keeps a platform's prebuilds from being packed: one sentence, or nothing. */
export function prebuildsProblem(platform, minors) {
  const folder = folderOf(platform);
  const missing = prebuiltFiles(platform, minors).filter(
    (name) => !fs.existsSync(path.join(folder, name)),
  );
  if (missing.length > 0) return `prebuilds/${platform} has no ${missing.join(', ')}`;
  if (readStamps()[stampOf(platform)] !== hashOf(platform)) {
    return `prebuilds/${platform} was made from other sources than those that are here`;
  }
  return undefined;
}

/**
 * Makes a platform's prebuilds anew. What is up to date is not compiled again.
 * @param options.all - For every release, not only for this clone's libtorch.
 */
export async function prebuilds({ all = false, platform = host, say = console.error } = {}) {
  if (`${process.platform}-${process.arch}` !== host) {
    throw new Error(`prebuilds are made on ${host}, this is ${process.platform}-${process.arch}`);
  }
  if (!platforms[platform]) {
    throw new Error(`--platform: expected ${Object.keys(platforms).join(' or ')}`);
  }
  await setup();
  const { minorOf, releases } = await import('../dist/libtorch/version.js');
  const own = await findAddonInputs();
  const reference = minorOf(own.version);
  const minors = all ? Object.keys(releases) : [reference];
  const { buildFor, prebuildify } =
    platform === host ? native({ all, own, say }) : await crossed(say);
  const make = (name, build) => prebuild(name, build, prebuildify);

  fs.rmSync(folderOf(platform), { recursive: true, force: true });
  const { isas, perMinor } = platforms[platform];
  await make('loader', {
    ...(await buildFor(reference)),
    target: 'all',
    files: [
      'loader/build/Release/loader.node',
      ...isas.map((isa) => `Release/liblenet_fused_${isa}.so`),
    ],
  });
  for (const minor of minors) {
    say(`prebuilds: ${platform}, libtorch ${minor}`);
    await make(`libtorch-${minor}`, {
      ...(await buildFor(minor)),
      target: 'lenet_torch',
      files: perMinor(minor).map((name) => `Release/${name}`),
    });
  }
  const files = prebuiltFiles(platform, minors).map((name) => path.join(folderOf(platform), name));
  const wrong = files.flatMap((file) => beyondFloor(file));
  if (wrong.length > 0) {
    throw new Error(`above the floor of ${floor.join(', ')}: ${wrong.join('; ')} (native/floor.h)`);
  }
  writeStamps({ [stampOf(platform)]: hashOf(platform) });
  return files;
}

// A build folder for each libtorch: going from one to another must not recompile both.
function native({ all, own, say }) {
  return {
    prebuildify: {},
    async buildFor(minor) {
      const { fetchLibtorch } = await import('../dist/libtorch/fetch.js');
      const { minorOf, releases } = await import('../dist/libtorch/version.js');
      const release = releases[minor];
      const cudaHeaders = fetchCudaHeaders(release.cuda.version);
      // A release has all of it from the wheels; here whatever libtorch the clone is for will do.
      if (minor === minorOf(own.version) && (!all || own.from === 'cache')) {
        return { out: 'build', libtorch: own.root, cudaHeaders };
      }
      const { root } = await fetchLibtorch({ release, headers: true, onStep: say });
      return { out: path.join('build', 'for', minor), libtorch: root, cudaHeaders };
    },
  };
}

async function crossed(say) {
  const { missingTools, prefix } = await import('./arm64/tools.js');
  const missing = missingTools();
  if (missing.length > 0) throw new Error(`first: apt-get install ${missing.join(' ')}`);
  const { folder } = await import('./arm64/node.js');
  const { bringLibtorch, crossCompiling } = await import('./arm64/parts.js');
  return {
    prebuildify: { arch: 'arm64', stripBin: `${prefix}strip` },
    async buildFor(minor) {
      say(`prebuilds: libtorch ${minor} for arm64`);
      return {
        out: path.join('build', 'for', `arm64-${minor}`),
        libtorch: bringLibtorch(minor),
        // A folder without CUDA's headers, so that those of this machine are not found.
        cudaHeaders: folder,
        definitions: crossCompiling,
      };
    },
  };
}

// prebuildify moves and strips what it finds in build/Release of a folder: it gets one of its own.
async function prebuild(name, build, options) {
  const { default: prebuildify } = await import('prebuildify');
  const cwd = at('build', 'prebuildify', `${options.arch ?? process.arch}-${name}`);
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
    tagLibc: name === 'loader' && 'glibc',
    nodeGyp: at('scripts', 'nodeGyp.js'),
    ...options,
  });
  delete process.env.LENET_TORCH_NODE_GYP;
}

if (process.argv[1] === at('scripts', 'prebuilds.js')) {
  const usage = 'npm run prebuilds [-- --all] [-- --platform NAME]';
  const options = { all: { type: 'boolean' }, platform: { type: 'string' } };
  const { all, platform } = readArguments(usage, options);
  try {
    for (const file of await prebuilds({ all, platform })) {
      const size = fs.statSync(file).size.toLocaleString('en');
      console.log(`${size.padStart(10)}  ${path.relative(at('.'), file)}`);
    }
  } catch (error) {
    console.error(`prebuilds: ${error.message}`);
    process.exit(error.exitCode ?? 1);
  }
}
