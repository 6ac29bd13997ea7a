import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';

import { temporaryFolder } from '../folder.js';
import { inUseAddon } from '../inUse.js';

const child = fileURLToPath(new URL('memory.child.mjs', import.meta.url));
const long = process.env.LENET_TORCH_LONG === '1';

// Seven seconds; on a machine with other work much more, for libtorch's threads wait for each other.
const timeout = (long ? 30 : 4) * 60_000;

const addon = inUseAddon(temporaryFolder('lenet-torch-memory-', afterAll));

// The parameters of `models` are 180 KB each, the data of `loaders` 200 KB. Of a model 4 KB stay, V8's own; of a
// worker 15 KB, small pieces that glibc keeps for a thread, until after some fifty there are enough.
test.each([
  { what: 'models', count: long ? 200 : 60, most: 10 },
  { what: 'loaders', count: long ? 1000 : 300, most: 2 },
  { what: 'workers', count: long ? 100 : 24, most: 40 },
])('$what one after another leave nothing behind', { timeout }, ({ what, count, most }) => {
  const args = ['--expose-gc', child, what, `${count}`, addon];
  const grown = JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' }));
  expect(grown.tensors).toBe(0);
  expect(grown.kilobytes).toBeLessThan(most);
});
