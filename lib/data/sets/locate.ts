import { readdirSync, type Stats, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { TorchError } from '../../error.js';
import { reasonOf } from '../../files/readError.js';
import { cacheDir, findCacheDir } from '../../libtorch/cache.js';
import { nameHome, noHome } from '../../libtorch/home.js';
import { bringing, type IdxSet, type Part, parts } from './idxSets.js';

/** Where the four files are: paths to plain or gzip IDX files. */
export interface SetLocation {
  readonly dir: string;
  readonly files: Readonly<Record<Part, string>>;
}

/** Places that differ in tests. */
export interface SourcePlaces {
  env?: NodeJS.ProcessEnv;
  /** The folder of Debian's package. Default: where it puts the set. */
  systemDir?: string | undefined;
}

// The folders that torchvision makes in its `root`, and those that a user may name instead of it.
const foldersOf = ({ python, likeness }: IdxSet): string[] => [
  '.',
  `${python}/raw`,
  'raw',
  ...(likeness === undefined ? [] : [`${likeness.python}/raw`]),
];

/**
 * Finds a set's files: in `root` alone when it is given, else in the cache, then in the folder of Debian's
 * package. Synchronous; reads no file.
 *
 * @param root - A folder with the files, plain or `.gz`, `train-images-idx3-ubyte` or
 *   `train-images.idx3-ubyte`, or torchvision's folder above `FashionMNIST/raw` or `MNIST/raw`. What is in it is
 *   taken as it is: any data set of the same format will do.
 * @throws {TorchError} `ERR_DATA_NOT_FOUND`, naming the places and the files missing there.
 */
export function locateSet(set: IdxSet, root?: string, places: SourcePlaces = {}): SetLocation {
  return root === undefined ? locateOwn(set, places) : locateGiven(set, resolve(root));
}

function locateOwn(
  set: IdxSet,
  { env, systemDir = set.debian?.folder }: SourcePlaces,
): SetLocation {
  const looked: string[] = [];
  const cache = findCacheDir(env);
  if (cache === undefined) looked.push(`the cache: ${noHome}`);
  const own = [cache && cachedData(set, env), systemDir];
  for (const dir of own.filter((each) => each !== undefined)) {
    const found = lookInto(set, dir);
    if ('files' in found) return found;
    looked.push(`${dir} ${whyNot(set, dir, found.missing)}`);
  }
  const next = cache === undefined ? `First ${nameHome}` : `Run: ${bringing(set)}`;
  throw notFound(set, looked, next);
}

function locateGiven(set: IdxSet, root: string): SetLocation {
  const folders = foldersOf(set);
  const raw = folders.filter((within) => within.endsWith('/raw')).join(' or ');
  const { name } = set.files.trainImages;
  const next =
    `Name a folder with its four files (${name} or ${name.replace('-idx', '.idx')} and so on, plain or .gz), or one ` +
    `with ${raw} in it, or run: ${bringing(set)}`;
  for (const within of folders) {
    const found = lookInto(set, join(root, within));
    if ('files' in found) {
      if (within === `${set.likeness?.python}/raw`) warnOfLikeness(set, found.dir);
      return found;
    }
    const { dir, missing } = found;
    // A folder that lacks some of them is the one that was meant.
    if (missing.length < parts.length) {
      throw notFound(set, [`${dir} ${whyNot(set, dir, missing)}`], next);
    }
  }
  throw notFound(set, [`${root} ${whyNot(set, root, parts)}`], next);
}

const warnedOf = new Set<string>();

// For who meant clothes: the digits would get the names of clothes, without a word.
function warnOfLikeness({ python, likeness }: IdxSet, dir: string): void {
  if (warnedOf.has(dir)) return;
  warnedOf.add(dir);
  process.emitWarning(
    `${python}/raw is not there: taking ${likeness!.python}'s ${likeness!.images}, ${dir}`,
    'TorchWarning',
  );
}

const notFound = ({ name }: IdxSet, looked: readonly string[], next: string): TorchError =>
  new TorchError('ERR_DATA_NOT_FOUND', `${name} was not found (${looked.join('; ')}). ${next}`);

function lookInto(
  set: IdxSet,
  dir: string,
): SetLocation | { dir: string; missing: readonly Part[] } {
  const files = filesIn(set, dir);
  const missing = parts.filter((part) => !files[part]);
  return missing.length === 0 ? { dir, files: files as Record<Part, string> } : { dir, missing };
}

/** The first folder in `root` that has all four files, as {@link locateSet} looks for them. */
export function dataWithin(set: IdxSet, root: string): string | undefined {
  return foldersOf(set)
    .map((within) => join(resolve(root), within))
    .find((dir) => 'files' in lookInto(set, dir));
}

/** The cache's folder for a set's files, unpacked. */
export function cachedData(set: IdxSet, env?: NodeJS.ProcessEnv): string {
  return join(cacheDir(env), 'datasets', set.folder);
}

/** Those of the four files that `dir` has, plain ones first. */
export function filesIn(set: IdxSet, dir: string): Partial<Record<Part, string>> {
  const found: Partial<Record<Part, string>> = {};
  for (const part of parts) {
    const path = spellings(set.files[part].name)
      .map((name) => join(dir, name))
      .find((name) => look(name)?.isFile());
    if (path) found[part] = path;
  }
  return found;
}

// `train-images-idx3-ubyte`, or `train-images.idx3-ubyte` as some archives have it, or a folder of that name
// around it, which unpacking makes on some systems.
function spellings(name: string): string[] {
  const both = [name, name.replace('-idx', '.idx')];
  const plain = [...both, ...both.map((each) => `${each}/${each}`)];
  return [...plain, ...both.map((each) => `${each}.gz`)];
}

// What cannot be looked at cannot be read either.
function look(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

function whyNot(set: IdxSet, dir: string, missing: readonly Part[]): string {
  try {
    readdirSync(dir);
    return `lacks ${missing.map((part) => set.files[part].name).join(', ')}`;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return 'does not exist';
    return code === 'ENOTDIR' ? 'is no folder' : `cannot be read: ${reasonOf(error)}`;
  }
}

/** Whether the cache holds the verified files. They are published by one rename, after the check. */
export function hasSet(set: IdxSet, env?: NodeJS.ProcessEnv): boolean {
  if (findCacheDir(env) === undefined) return false;
  return parts.every((part) => {
    const { name, size } = set.files[part];
    return look(join(cachedData(set, env), name))?.size === size;
  });
}
