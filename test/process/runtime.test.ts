// Runtimes that lack what Node has: everything computes, and memory is given back.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const at = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

function run(kind: string, child = 'runtime.child.mjs') {
  const args = ['--expose-gc', '--import', new URL('withoutHooks.mjs', import.meta.url).href];
  const text = execFileSync(process.execPath, [...args, at(child)], {
    encoding: 'utf8',
    env: { ...process.env, WITHOUT_HOOKS: kind },
  });
  return JSON.parse(text);
}

const node = run('');

test('Node can watch promises', () => {
  expect(node).toMatchObject({ watched: true, afterScope: 1, survived: [1, 1] });
  expect(node.looped.left).toBe(0);
  expect(node.trained.map(({ engine }: { engine: string }) => engine)).toEqual(['eager', 'fused']);
});

test.each(['missing', 'throwing'])(
  'promise hooks: %s: the same numbers, and no memory more',
  (kind) => {
    expect(run(kind)).toEqual({ ...node, watched: false });
  },
);

// Where it cannot be seen that a task waits, its scope takes nothing, and what it made is collected.
test.each([
  ['', 0],
  ['missing', 1000],
])('a hundred tasks take turns, no tensor is released early (promise hooks: %s)', (kind, late) => {
  expect(run(kind, 'stretches.child.mjs')).toEqual({ made: 12_000, early: [], late, left: 0 });
});
