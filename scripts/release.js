// `npm run release -- --dry-run`: everything between a clean clone and `npm publish`: versions and changelog, every
// prebuilt addon, the package, its use. Without --dry-run the changelog has to be closed too, and the
// package is left in release/ to be published. Nothing is published here.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

import { readArguments } from './arguments.js';
import { neededVersions } from './floor.js';
import { prebuilds } from './prebuilds.js';
import { checkContents, smoke } from './smoke.js';
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
  const files = await prebuilds({ all: true });
  for (const file of files) {
    const size = fs.statSync(file).size.toLocaleString('en').padStart(9);
    console.log(`${size}  ${path.basename(file).padEnd(26)} ${neededVersions(file).join(' ')}`);
  }
  runNode('scripts/test.js', '--long', 'test/libtorch/versions.test.ts');
  const folder = at('release');
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(folder);
  // With npm's own `prepack`: what it says keeps a package from being made.
  const output = execFileSync('npm', ['pack', '--json', '--pack-destination', folder], {
    cwd: at('.'),
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 2],
  });
  const [packed] = JSON.parse(output);
  checkContents(packed);
  const tarball = path.join(folder, packed.filename);
  await smoke({ tarball });
  const size = `${packed.size.toLocaleString('en')} bytes, ${packed.entryCount} files`;
  console.log(`${packed.filename}: ${size}, ${packed.integrity}`);
  if (isDryRun) fs.rmSync(folder, { recursive: true });
  else console.log(`to publish: npm publish release/${packed.filename}`);
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
