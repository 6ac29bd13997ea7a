// `npm run release -- --dry-run`: everything between a clean clone and `npm publish`: versions and changelog, every
// prebuilt addon, the packages, their use on each platform (arm64's under emulation). Without --dry-run the changelog has
// to be closed too, and the packages are left in release/ to be published. Nothing is published here.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

import { readArguments } from './arguments.js';
import { neededVersions } from './floor.js';
import { main, packAll, sizesOf } from './packages.js';
import { packageOf, platforms } from './platforms.js';
import { prebuilds } from './prebuilds.js';
import { smoke } from './smoke.js';
import { at } from './stamps.js';

const { 'dry-run': isDryRun = false } = readArguments('npm run release [-- --dry-run]', {
  'dry-run': { type: 'boolean' },
});
try {
  await release();
} catch (error) {
  console.error(`release: ${error.message}`);
  process.exit(1);
}

async function release() {
  const manifest = readJson('package.json');
  checkVersions(manifest);
  checkChangelog(manifest.version);
  checkClean();
  for (const platform of Object.keys(platforms)) {
    const files = await prebuilds({ all: true, platform });
    for (const file of files) {
      const size = fs.statSync(file).size.toLocaleString('en').padStart(9);
      const name = path.relative(at('prebuilds'), file).padEnd(45);
      console.log(`${size}  ${name} ${neededVersions(file).join(' ')}`);
    }
  }
  runNode('scripts/test.js', '--long', 'test/libtorch/versions.test.ts');
  const folder = at('release');
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(folder);
  const packed = packAll(folder);
  const fileOf = (wanted) => packed.find(({ name }) => name === wanted).file;
  await smoke({ tarball: [main, packageOf('linux-x64')].map(fileOf) });
  const { smokeEmulated } = await import('./arm64/smoke.js');
  smokeEmulated([main, packageOf('linux-arm64')].map(fileOf));
  for (const line of sizesOf(packed)) console.log(line);
  for (const { file, integrity } of packed) console.log(`${path.basename(file)}: ${integrity}`);
  if (isDryRun) fs.rmSync(folder, { recursive: true });
  else {
    // What the others are optional for comes last: until then nobody misses them.
    for (const { file } of packed.toReversed()) {
      console.log(`to publish: npm publish --access public release/${path.basename(file)}`);
    }
  }
}

function checkVersions({ version }) {
  if (!/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version)) throw new Error(`version '${version}' is none`);
  const lock = readJson('package-lock.json');
  if (lock.version !== version || lock.packages[''].version !== version) {
    throw new Error(`package-lock.json has not version ${version}: run npm install`);
  }
}

// The first section is this version's, with something in it; in a real release with its date.
function checkChangelog(version) {
  const text = fs.readFileSync(at('CHANGELOG.md'), 'utf8');
  const [, heading, state, body] =
    /^## (\S+) \(([^)]*)\)\n([\s\S]*?)(?=^## |$(?![\s\S]))/m.exec(text) ?? [];
  if (heading !== version) {
    throw new Error(
      `CHANGELOG.md begins with ${heading ?? 'no version'}, package.json has ${version}`,
    );
  }
  if (!/^- /m.test(body)) throw new Error(`CHANGELOG.md says nothing about ${version}`);
  if (!isDryRun && !/^\d{4}-\d{2}-\d{2}$/.test(state)) {
    throw new Error(`CHANGELOG.md: '## ${version} (${state})' needs the day of the release`);
  }
}

function checkClean() {
  const changed = execFileSync('git', ['status', '--porcelain'], {
    cwd: at('.'),
    encoding: 'utf8',
  });
  if (changed !== '' && !isDryRun) throw new Error(`not committed:\n${changed}`);
}

function runNode(...args) {
  execFileSync(process.execPath, args, { cwd: at('.'), stdio: ['ignore', 2, 2] });
}

function readJson(name) {
  return JSON.parse(fs.readFileSync(at(name), 'utf8'));
}
