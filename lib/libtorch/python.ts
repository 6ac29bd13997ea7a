import { execFile } from 'node:child_process';
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { cacheDir, makeFolder } from './cache.js';
import { choiceFile, inspectLibtorch } from './find.js';
import { referenceMinor } from './version.js';

const run = promisify(execFile);
// Finds the package without importing it: importing torch takes seconds.
const script =
  "import importlib.util as u; s = u.find_spec('torch'); print(s.submodule_search_locations[0] if s else '')";

/** Where an installed Python `torch` was looked for. */
export interface PythonOptions {
  env?: NodeJS.ProcessEnv;
  minors?: readonly string[];
  /** Only one that has C++ headers fits. Default false. */
  headers?: boolean;
  signal?: AbortSignal;
}

/**
 * The folder of an installed Python `torch` that fits and whose libraries resolve, if there is one.
 * Starts Python and `ldd`: for setup only, never for import.
 */
export async function findPythonTorch(options: PythonOptions = {}): Promise<string | undefined> {
  const env = options.env ?? process.env;
  // Python looks in the current folder first, where a folder named torch may be anything.
  const settings = {
    env,
    cwd: '/',
    timeout: 10_000,
    ...(options.signal && { signal: options.signal }),
  };
  for (const python of ['python3', 'python']) {
    try {
      const folder = (await run(python, ['-c', script], settings)).stdout.trim();
      if (!folder) continue;
      const seen = inspectLibtorch(folder, options.minors ?? [referenceMinor]);
      if ('reason' in seen || (options.headers && !seen.includeDir)) continue;
      const { stdout } = await run('ldd', [join(seen.libDir, 'libtorch_cpu.so')], settings);
      if (!stdout.includes('not found')) return seen.root;
    } catch (error) {
      // No such Python, or a broken one, or libraries of another platform: no candidate.
      if (options.signal?.aborted) throw error;
    }
  }
  return undefined;
}

/** Records which libtorch import shall use from now on; `undefined` forgets the record. */
export async function recordChoice(
  root: string | undefined,
  env: NodeJS.ProcessEnv = process.env,
): Promise<void> {
  const cache = cacheDir(env);
  if (root === undefined) {
    await rm(choiceFile(cache), { force: true });
    return;
  }
  makeFolder(cache);
  const draft = `${choiceFile(cache)}.${process.pid}`;
  await writeFile(draft, `${JSON.stringify({ root }, null, 2)}\n`);
  await rename(draft, choiceFile(cache));
}
