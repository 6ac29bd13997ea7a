import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

import { fashionMnist } from '../../lib/data/sets/idxSets.js';
import { locateSet } from '../../lib/data/sets/locate.js';
import { cacheDir } from '../../lib/libtorch/cache.js';
import { findLibtorch } from '../../lib/libtorch/find.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
// Its flag lost a word in Node.js 23.5; the old one is known a while longer.
const [major = 0] = process.versions.node.split('.').map(Number);
const permission = major >= 24 ? '--permission' : '--experimental-permission';
const folders = [cacheDir(), findLibtorch().root, locateSet(fashionMnist).dir]
  .filter((dir) => fs.existsSync(dir))
  .flatMap((dir) => [dir, fs.realpathSync(dir)]);
// Node.js 20 aborts where a path is named twice, or lies in another.
const reads = [...new Set(folders)]
  .filter((dir) => !folders.some((other) => dir.startsWith(`${other}/`)))
  .map((dir) => `--allow-fs-read=${dir}`);

function permitted(...flags: string[]): string {
  const program = `await import('${root}dist/index.js').then(
    async (torch) => {
      const logits = await torch.predict(new torch.LeNet(), torch.zeros([1, 1, 28, 28]));
      console.log(logits.shape, new torch.data.FashionMNIST({ train: false }).length);
    },
    ({ code, message }) => console.log(code, message),
  );`;
  const more = [permission, '--no-warnings', `--allow-fs-read=${root.slice(0, -1)}`, ...flags];
  const options = { encoding: 'utf8', cwd: root, timeout: 60_000 } as const;
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [...more, '--input-type=module', '-e', program],
    options,
  );
  return stdout + stderr;
}

test("with Node's permissions: what is needed, and what is said without it", () => {
  expect(permitted('--allow-addons', ...reads)).toBe('[ 1, 10 ] 10000\n');
  expect(permitted(...reads)).toMatch(
    /^ERR_LIBTORCH_LOAD .* Start Node\.js with --allow-addons\n$/,
  );
  expect(permitted('--allow-addons')).toMatch(/^ERR_LIBTORCH_NOT_FOUND .*--allow-fs-read/);
});
