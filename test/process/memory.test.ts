import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const child = fileURLToPath(new URL('memory.child.mjs', import.meta.url));
const long = process.env.LENET_TORCH_LONG === '1';

// The first twenty models fill the allocators' pools, some 30 MB; then memory is flat.
test.each([
  ['models', long ? 200 : 60],
  ['loaders', long ? 1000 : 300],
  ['workers', long ? 100 : 12],
])('%s one after another leave nothing behind', (what, count) => {
  const args = ['--expose-gc', child, what, `${count}`];
  const grown = JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' }));
  // Models and tensors of the last rounds may wait for the collector.
  expect(grown.tensors).toBeLessThan(100);
  expect(grown.megabytes).toBeLessThan(30);
});
