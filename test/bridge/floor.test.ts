// What is built with this machine's compiler has to load where libtorch itself does.
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { searchLibtorch } from '../../lib/libtorch/find.js';
import { findBinaries } from '../../lib/native/binaries.js';
import { beyondFloor, floor, neededVersions } from '../../scripts/floor.js';

const { folder, loader, minors } = findBinaries();
const files = [loader, ...readdirSync(folder).map((name) => join(folder, name))].filter((file) =>
  /\.(node|so)$/.test(file),
);

test.runIf(process.arch === 'x64').each(files.map((file) => [basename(file), file]))(
  '%s needs no newer symbols than the floor',
  (_, file) => {
    expect(neededVersions(file)).not.toEqual([]);
    expect(beyondFloor(file)).toEqual([]);
  },
);

const { found } = searchLibtorch({ minors });
const libtorch = join(found!.libDir, 'libtorch_cpu.so');

test('the floor is libtorch’s own', () => {
  const needed = neededVersions(libtorch);
  for (const version of floor) expect(needed).toContain(version);
});

test('what is above a floor is named', () => {
  const lower = floor.map((version) => version.replace('GLIBC_2.28', 'GLIBC_2.17'));
  expect(beyondFloor(libtorch, lower)).toContainEqual(
    expect.stringMatching(/^libtorch_cpu\.so: \w+ GLIBC_2\.28$/),
  );
});
