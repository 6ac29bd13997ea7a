// The packages for 64-bit ARM, installed as a user there would, and used under emulation.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { run } from '../run.js';
import { at } from '../stamps.js';
import { emulatedNode } from './node.js';
import { bringLibtorch, environment, lendDataSets } from './parts.js';

/**
 * @param tarballs - `lenet-torch` and the platform's package.
 * @throws {Error} With what a program said that fails.
 */
export function smokeEmulated(tarballs, say = console.error) {
  const node = emulatedNode();
  bringLibtorch();
  lendDataSets();
  const project = fs.mkdtempSync(path.join(os.tmpdir(), 'lenet-torch arm64 '));
  try {
    const manifest = { name: 'project-of-a-user', private: true };
    fs.writeFileSync(path.join(project, 'package.json'), JSON.stringify(manifest));
    const machine = ['--os=linux', '--cpu=arm64', '--libc=glibc'];
    // Without --force npm holds what is named itself against this machine, not against the one it is told.
    run('npm', ['install', '--force', '--ignore-scripts', '--no-audit', ...machine, ...tarballs], {
      cwd: project,
    });
    say('smoke: installed, for arm64');
    const inside = { cwd: project, env: environment() };
    for (const name of ['api.mjs', 'commonjs.cjs']) {
      fs.copyFileSync(at('scripts', 'smoke', name), path.join(project, name));
      run(node, [name], inside);
    }
    say('smoke: imported and trained, under emulation of arm64');
    const command = path.join('node_modules', 'lenet-torch', 'dist', 'cli', 'main.js');
    const said = run(node, [command, 'doctor'], inside);
    if (!/^Verdict: healthy$/m.test(said)) throw new Error(`doctor on arm64 says: ${said}`);
    say('smoke: healthy, says doctor there');
  } finally {
    fs.rmSync(project, { recursive: true, force: true });
  }
}
