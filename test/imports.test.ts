import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const lib = join(dirname(fileURLToPath(import.meta.url)), '..', 'lib');

// From the ground up: a file imports from its own level or lower ones (types may look up, for a
// forward reference costs nothing at run time).
const levels: readonly (readonly RegExp[])[] = [
  [/^(error|version)\.ts$/, /^(argument|files|libtorch)\//],
  [/^native\//],
  [/^context\//],
  [/^(cuda|tensor)\//],
  [/^(nn|optim|data)\//],
  [/^(models|observe)\//],
  [/^(engine|io|summary)\//],
  [/^run\//],
  [/^training\//],
  [/^draw\//],
  [/^index\.ts$/],
  [/^doctor\//],
  [/^cli\//],
];

const levelOf = (file: string): number =>
  levels.findIndex((patterns) => patterns.some((pattern) => pattern.test(file)));

const sources = readdirSync(lib, { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.ts'),
);

function importsOf(file: string): string[] {
  const text = readFileSync(join(lib, file), 'utf8');
  const statements = text.matchAll(
    /^(?:import|export)\s+(?!type\b)(?:[^'";]*?\sfrom\s+)?'(\.[^']+)'/gm,
  );
  return [...statements].map(([, path]) =>
    relative(lib, resolve(lib, dirname(file), path as string)).replace(/\.js$/, '.ts'),
  );
}

test('every source has a level', () => {
  expect(sources.filter((file) => levelOf(file) < 0)).toEqual([]);
  expect(sources.length).toBeGreaterThan(20);
});

test('imports go one way', () => {
  const wrong = sources.flatMap((file) =>
    importsOf(file)
      .filter((target) => levelOf(target) > levelOf(file))
      .map((target) => `${file} → ${target}`),
  );
  expect(wrong).toEqual([]);
});

test('one file loads binaries, one finds them', () => {
  const touching = sources.filter((file) =>
    /node-gyp-build|\.node['`]|requireBinary/.test(readFileSync(join(lib, file), 'utf8')),
  );
  expect(touching.sort()).toEqual(['native/binaries.ts', 'native/load.ts']);
});

test('importing the package loads no table of wheels for CUDA, and nothing of setup', () => {
  const loaded = new Set<string>();
  const visit = (file: string): void => {
    if (loaded.has(file)) return;
    loaded.add(file);
    for (const target of importsOf(file)) visit(target);
  };
  visit('index.ts');
  const unwanted =
    /^libtorch\/(cuda\/|cudaWheels|driver|linkage|fetch|pip|python|wheel)|^(cli|doctor)\//;
  expect([...loaded].filter((file) => unwanted.test(file))).toEqual([]);
  expect(loaded).toContain('libtorch/find.ts');
});
