import { existsSync, readFileSync, readlinkSync } from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';

import { TorchError } from '../error.js';
import { look } from '../files/look.js';
import { findCacheDir } from './cache.js';
import { foreignArchitecture } from './elf.js';
import { nameHome, noHome } from './home.js';
import { listOf, minorOf, referenceMinor, releases } from './version.js';

/** Who said where libtorch is. */
export type LibtorchSource = 'LENET_TORCH_LIBTORCH' | 'choice recorded at setup' | 'cache';

/** A libtorch on this machine. */
export interface Libtorch {
  /** The libtorch folder, or Python's `torch` folder. */
  readonly root: string;
  readonly libDir: string;
  /** Folder of `ATen/ATen.h`, when the headers are there. */
  readonly includeDir?: string;
  /** As libtorch names itself: `'2.11.0+cu130'`. */
  readonly version: string;
  /** Whether `libtorch_cuda.so` is there; it may still miss its driver. */
  readonly hasCuda: boolean;
  readonly from: LibtorchSource;
}

/** A place that was looked at; `reason` says why it was not taken. */
export interface LibtorchPlace {
  readonly from: LibtorchSource;
  readonly path?: string;
  readonly reason?: string;
  readonly code?: Refusal['code'];
}

/** What to look for. */
export interface FindOptions {
  env?: NodeJS.ProcessEnv;
  /** Minor versions that fit. Default: the reference version's. */
  minors?: readonly string[];
}

/** Name of the record that a finished download leaves beside its `torch` folder. */
export const manifestName = 'lenet-torch.json';

/** What a download was made for: the CPU alone, or NVIDIA's GPUs too. */
export type Variant = 'cpu' | 'cuda';

/** The variants, preferred ones first: the one for CUDA is only there when it was asked for. */
export const variants: readonly Variant[] = ['cuda', 'cpu'];

/** Where the download of `version` lives in the cache; its libtorch is `torch/` inside. */
export function cachedFolder(cache: string, version: string, variant: Variant = 'cpu'): string {
  return join(cache, 'libtorch', `${version}-${variant}`);
}

/** Whether a libtorch is one of setup's downloads: setup has verified its files, and would bring the same. */
export function isDownload(root: string, env: NodeJS.ProcessEnv = process.env): boolean {
  const cache = findCacheDir(env);
  return cache !== undefined && root.startsWith(join(cache, 'libtorch', sep));
}

/** The file that records which libtorch setup chose. */
export function choiceFile(cache: string): string {
  return join(cache, 'libtorch-choice.json');
}

/** Why a folder's libtorch is not taken. */
export interface Refusal {
  readonly reason: string;
  /** Default: there is none. */
  readonly code?: 'ERR_LIBTORCH_VERSION' | undefined;
}

type Inspection = Omit<Libtorch, 'from'> | Refusal;

/**
 * Looks at one folder: a libtorch folder, a Python `torch` folder, or the `site-packages` above it.
 * Reads two small files and the headers of two libraries.
 */
export function inspectLibtorch(folder: string, minors: readonly string[]): Inspection {
  const path = resolve(folder);
  if (!existsSync(path)) return { reason: whyMissing(path) };
  if (!look(path)?.isDirectory()) return { reason: 'it is no folder' };
  const root = existsSync(join(path, 'torch', 'lib')) ? join(path, 'torch') : path;
  const libDir = join(root, 'lib');
  for (const name of ['libtorch_cpu.so', 'libc10.so']) {
    if (!look(join(libDir, name))?.size) {
      return { reason: `it has no lib/${name}` };
    }
    const foreign = foreignArchitecture(join(libDir, name));
    if (foreign) return { reason: foreign };
  }
  const version = versionOf(root);
  if (!version) return { reason: 'it has no version.py or build-version that names its version' };
  if (!minors.includes(minorOf(version))) {
    const reason = `its version is ${version}, needed is ${listOf(minors)}`;
    return { code: 'ERR_LIBTORCH_VERSION', reason };
  }
  const includeDir = join(root, 'include');
  return {
    root,
    libDir,
    ...(existsSync(join(includeDir, 'ATen', 'ATen.h')) && { includeDir }),
    version,
    hasCuda: existsSync(join(libDir, 'libtorch_cuda.so')),
  };
}

function whyMissing(path: string): string {
  try {
    return `it is a symbolic link to ${readlinkSync(path)}, which is not there`;
  } catch {
    return 'no such folder';
  }
}

function versionOf(root: string): string | undefined {
  const python = readText(join(root, 'version.py'));
  const named = python && /^__version__\s*=\s*['"](\d+\.\d+[^'"]*)['"]/m.exec(python)?.[1];
  return named || /^\d+\.\d+\S*/.exec(readText(join(root, 'build-version')) ?? '')?.[0];
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/**
 * The cache's copy of `version`. Its manifest names every unpacked library with its size, so that
 * a damaged copy is seen without reading 450 MB.
 */
export function inspectCached(
  cache: string,
  version: string,
  variant: Variant = 'cpu',
): Inspection {
  const folder = cachedFolder(cache, version, variant);
  if (!existsSync(folder)) return { reason: 'not downloaded yet' };
  const text = readText(join(folder, manifestName));
  if (!text) return { reason: `incomplete: it has no ${manifestName}` };
  try {
    const { files } = JSON.parse(text) as { files: Record<string, number> };
    for (const [name, size] of Object.entries(files)) {
      if (look(join(folder, name))?.size !== size) {
        return { reason: `damaged: ${name} is missing or not ${size} bytes long` };
      }
    }
  } catch {
    return { reason: `damaged: ${manifestName} cannot be read` };
  }
  return inspectLibtorch(join(folder, 'torch'), [minorOf(version)]);
}

/** Every place of the search order up to the one that was taken, if any. */
export function searchLibtorch(options: FindOptions = {}): {
  found?: Libtorch;
  places: LibtorchPlace[];
} {
  const env = options.env ?? process.env;
  const minors = options.minors ?? [referenceMinor];
  const places: LibtorchPlace[] = [];
  const consider = (from: LibtorchSource, path: string, seen: Inspection) => {
    if ('reason' in seen) {
      places.push({ from, path, ...seen });
      return undefined;
    }
    places.push({ from, path });
    return { found: { ...seen, from }, places };
  };

  const named = env.LENET_TORCH_LIBTORCH;
  if (named) {
    // Named by the user: where it does not fit, taking another one silently would be worse.
    return consider('LENET_TORCH_LIBTORCH', named, inspectLibtorch(named, minors)) ?? { places };
  }
  places.push({ from: 'LENET_TORCH_LIBTORCH', reason: 'not set' });

  const cache = findCacheDir(env);
  if (cache === undefined) {
    places.push({ from: 'cache', reason: noHome });
    return { places };
  }
  const downloads = downloadsOf(cache, minors);
  const chosen = readChoice(cache);
  if (chosen) {
    // A download of ours has a manifest to compare with, chosen or not.
    const ours = downloads.find(({ folder }) => chosen === join(folder, 'torch'));
    const seen = ours?.inspect() ?? inspectLibtorch(chosen, minors);
    const taken = consider('choice recorded at setup', chosen, seen);
    if (taken) return taken;
  } else {
    places.push({ from: 'choice recorded at setup', reason: 'none' });
  }

  for (const { folder, inspect } of downloads) {
    const taken = consider('cache', folder, inspect());
    if (taken) return taken;
  }
  return { places };
}

interface Download {
  readonly folder: string;
  readonly inspect: () => Inspection;
}

// What the cache may hold for these minor versions. The larger downloads for CUDA are made on request
// only: one that is not there is not worth a word.
function downloadsOf(cache: string, minors: readonly string[]): Download[] {
  return minors.flatMap((minor) => {
    const version = releases[minor]?.version;
    if (!version) return [];
    return variants
      .map((variant) => ({
        folder: cachedFolder(cache, version, variant),
        inspect: () => inspectCached(cache, version, variant),
        variant,
      }))
      .filter(({ folder, variant }) => variant === 'cpu' || existsSync(folder));
  });
}

/** The folder that setup recorded, whether it is still there or not. */
export function readChoice(cache: string): string | undefined {
  try {
    const { root } = JSON.parse(readFileSync(choiceFile(cache), 'utf8')) as { root?: unknown };
    return typeof root === 'string' ? root : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Finds libtorch: `LENET_TORCH_LIBTORCH` → the choice recorded at setup → the cache.
 * Synchronous and quick (a dozen stat calls): the package's import calls it.
 *
 * @param options.minors - Minor versions that fit. Default `['2.11']`.
 * @throws {TorchError} `ERR_LIBTORCH_NOT_FOUND`, or `ERR_LIBTORCH_VERSION` when
 *   `LENET_TORCH_LIBTORCH` names another version; the message lists every place with its reason.
 */
export function findLibtorch(options: FindOptions = {}): Libtorch {
  const { found, places } = searchLibtorch(options);
  if (found) return found;
  const needed = listOf(options.minors ?? [referenceMinor]);
  const last = places[0];
  if (last?.path !== undefined && last.from === 'LENET_TORCH_LIBTORCH') {
    throw new TorchError(
      last.code ?? 'ERR_LIBTORCH_NOT_FOUND',
      `LENET_TORCH_LIBTORCH is ${last.path}, but ${last.reason}. Name a folder of libtorch ${needed}, ` +
        'or unset it and run: npx lenet-torch setup',
    );
  }
  const looked = places.map(
    ({ from, path, reason }) => `${from}${path ? ` (${path})` : ''}: ${reason}`,
  );
  const isHomeless = places.some(({ reason }) => reason === noHome);
  const next = isHomeless ? `First ${nameHome}` : 'Run: npx lenet-torch setup';
  throw new TorchError(
    'ERR_LIBTORCH_NOT_FOUND',
    `libtorch ${needed} was not found. ${next} (looked at ${looked.join('; ')})`,
  );
}

/**
 * The libtorch that this process has loaded, in place of the one that was found meanwhile: setup may have recorded
 * another choice beneath a running server, or a worker may name another folder. Two copies in one process would
 * abort it.
 *
 * @param path - Of the loaded `libtorch_cpu.so`.
 * @throws {TorchError} `ERR_LIBTORCH_LOAD` where it cannot stand in: another version than
 *   `LENET_TORCH_LIBTORCH` names, or one without CUDA; or one that does not fit this package.
 */
export function loadedAlready(wanted: Libtorch, path: string, minors: readonly string[]): Libtorch {
  const seen = inspectLibtorch(dirname(dirname(path)), minors);
  const release = (version: string): string => version.replace(/\+.*/, '');
  const isNamed = wanted.from === 'LENET_TORCH_LIBTORCH';
  if (!('reason' in seen)) {
    const fits =
      release(seen.version) === release(wanted.version) && (seen.hasCuda || !wanted.hasCuda);
    if (fits || !isNamed) return { ...seen, from: wanted.from };
  }
  const loaded = 'reason' in seen ? `a libtorch (${seen.reason})` : `libtorch ${seen.version}`;
  throw new TorchError(
    'ERR_LIBTORCH_LOAD',
    `${loaded} is loaded in this process already, from ${dirname(path)}, and a process can have one only: ` +
      `libtorch ${wanted.version} in ${wanted.root} (${wanted.from}) needs a process of its own, or name the ` +
      'same folder in all threads',
  );
}
