// The benchmark's own npm packages, in the cache, pinned. Without their install scripts, which download:
// onnxruntime-node brings its CPU library in the package; tfjs-node does not, and so cannot be used.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

import { cacheDir } from '../dist/libtorch/cache.js';

const versions = { 'onnxruntime-node': '1.22.0', '@tensorflow/tfjs': '4.22.0' };

/** The folder whose `node_modules` has the package; installs it on first use. */
export function npmFor(name) {
  const folder = path.join(cacheDir(), 'bench', name.replace(/\W/g, '-'));
  const stamp = path.join(folder, 'installed');
  if (fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf8') === versions[name]) return folder;
  fs.mkdirSync(folder, { recursive: true });
  const args = ['install', '--prefix', folder, '--ignore-scripts', '--no-audit', '--no-fund'];
  const { status } = spawnSync('npm', [...args, `${name}@${versions[name]}`], {
    stdio: ['ignore', 2, 2],
  });
  if (status !== 0) throw new Error(`npm install ${name} failed`);
  fs.writeFileSync(stamp, versions[name]);
  return folder;
}
