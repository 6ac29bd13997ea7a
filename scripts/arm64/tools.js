// What it takes to build for 64-bit ARM and to run it elsewhere: Debian's cross compiler and qemu-user. Uses Node alone.
import { spawnSync } from 'node:child_process';

/** Of the names of the cross compiler and its tools. */
export const prefix = 'aarch64-linux-gnu-';
export const compiler = `${prefix}g++`;
const emulators = ['qemu-aarch64-static', 'qemu-aarch64'];
/** Where Debian's cross compiler has the C and C++ libraries. */
export const libraries = '/usr/aarch64-linux-gnu';

const starts = (command) => spawnSync(command, ['--version']).status === 0;
/** The command of the emulator; `undefined` where there is none. */
export const emulator = () => emulators.find(starts);

/** What has to be installed first: `'g++-aarch64-linux-gnu'`, by Debian's names. */
export function missingTools() {
  return [
    ...(starts(compiler) ? [] : ['g++-aarch64-linux-gnu']),
    ...(emulator() ? [] : ['qemu-user-static']),
    ...(starts('cmake') ? [] : ['cmake']),
    ...(starts('ninja') ? [] : ['ninja-build']),
  ];
}

/** Runs a program under emulation; what it says goes where `options` say. */
export function emulate([program, ...args], options = {}) {
  return spawnSync(emulator(), ['-L', libraries, program, ...args], {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
    ...options,
  });
}
