// libtorch for CUDA, where `node scripts/cudaLibtorch.js` has brought it, with and without the imitation of
// CUDA that imitation/ has.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll } from 'vitest';

import { cudaHeaders } from '../../scripts/cudaHeaders.js';
import { pipToolFolder } from '../../scripts/pipTool.js';
import { temporaryFolder } from '../folder.js';

const home = join(pipToolFolder('cuda'), 'lenet-torch/libtorch');
const found = existsSync(home) && readdirSync(home).find((name) => name.endsWith('-cuda'));

/** Its folder `torch`; `undefined` where it is missing, or where there is a real driver. */
export const cudaLibtorch =
  found && !existsSync('/proc/driver/nvidia') ? join(home, found, 'torch') : undefined;

const here = resolve('test/cuda/imitation');

/** Compiles the imitation, for a test file; returns the environment in which programs run with it. */
export function imitate(): NodeJS.ProcessEnv {
  const folder = temporaryFolder('lenet-imitation-', afterAll);
  const library = join(folder, 'libimitation.so');
  const sources = readdirSync(here).filter((name) => name.endsWith('.cc'));
  const flags = ['-std=c++20', '-O1', '-shared', '-fPIC', '-fvisibility=hidden'];
  for (const include of cudaHeaders('13.0').split(';')) flags.push(`-I${include}`);
  // Whoever opens the driver by its name gets the imitation, which is there before.
  flags.push('-Wl,-soname,libcuda.so.1', '-o', library);
  execFileSync(process.env.CXX ?? 'c++', [...flags, ...sources], { cwd: here });
  const counts = join(folder, 'counts');
  writeFileSync(counts, Buffer.alloc(64));
  return {
    LENET_TORCH_LIBTORCH: cudaLibtorch,
    LD_PRELOAD: library,
    IMITATION_COUNTS: counts,
  };
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
