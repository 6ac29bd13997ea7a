import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { familySync } from 'detect-libc';

import { TorchError } from '../error.js';
import { referenceMinor } from '../libtorch/version.js';
import { packageFolder, version } from '../location.js';

const require = createRequire(import.meta.url);

/** Platforms that there are packages of binaries for: `@lenet-torch/linux-x64`. */
export const prebuiltPlatforms: readonly string[] = ['linux-x64', 'linux-arm64'];

/** The binaries of an installation. */
export interface Binaries {
  /** The addon that opens shared libraries. */
  readonly loader: string;
  /** Where the addons and the fused engine's libraries lie. */
  readonly folder: string;
  /** libtorch's minor versions that have an addon here, the one to prefer first. */
  readonly minors: readonly string[];
}

/** Where to look, and on what machine. */
export interface BinariesOptions {
  /** The package's folder. */
  root?: string;
  /** The package's version, which that of the platform has too. */
  release?: string;
  /** `'linux-x64'`, `'linux-arm64-musl'`, `'darwin-arm64'`. Default: this process's. */
  platform?: string;
}

/** What this process runs on, `'linux-x64'`; musl is named, glibc is not. */
export function platformName(): string {
  const libc = process.platform === 'linux' && familySync() === 'musl' ? '-musl' : '';
  return `${process.platform}-${process.arch}${libc}`;
}

/** The addon's file for a minor version of libtorch. */
export function addonFile({ folder }: Binaries, minor: string): string {
  return join(folder, `libtorch-${minor}.node`);
}

/**
 * Finds the binaries, and loads none. In a clone that has built them they lie below `build/`, with
 * an addon for one version; `prebuilds/<platform>/` has one for each. npm installs that folder in a package of the
 * platform's own, `@lenet-torch/<platform>`; in a clone it lies beside the sources.
 *
 * @throws {TorchError} `ERR_UNSUPPORTED_PLATFORM` where no binaries are made for the platform;
 *   `ERR_ADDON_NOT_FOUND` where they are made and missing, or of another release.
 */
export function findBinaries(options: BinariesOptions = {}): Binaries {
  const root = options.root ?? packageFolder;
  const built = join(root, 'build', 'Release');
  // node-gyp-build's own switch: what users will get, in a clone.
  const isBuilt = !process.env.PREBUILDS_ONLY && existsSync(built);
  const platform = options.platform ?? platformName();
  if (!isBuilt && !prebuiltPlatforms.includes(platform)) throw unsupported(platform);
  if (isBuilt) {
    return binariesIn(join(root, 'build/loader'), built) ?? missing(`${built} is not complete`);
  }
  const own = join(root, 'prebuilds', platform);
  if (existsSync(own)) return binariesIn(root) ?? missing(`${own} is not complete`);
  const home = platformPackage(root, platform, options.release ?? version);
  return (
    binariesIn(home) ?? missing(`${join(home, 'prebuilds', platform)} is not complete`, platform)
  );
}

function binariesIn(home: string, addons?: string): Binaries | undefined {
  try {
    // In prebuilds/ it takes the file with the most specific name: only the loader's names its libc.
    const loader = nodeGypBuild().path(home);
    const folder = addons ?? dirname(loader);
    const minors = minorsIn(folder);
    if (minors.length > 0 && basename(loader).startsWith('loader.'))
      return { loader, folder, minors };
  } catch (error) {
    if (!(error as Error).message.startsWith('No native build was found')) throw error;
  }
  return undefined;
}

// As a program in the package's folder would find it, wherever an installer has put it.
function platformPackage(root: string, platform: string, release: string): string {
  const name = `@lenet-torch/${platform}`;
  let file: string;
  try {
    file = createRequire(join(root, 'package.json')).resolve(`${name}/package.json`);
  } catch {
    return missing(`${name} is not installed beside it`, platform);
  }
  const found = (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
  if (found !== release) {
    missing(`${name} beside it is of release ${found}, lenet-torch of ${release}`, platform);
  }
  return dirname(file);
}

function missing(what: string, platform?: string): never {
  const clone = 'in a clone of its repository run: npm run setup';
  const next = platform
    ? `It is an optional dependency: install again with these, and on this platform (npm install --include=optional); ${clone}`
    : `Install the package again; ${clone}`;
  throw new TorchError(
    'ERR_ADDON_NOT_FOUND',
    `the addon is missing from this installation: ${what}. ${next}. Where a build has ` +
      "copied the files that it traced, as for Next.js's standalone output, name these too: node_modules/@lenet-torch/**",
  );
}

// It asks for a file of Alpine's, which Node's permissions may not let it look at, unless it is told.
function nodeGypBuild(): { path(folder: string): string } {
  const before = process.env.LIBC;
  process.env.LIBC ??= familySync() === 'musl' ? 'musl' : 'glibc';
  try {
    return require('node-gyp-build');
  } finally {
    if (before === undefined) delete process.env.LIBC;
  }
}

/** The minor versions of libtorch that can be used here; where there is no addon yet, the one to build for. */
export function fittingMinors(): readonly string[] {
  try {
    return findBinaries().minors;
  } catch {
    return [referenceMinor];
  }
}

function minorsIn(folder: string): string[] {
  const rank = (minor: string) =>
    minor === referenceMinor ? Number.POSITIVE_INFINITY : Number(minor.split('.')[1]);
  return readdirSync(folder)
    .flatMap((name) => /^libtorch-(\d+\.\d+)\.node$/.exec(name)?.[1] ?? [])
    .sort((a, b) => rank(b) - rank(a));
}

function unsupported(platform: string): TorchError {
  // Setup knows no wheels of libtorch for it: somebody has to have one.
  const source = platform.startsWith('linux-')
    ? 'To build from source, clone the repository of lenet-torch and run there, with LENET_TORCH_LIBTORCH set to a libtorch ' +
      `${referenceMinor} for this machine that has its headers: npm run setup`
    : 'It runs on Linux only, where it can be built from source too: use a container or a virtual machine';
  return new TorchError(
    'ERR_UNSUPPORTED_PLATFORM',
    `lenet-torch has no prebuilt binary for ${platform}, only for ${prebuiltPlatforms.join(', ')} with glibc. ${source}`,
  );
}
