import { readdirSync, type Stats, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { TorchError } from '../../error.js';
import { reasonOf } from '../../files/readError.js';
import { cacheDir, findCacheDir } from '../../libtorch/cache.js';
import { nameHome, noHome } from '../../libtorch/home.js';

/** The four files: their IDX names, unpacked sizes in bytes, and SHA-256 of the unpacked bytes. */
export const fashionMnistFiles = {
  trainImages: {
    name: 'train-images-idx3-ubyte',
    size: 47_040_016,
    sha256: 'c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888',
  },
  trainLabels: {
    name: 'train-labels-idx1-ubyte',
    size: 60_008,
    sha256: 'bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9',
  },
  testImages: {
    name: 't10k-images-idx3-ubyte',
    size: 7_840_016,
    sha256: '5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b',
  },
  testLabels: {
    name: 't10k-labels-idx1-ubyte',
    size: 10_008,
    sha256: '0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34',
  },
} as const;

/** One of the four files. */
export type Part = keyof typeof fashionMnistFiles;
/** Their keys, in the order of the table. */
export const parts = Object.keys(fashionMnistFiles) as Part[];
/** Where Debian's package dataset-fashion-mnist puts its files. */
export const debianFolder = '/usr/share/datasets/fashion-mnist';

/** Where the four files are: paths to plain or gzip IDX files. */
export interface FashionMnistLocation {
  readonly dir: string;
  readonly files: Readonly<Record<Part, string>>;
}

/** Places that differ in tests. */
export interface SourcePlaces {
  env?: NodeJS.ProcessEnv;
  /** Debian's folder. Default `/usr/share/datasets/fashion-mnist`. */
  systemDir?: string;
}

// The folders that torchvision makes in its `root`, and those that a user may name instead of it.
const foldersWithin = ['.', 'FashionMNIST/raw', 'raw', 'MNIST/raw'] as const;

/**
 * Finds Fashion-MNIST's files: in `root` alone when it is given, else in the cache, then in
 * Debian's folder. Synchronous; reads no file.
 *
 * @param root - A folder with the files, plain or `.gz`, `train-images-idx3-ubyte` or
 *   `train-images.idx3-ubyte`, or torchvision's folder above `FashionMNIST/raw` or `MNIST/raw`. What is in it is
 *   taken as it is: any data set of the same format will do.
 * @throws {TorchError} `ERR_DATA_NOT_FOUND`, naming the places and the files missing there.
 */
export function locateFashionMnist(root?: string, places: SourcePlaces = {}): FashionMnistLocation {
  return root === undefined ? locateOwn(places) : locateGiven(resolve(root));
}

function locateOwn({ env, systemDir = debianFolder }: SourcePlaces): FashionMnistLocation {
  const looked: string[] = [];
  const cache = findCacheDir(env);
  if (cache === undefined) looked.push(`the cache: ${noHome}`);
  for (const dir of [...(cache === undefined ? [] : [cachedData(env)]), systemDir]) {
    const found = lookInto(dir);
    if ('files' in found) return found;
    looked.push(`${dir} ${whyNot(dir, found.missing)}`);
  }
  const next = cache === undefined ? `First ${nameHome}` : 'Run: npx lenet-torch setup';
  throw notFound(looked, next);
}

function locateGiven(root: string): FashionMnistLocation {
  const next =
    'Name a folder with its four files (train-images-idx3-ubyte or train-images.idx3-ubyte and so on, plain ' +
    'or .gz), or one with FashionMNIST/raw or MNIST/raw in it, or run: npx lenet-torch setup';
  for (const within of foldersWithin) {
    const found = lookInto(join(root, within));
    if ('files' in found) {
      if (within.startsWith('MNIST')) warnOfDigits(found.dir);
      return found;
    }
    const { dir, missing } = found;
    // A folder that lacks some of them is the one that was meant.
    if (missing.length < parts.length) throw notFound([`${dir} ${whyNot(dir, missing)}`], next);
  }
  throw notFound([`${root} ${whyNot(root, parts)}`], next);
}

const warnedOf = new Set<string>();

// For who meant clothes: the digits would get the names of clothes, without a word.
function warnOfDigits(dir: string): void {
  if (warnedOf.has(dir)) return;
  warnedOf.add(dir);
  process.emitWarning(
    `FashionMNIST/raw is not there: taking MNIST's digits, ${dir}`,
    'TorchWarning',
  );
}

const notFound = (looked: readonly string[], next: string): TorchError =>
  new TorchError(
    'ERR_DATA_NOT_FOUND',
    `Fashion-MNIST was not found (${looked.join('; ')}). ${next}`,
  );

function lookInto(dir: string): FashionMnistLocation | { dir: string; missing: readonly Part[] } {
  const files = filesIn(dir);
  const missing = parts.filter((part) => !files[part]);
  return missing.length === 0 ? { dir, files: files as Record<Part, string> } : { dir, missing };
}

/** The first folder in `root` that has all four files, as {@link locateFashionMnist} looks for them. */
export function dataWithin(root: string): string | undefined {
  return foldersWithin
    .map((within) => join(resolve(root), within))
    .find((dir) => 'files' in lookInto(dir));
}

/** The cache's folder for the four files, unpacked. */
export function cachedData(env?: NodeJS.ProcessEnv): string {
  return join(cacheDir(env), 'datasets', 'fashion-mnist');
}

/** Those of the four files that `dir` has, plain ones first. */
export function filesIn(dir: string): Partial<Record<Part, string>> {
  const found: Partial<Record<Part, string>> = {};
  for (const part of parts) {
    const path = spellings(fashionMnistFiles[part].name)
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

function whyNot(dir: string, missing: readonly Part[]): string {
  try {
    readdirSync(dir);
    return `lacks ${missing.map((part) => fashionMnistFiles[part].name).join(', ')}`;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return 'does not exist';
    return code === 'ENOTDIR' ? 'is no folder' : `cannot be read: ${reasonOf(error)}`;
  }
}

/** Whether the cache holds the verified files. They are published by one rename, after the check. */
export function hasFashionMnist(env?: NodeJS.ProcessEnv): boolean {
  if (findCacheDir(env) === undefined) return false;
  return parts.every((part) => {
    const { name, size } = fashionMnistFiles[part];
    return look(join(cachedData(env), name))?.size === size;
  });
}
