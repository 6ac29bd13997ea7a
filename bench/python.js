// The benchmark's own Python environment, in the cache: made once, with pinned packages.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

import { cacheDir } from '../dist/libtorch/cache.js';

const packages = {
  pytorch: ['torch==2.11.0', 'torchvision==0.26.0', 'onnx==1.19.0', 'numpy==2.2.6'],
  jax: ['jax==0.7.2', 'numpy==2.2.6'],
};

function run(command, args, what) {
  const { status, error } = spawnSync(command, args, { stdio: ['ignore', 2, 2] });
  if (error || status !== 0) {
    throw new Error(`${what} failed: ${error?.message ?? `exit code ${status}`}`);
  }
}

/** The Python interpreter that has the packages of `peer`; installs them on first use. */
export function pythonFor(peer) {
  const folder = path.join(cacheDir(), 'bench', peer);
  const python = path.join(folder, 'bin', 'python');
  const stamp = path.join(folder, 'installed.json');
  const wanted = JSON.stringify(packages[peer]);
  if (fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf8') === wanted) return python;
  console.error(`installing ${packages[peer].join(', ')} for the benchmark (a few GB, once)`);
  fs.rmSync(folder, { recursive: true, force: true });
  run('python3', ['-m', 'venv', folder], 'python3 -m venv');
  run(python, ['-m', 'pip', 'install', '--quiet', ...packages[peer]], 'pip install');
  fs.writeFileSync(stamp, wanted);
  return python;
}
