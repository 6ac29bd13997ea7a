import { accessSync, constants, existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';

import { fashionMnist } from '../data/sets/idxSets.js';
import { locateSet } from '../data/sets/locate.js';
import { findCacheDir, gigabytes } from '../libtorch/cache.js';
import { cachedLibtorchs } from '../libtorch/contents.js';
import { nameHome, noHome } from '../libtorch/home.js';
import type { Problem, Section } from './section.js';

/** The cache with what is in it, free disk, and the data set. */
export async function storageSection(env: NodeJS.ProcessEnv): Promise<Section> {
  const problems: Problem[] = [];
  const cache = findCacheDir(env);
  if (cache === undefined) {
    problems.push({ text: noHome, next: nameHome, minor: true });
    const facts = { cache: null, 'Fashion-MNIST': data(env, problems) };
    return { name: 'Storage', facts, problems };
  }
  // Before the first setup, the folder that it would be made in counts.
  let folder = cache;
  while (!existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder);
  let writable = true;
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    writable = false;
    problems.push({
      text: `the cache ${cache} cannot be written (${(error as NodeJS.ErrnoException).code} at ${folder})`,
      next: `make ${folder} writable, or set XDG_CACHE_HOME to a folder that is`,
      minor: true,
    });
  }
  const { bavail, bsize } = await statfs(folder);
  const downloads = (await cachedLibtorchs(env)).map(
    ({ version, variant, bytes, problem }) =>
      `libtorch ${version} for ${variant}, ${gigabytes(bytes)}${problem ? ` (${problem})` : ''}`,
  );
  return {
    name: 'Storage',
    facts: {
      cache: `${cache}${writable ? '' : ' (not writable)'}`,
      holds: downloads,
      'free disk': gigabytes(bavail * bsize),
      'Fashion-MNIST': data(env, problems),
    },
    problems,
  };
}

function data(env: NodeJS.ProcessEnv, problems: Problem[]): string {
  try {
    return locateSet(fashionMnist, undefined, { env }).dir;
  } catch (error) {
    problems.push({ text: (error as Error).message, next: 'npx lenet-torch setup', minor: true });
    return 'not there';
  }
}
