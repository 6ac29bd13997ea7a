// Checks (or, with --write, mends) the layout of all C++ with one pinned clang-format, whose
// releases differ in layout. It comes from PyPI and is kept in the per-user cache.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { readArguments } from './arguments.js';
import { pipTool } from './pipTool.js';

const { write } = readArguments('node scripts/clang-format.js [--write]', {
  write: { type: 'boolean' },
});
const version = '23.1.5';
const root = fileURLToPath(new URL('..', import.meta.url));
const binary = path.join('clang_format', 'data', 'bin', 'clang-format');

const files = ['native', 'test/cuda/imitation'].flatMap((folder) =>
  fs
    .readdirSync(path.join(root, folder), { recursive: true })
    .filter((name) => /\.(cc|cpp|h)$/.test(name))
    .map((name) => path.join(folder, name))
    .sort(),
);
const tool = pipTool(`clang-format-${version}`, [`clang-format==${version}`], binary);
const mode = write ? ['-i'] : ['--dry-run', '-Werror'];
const settings = { cwd: root, stdio: 'inherit' };
const args = ['--style=file', ...mode, ...files];
const { status } = spawnSync(path.join(tool, binary), args, settings);
process.exitCode = status ?? 1;
if (process.exitCode !== 0) console.error('clang-format: run `npm run format`');
