import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const child = fileURLToPath(new URL('memory.child.mjs', import.meta.url));
const long = process.env.LENET_TORCH_LONG === '1';

// Seven seconds; on a machine with other work much more, for libtorch's threads wait for each other.
const timeout = (long ? 30 : 4) * 60_000;

// As the package sets it, the allocator keeps up to 100 MB for the next model, and when it takes them is
// chance. Here it gives back at once what is freed, so that resident memory is what is in use.
const env = {
  ...process.env,
  MALLOC_ARENA_MAX: '1',
  MALLOC_MMAP_THRESHOLD_: `${1 << 20}`,
  MALLOC_TRIM_THRESHOLD_: `${1 << 20}`,
  // Of pages of 2 MB the kernel makes small ones and large ones again, now and then: over 150 models they came and went
  // by 4 MB, and no more.
  THP_MEM_ALLOC_ENABLE: '0',
};

// The parameters of `models` are 0.18 MB each, the data of `loaders` 0.2 MB.
test.each([
  { what: 'models', count: long ? 200 : 60, most: 5 },
  { what: 'loaders', count: long ? 1000 : 300, most: 5 },
  { what: 'workers', count: long ? 100 : 24, most: 10 },
])('$what one after another leave nothing behind', { timeout }, ({ what, count, most }) => {
  const args = ['--expose-gc', child, what, `${count}`];
  const grown = JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8', env }));
  expect(grown.tensors).toBe(0);
  expect(grown.megabytes).toBeLessThan(most);
});
