// The packages as npm gets them, packed from folders that hold what each has: `lenet-torch` without binaries, and one
// with binaries for each platform, which the first names as optional dependencies. Those are not in this clone's
// package.json: `npm ci` would look for a release that is not there yet.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

import { packageOf, platforms } from './platforms.js';
import { at } from './stamps.js';

/** The package without binaries. */
export const main = 'lenet-torch';

// What may be in a package, and how large it may be, packed, in bytes.
const bounds = {
  [main]: {
    shipped:
      /^(package\.json|README\.md|CHANGELOG\.md|LICENSE|dist\/.+\.(js|d\.ts)|dist\/live\/page\/(index\.html|style\/\w+\.css))$/,
    largest: 800_000,
  },
  [packageOf('linux-x64')]: {
    shipped: /^(package\.json|README\.md|LICENSE|prebuilds\/linux-x64\/[\w.-]+\.(node|so))$/,
    largest: 2_200_000,
  },
  [packageOf('linux-arm64')]: {
    shipped: /^(package\.json|README\.md|LICENSE|prebuilds\/linux-arm64\/[\w.-]+\.(node|so))$/,
    largest: 1_500_000,
  },
};

/**
 * Packs `lenet-torch` and the packages of platforms, as they lie in dist/ and prebuilds/.
 * @param folder - Where the tarballs go.
 * @param names - Of the platforms.
 * @param hollow - Those without their binaries: installers look at what they do not install.
 * @returns What was packed: name, manifest, file, sizes and files, `lenet-torch` first.
 * @throws {Error} Where a package holds what it should not, or is too large.
 */
export function packAll(folder, names = Object.keys(platforms), hollow = []) {
  const manifest = JSON.parse(fs.readFileSync(at('package.json'), 'utf8'));
  const stage = fs.mkdtempSync(path.join(folder, 'stage-'));
  try {
    const folders = [
      layMain(path.join(stage, 'main'), manifest),
      ...names.map((platform) => layPlatform(path.join(stage, platform), manifest, platform)),
    ];
    for (const platform of hollow) {
      fs.rmSync(path.join(stage, platform, 'prebuilds'), { recursive: true, force: true });
    }
    return folders.map((from) => packOne(from, folder));
  } finally {
    fs.rmSync(stage, { recursive: true, force: true });
  }
}

function layMain(folder, { scripts: _, devDependencies: __, overrides: ___, ...manifest }) {
  const { version } = manifest;
  const optionalDependencies = Object.fromEntries(
    Object.keys(platforms).map((platform) => [packageOf(platform), version]),
  );
  lay(folder, ['dist', 'README.md', 'CHANGELOG.md', 'LICENSE']);
  writeManifest(folder, { ...manifest, optionalDependencies });
  return folder;
}

function layPlatform(folder, { version, license, os, libc }, platform) {
  const { cpu, title } = platforms[platform];
  const name = packageOf(platform);
  const description = `The binaries of ${main} for ${title}.`;
  lay(
    folder,
    [path.join('prebuilds', platform), 'LICENSE'].filter((file) => fs.existsSync(at(file))),
  );
  fs.writeFileSync(
    path.join(folder, 'README.md'),
    `# ${name}\n\n${description} It comes with that package by itself: \`npm install ${main}\`.\n`,
  );
  writeManifest(folder, {
    ...{ name, version, description, license, os, cpu: [cpu], libc },
    files: ['prebuilds'],
    // Yarn's Plug'n'Play: not from within an archive.
    preferUnplugged: true,
    publishConfig: { access: 'public' },
  });
  return folder;
}

function lay(folder, names) {
  for (const name of names) fs.cpSync(at(name), path.join(folder, name), { recursive: true });
}

function writeManifest(folder, manifest) {
  fs.writeFileSync(path.join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

function packOne(from, folder) {
  const args = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder];
  const output = execFileSync('npm', args, {
    cwd: from,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 2],
  });
  const [{ name, filename, files, size, integrity }] = JSON.parse(output);
  const { shipped, largest } = bounds[name];
  const strange = files.map((file) => file.path).filter((file) => !shipped.test(file));
  if (strange.length > 0) throw new Error(`${name} holds ${strange.join(', ')}`);
  if (size > largest) throw new Error(`${name} has ${size} bytes packed, more than ${largest}`);
  const manifest = JSON.parse(fs.readFileSync(path.join(from, 'package.json'), 'utf8'));
  return { name, manifest, file: path.join(folder, filename), size, largest, integrity, files };
}

/** One line for each package and kind of file in it: sizes before and after packing. */
export function sizesOf(packed) {
  const number = (size) => size.toLocaleString('en').padStart(9);
  return packed.flatMap(({ name, size, largest, files }) => {
    const kinds = new Map();
    for (const { path: file, size: bytes } of files) {
      const kind = kindOf(file);
      kinds.set(kind, (kinds.get(kind) ?? 0) + bytes);
    }
    return [
      `${number(size)}  ${name}, packed, of at most ${largest.toLocaleString('en')}: ${files.length} files`,
      ...[...kinds].map(([kind, bytes]) => `${number(bytes)}    ${kind}`),
    ];
  });
}

function kindOf(file) {
  if (file.endsWith('.d.ts')) return 'declarations';
  if (file.endsWith('.js')) return 'javascript';
  if (/\/libtorch-.*\.node$/.test(file)) return 'addons';
  if (file.includes('liblenet_fused_')) return 'fused engine';
  return /\.(node|so)$/.test(file) ? 'other libraries' : 'texts';
}
