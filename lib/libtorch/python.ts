import { execFile } from 'node:child_process';
import { rename, rm, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';

import { cacheDir, fileError, makeFolder } from './cache.js';
import { explainLinkage } from './explain.js';
import { choiceFile, inspectLibtorch } from './find.js';
import { inspectLinkage } from './linkage.js';
import { referenceMinor } from './version.js';

const run = promisify(execFile);
// Finds the package without importing it: importing torch takes seconds.
const script =
  "import importlib.util as u; s = u.find_spec('torch'); print(s.submodule_search_locations[0] if s else '')";

/** Where an installed Python `torch` is looked for, and what fits. */
export interface PythonOptions {
  env?: NodeJS.ProcessEnv;
  minors?: readonly string[];
  /** Only one that has C++ headers fits. Default false. */
  headers?: boolean;
  /** Only one with, or without, the libraries for CUDA fits. Default: both. */
  cuda?: boolean | undefined;
  /** The interpreters to ask. Default `python3`, then `python`. */
  pythons?: readonly string[];
  signal?: AbortSignal;
}

/** The torch of an interpreter: its folder, or why it was not taken. */
export type PythonTorch = { readonly root: string } | { readonly reasons: readonly string[] };

/**
 * The folder of an installed Python `torch` that fits and whose libraries resolve, or why each
 * interpreter has none. Starts Python and `ldd`: for setup only, never for import.
 */
export async function findPythonTorch(options: PythonOptions = {}): Promise<PythonTorch> {
  const reasons: string[] = [];
  for (const python of options.pythons ?? ['python3', 'python']) {
    const seen = await askPython(python, options);
    if (!('reason' in seen)) return seen;
    reasons.push(`${python}: ${seen.reason}`);
  }
  return { reasons };
}

async function askPython(
  python: string,
  options: PythonOptions,
): Promise<{ root: string } | { reason: string }> {
  const env = options.env ?? process.env;
  let folder: string;
  try {
    // Python looks in the current folder first, where a folder named torch may be anything.
    const settings = { env, cwd: '/', timeout: 10_000 };
    const { signal } = options;
    const { stdout } = await run(python, ['-c', script], {
      ...settings,
      ...(signal && { signal }),
    });
    folder = stdout.trim();
  } catch (error) {
    if (options.signal?.aborted) throw error;
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    return { reason: missing ? 'no such command' : 'it does not start' };
  }
  if (!folder) return { reason: 'it has no torch' };
  const seen = inspectLibtorch(folder, options.minors ?? [referenceMinor]);
  if ('reason' in seen) return { reason: `its torch does not fit: ${seen.reason}` };
  if (options.headers && !seen.includeDir) return { reason: 'its torch has no C++ headers' };
  if (options.cuda !== undefined && options.cuda !== seen.hasCuda) {
    return { reason: `its torch is built ${seen.hasCuda ? 'for' : 'without'} CUDA` };
  }
  const problem = explainLinkage(
    await inspectLinkage(seen.libDir, { env, signal: options.signal }),
  );
  return problem ? { reason: `its torch does not load: ${problem}` } : { root: seen.root };
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
  try {
    await writeFile(draft, `${JSON.stringify({ root }, null, 2)}\n`);
    await rename(draft, choiceFile(cache));
  } catch (error) {
    throw fileError(error, cache);
  }
}
