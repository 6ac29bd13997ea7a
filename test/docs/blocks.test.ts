// What documents and docstrings show in TypeScript compiles, runs, and gives what they say it gives.
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { modules, runnable, typeFaults } from '../../scripts/docs/blocks.js';
import { temporaryFolder } from '../folder.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const all = modules();
const run = all.filter(({ isRun }) => isRun);
// Inside the package, so that `import 'lenet-torch'` finds it.
const folder = join(root, 'build', 'docs-blocks');

test('there are some', () => {
  expect(run.length).toBeGreaterThan(12);
});

test('they compile', () => {
  const faults = typeFaults(all, folder);
  expect([...faults].map(([place, messages]) => `${place}: ${messages.join('; ')}`)).toEqual([]);
}, 120_000);

describe('they run', () => {
  const results = new Map<string, { error?: string; wrong: unknown[] }>();

  beforeAll(() => {
    mkdirSync(folder, { recursive: true });
    const names = run.map((each) => {
      const name = each.name.replace(/ts$/, 'mjs');
      writeFileSync(join(folder, name), runnable(each));
      return name;
    });
    const runner = join(root, 'scripts', 'docs', 'runBlocks.js');
    const { stdout, stderr } = spawnSync(process.execPath, [runner, folder, ...names], {
      cwd: temporaryFolder('lenet-torch-docs-', afterAll),
      encoding: 'utf8',
      maxBuffer: 1 << 26,
    });
    for (const line of stdout.split('\n').filter((each) => each.startsWith('{"name"'))) {
      const { name, ...rest } = JSON.parse(line);
      results.set(name.replace(/mjs$/, 'ts'), rest);
    }
    // A block that ends the process takes all after it along.
    if (results.size < names.length) throw new Error(stderr);
  }, 240_000);

  test.each(run)('$place', ({ name }) => {
    expect(results.get(name)).toEqual({ wrong: [] });
  });
});
