import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const lib = join(dirname(fileURLToPath(import.meta.url)), '..', 'lib');

// From the ground up. A room imports from those that stand before it, types too: whoever reads a room has to know
// only what is below.
const floors: readonly (readonly string[])[] = [
  ['error.ts'],
  ['location.ts'],
  ['argument', 'files'],
  ['http', 'libtorch'],
  ['native'],
  ['context', 'notebook'],
  ['cuda', 'tensor'],
  ['autograd', 'distributed', 'math'],
  ['nn'],
  ['transforms'],
  ['data'],
  ['optim'],
  ['models', 'observe'],
  ['engine', 'io', 'summary'],
  ['run'],
  ['training'],
  ['draw', 'serve'],
  ['live'],
  ['index.ts'],
  ['doctor'],
  ['cli'],
];

const roomOf = (file: string): string => file.split('/')[0] as string;
const floorOf = (file: string): number => floors.findIndex((rooms) => rooms.includes(roomOf(file)));

const sources = readdirSync(lib, { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.ts'),
);

/** What a file imports statically; with `types`, what it imports as types too. */
function importsOf(file: string, { types = false } = {}): string[] {
  const text = readFileSync(join(lib, file), 'utf8');
  const statements = text.matchAll(
    /^(?:import|export)\s+(type\b)?(?:[^'";]*?\sfrom\s+)?'(\.[^']+)'/gm,
  );
  return [...statements]
    .filter(([, type]) => types || type === undefined)
    .map(([, , path]) =>
      relative(lib, resolve(lib, dirname(file), path as string)).replace(/\.js$/, '.ts'),
    );
}

/** A way that leads back to its beginning; `undefined` where there is none. */
function circleIn(arrows: ReadonlyMap<string, ReadonlySet<string>>): string | undefined {
  const done = new Set<string>();
  const visit = (at: string, way: readonly string[]): string | undefined => {
    if (way.includes(at)) return [...way.slice(way.indexOf(at)), at].join(' → ');
    if (done.has(at)) return undefined;
    done.add(at);
    for (const next of arrows.get(at) ?? []) {
      const found = visit(next, [...way, at]);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  for (const start of arrows.keys()) {
    const found = visit(start, []);
    if (found !== undefined) return found;
  }
  return undefined;
}

test('every source lies in a room that has a floor, and the root holds three files', () => {
  expect(sources.filter((file) => floorOf(file) < 0)).toEqual([]);
  expect(sources.filter((file) => !file.includes('/')).sort()).toEqual([
    'error.ts',
    'index.ts',
    'location.ts',
  ]);
});

test('no import runs upward, nor to another room of the same floor; types neither', () => {
  const wrong = sources.flatMap((file) =>
    importsOf(file, { types: true })
      .filter((target) => roomOf(target) !== roomOf(file) && floorOf(target) >= floorOf(file))
      .map((target) => `${file} → ${target}`),
  );
  expect(wrong).toEqual([]);
});

// Of each folder: its files and the folders in it, each folder as one.
const folders = [...new Set(sources.map((file) => dirname(file)))].flatMap((folder) => {
  const above = [folder];
  while (above[0] !== '.') above.unshift(dirname(above[0] as string));
  return above;
});

test.each([...new Set(folders)])('nothing in %s/ goes in a circle, types neither', (folder) => {
  const partOf = (file: string): string | undefined => {
    const below = relative(folder, file);
    return below.startsWith('..') ? undefined : below.split('/')[0];
  };
  const arrows = new Map<string, Set<string>>();
  for (const file of sources) {
    const from = partOf(file);
    if (from === undefined) continue;
    for (const target of importsOf(file, { types: true })) {
      const to = partOf(target);
      if (to === undefined || to === from) continue;
      arrows.set(from, (arrows.get(from) ?? new Set()).add(to));
    }
  }
  expect(circleIn(arrows)).toBeUndefined();
});

test('one file loads binaries, one finds them', () => {
  const touching = sources.filter((file) =>
    /node-gyp-build|\.node['`]|requireBinary/.test(readFileSync(join(lib, file), 'utf8')),
  );
  expect(touching.sort()).toEqual(['native/binaries.ts', 'native/load.ts']);
});

test('one file knows in what runtimes differ', () => {
  const telling =
    /node:(v8|vm|async_hooks|inspector)|\b(Deno|Bun)\b|process\.(binding|dlopen|report)/;
  const knowing = sources.filter((file) => telling.test(readFileSync(join(lib, file), 'utf8')));
  expect(knowing).toEqual(['native/runtime.ts']);
});

test('threads are started in one place', () => {
  const starting = sources.filter((file) =>
    /node:worker_threads/.test(readFileSync(join(lib, file), 'utf8')),
  );
  expect(starting.sort()).toEqual(['data/images/thread.ts', 'data/images/threads.ts']);
});

test('importing the package loads no table of wheels for CUDA, and nothing of setup, a server or the live page', () => {
  const loaded = new Set<string>();
  const visit = (file: string): void => {
    if (loaded.has(file)) return;
    loaded.add(file);
    for (const target of importsOf(file)) visit(target);
  };
  visit('index.ts');
  const unwanted =
    /^libtorch\/(cuda\/|cudaWheels|driver|linkage|fetch|pip|python|wheel)|^(cli|doctor|http)\/|^serve\/(?!index|options)|^live\/(?!live\.ts)|^training\/guided/;
  expect([...loaded].filter((file) => unwanted.test(file))).toEqual([]);
  expect(loaded).toContain('libtorch/find.ts');
});
