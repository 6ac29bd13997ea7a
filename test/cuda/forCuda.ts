// libtorch for CUDA, where `node scripts/cudaLibtorch.js` has brought it, with and without the imitation of
// CUDA that imitation/ has.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll } from 'vitest';

import { findLibtorch } from '../../lib/libtorch/find.js';
import { cudaHeaders } from '../../scripts/cudaHeaders.js';
import { pipToolFolder } from '../../scripts/pipTool.js';
import { temporaryFolder } from '../folder.js';

const home = join(pipToolFolder('cuda'), 'lenet-torch/libtorch');
const found = existsSync(home) && readdirSync(home).find((name) => name.endsWith('-cuda'));

/** Its folder `torch`; `undefined` where it is missing, or where there is a real driver. */
export const cudaLibtorch =
  found && !existsSync('/proc/driver/nvidia') ? join(home, found, 'torch') : undefined;

const here = resolve('test/cuda/imitation');
const cudaIncludes = () => cudaHeaders('13.0').split(';');

// Compiles all sources of a folder into a library.
function compile(folder: string, output: string, includes: string[], more: string[]): void {
  const sources = readdirSync(folder).filter((name) => name.endsWith('.cc'));
  const flags = ['-std=c++20', '-O1', '-shared', '-fPIC', '-fvisibility=hidden', '-o', output];
  const places = includes.map((include) => `-I${include}`);
  execFileSync(process.env.CXX ?? 'c++', [...flags, ...places, ...sources, ...more], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

/** Compiles the imitation, for a test file; returns the environment in which programs run with it. */
export function imitate(): NodeJS.ProcessEnv {
  const folder = temporaryFolder('lenet-imitation-', afterAll);
  const library = join(folder, 'libimitation.so');
  // Whoever opens the driver by its name gets the imitation, which is there before.
  compile(here, library, cudaIncludes(), ['-Wl,-soname,libcuda.so.1']);
  const counts = join(folder, 'counts');
  writeFileSync(counts, Buffer.alloc(64));
  return {
    LENET_TORCH_LIBTORCH: cudaLibtorch,
    LD_PRELOAD: library,
    IMITATION_COUNTS: counts,
  };
}

/** As {@link imitate}; operators compute what they should, on the CPU. */
export function imitateWithArithmetic(): NodeJS.ProcessEnv {
  const addon = join(temporaryFolder('lenet-arithmetic-', afterAll), 'arithmetic.node');
  const includes = [
    ...cudaIncludes(),
    findLibtorch().includeDir as string,
    resolve('node_modules/node-api-headers/include'),
  ];
  const libraries = ['-lc10', '-lc10_cuda', '-ltorch_cpu'];
  compile(join(here, 'arithmetic'), addon, includes, [`-L${cudaLibtorch}/lib`, ...libraries]);
  return {
    ...imitate(),
    IMITATION_ARITHMETIC: addon,
    NODE_OPTIONS: `--import ${pathToFileURL(join(here, 'arithmetic.mjs'))}`,
  };
}

/** Runs one of the GPU's own test files. @returns How many of its tests passed, and what it said. */
export function runGpuTests(file: string, env: NodeJS.ProcessEnv) {
  const args = ['--test', '--test-reporter=tap', join('test/gpu', file)];
  // Inside another run of node:test, a run would report to that one.
  const { NODE_TEST_CONTEXT: _, ...own } = process.env;
  const { stdout } = spawnSync(process.execPath, args, {
    env: { ...own, ...env },
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  const count = (what: string) => Number(new RegExp(`^# ${what} (\\d+)$`, 'm').exec(stdout)?.[1]);
  return { passed: count('pass'), failed: count('fail'), said: stdout };
}

/** What a program returns: the body of an async function that has what imitation/program.mjs exports. */
export function say(env: NodeJS.ProcessEnv, body: string): unknown {
  const names = 'torch, native, cuda, said, counts, counted, images, train';
  const program = `import { ${names} } from ${JSON.stringify(join(here, 'program.mjs'))};
    console.log(JSON.stringify(await (async () => { ${body} })()));`;
  const args = ['--input-type=module', '-e', program];
  const { stdout, stderr, status } = spawnSync(process.execPath, args, {
    env: { ...process.env, ...env },
    encoding: 'utf8',
    timeout: 120_000,
  });
  if (status !== 0 || stderr !== '') throw new Error(`status ${status}: ${stdout}${stderr}`);
  return JSON.parse(stdout);
}
