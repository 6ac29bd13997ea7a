// Tensors of megabytes lie in pages of 2 MB where the system has them: a shuffled epoch meets another page with each image.
import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { zeros } from '../../lib/index.js';

const setting = '/sys/kernel/mm/transparent_hugepage/enabled';
const hasThem = existsSync(setting) && !readFileSync(setting, 'utf8').includes('[never]');

function largePages(): number {
  const text = readFileSync('/proc/self/smaps_rollup', 'utf8');
  return Number(/AnonHugePages:\s+(\d+) kB/.exec(text)?.[1]) * 1024;
}

test.skipIf(!hasThem)('a large tensor lies in large pages', () => {
  const before = largePages();
  const large = zeros([64 << 20], { dtype: 'uint8' });
  // A part of it at least: memory may be in pieces. What else this process holds is given back meanwhile, perhaps.
  expect(largePages() - before).toBeGreaterThan(16 << 20);
  large.dispose();
});

test('the environment is as it was', () => {
  expect(process.env.THP_MEM_ALLOC_ENABLE).toBeUndefined();
});
