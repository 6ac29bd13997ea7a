// Two copies of the package in one process: each works, and a warning says that there are two.
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';

import { temporaryFolder } from '../folder.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The package a second time, in a folder of its own. */
function copy(): string {
  const folder = temporaryFolder('lenet-torch-copy-');
  const binaries = ['build/Release', 'build/loader/build/Release'];
  for (const name of ['dist', 'package.json', ...binaries]) {
    cpSync(join(root, name), join(folder, name), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

const indexOf = (folder: string) => pathToFileURL(join(folder, 'dist/index.js')).href;

test('both work, neither takes from the other, and it is said once that there are two', () => {
  const folder = copy();
  const program = `
    const [a, b] = [await import(${JSON.stringify(indexOf(root))}), await import(${JSON.stringify(indexOf(folder))})];
    for (const torch of [a, b]) console.log((await torch.predict(new torch.LeNet(), torch.zeros(1, 1, 28, 28))).shape.join());
    try { b.ones(2).add(a.ones(2)); } catch ({ code }) { console.log(code); }`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    encoding: 'utf8',
  });
  expect(stdout).toBe('1,10\n1,10\nERR_INVALID_ARG\n');
  expect(stderr.match(/TorchWarning: .*/g)).toEqual([
    expect.stringMatching(/two copies of lenet-torch are in use, .*npm ls lenet-torch/),
  ]);
  expect(stderr).toContain(folder);
});

test('one copy that is evaluated again is no second one', () => {
  const url = indexOf(root).replace('index.js', 'torch.js');
  const program = `await import('${url}'); await import('${url}?again');`;
  const output = execFileSync(process.execPath, ['--input-type=module', '-e', program], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  expect(output).toBe('');
});
