// What the documents name exists: a file that moves takes them with it.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const rooms = ['lib', 'native', 'test', 'scripts', 'bench', 'examples', 'docs', '.github'];
const tree = rooms.flatMap((room) =>
  readdirSync(`${root}/${room}`, { recursive: true, encoding: 'utf8' }).map(
    (path) => `/${room}/${path}`,
  ),
);
const documents = [
  'CONTRIBUTING.md',
  'README.md',
  ...readdirSync(`${root}/docs`)
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

// Paths from the root, and names of sources wherever they lie. CONTRIBUTING.md speaks of a header that is to come.
const isNamed = /^(lib|native|test|scripts|bench|examples)\/[\w./-]+$|^[\w./-]*\w\.(ts|cc|h|py)$/;
const toCome = ['native/compat.h'];

test.each(documents)('%s names files that are there', (document) => {
  const text = readFileSync(`${root}/${document}`, 'utf8');
  const spans = [...text.matchAll(/`([^`\n]+)`/g)].flatMap(([, span]) => span!.split(/\s+/));
  const missing = spans
    .filter((name) => isNamed.test(name) && !toCome.includes(name))
    .filter((name) => !tree.some((path) => path.endsWith(`/${name.replace(/\/$/, '')}`)));
  expect(missing).toEqual([]);
});

test.each(documents)('%s links to files that are there', (document) => {
  const text = readFileSync(`${root}/${document}`, 'utf8').replaceAll(/^```[\s\S]*?^```$/gm, '');
  const links = [...text.matchAll(/\]\(([^)\s#:]+)(?:#[^)]*)?\)/g)].map(([, link]) => link!);
  // What the site is made of besides: scripts/docs/pages.js.
  const made = ['chapter.md', './chapter.md', './api/index.md'];
  const missing = links
    .filter((link) => !made.includes(link))
    .filter((link) => !existsSync(resolve(root, dirname(document), link)));
  expect(missing).toEqual([]);
});

test('each room of lib/ has its paragraph', () => {
  const text = readFileSync(`${root}/docs/architecture.md`, 'utf8');
  const found = [...text.matchAll(/^\*\*(\w+)\/\*\*/gm)].map(([, room]) => room);
  const all = readdirSync(`${root}/lib`, { withFileTypes: true }).filter((each) =>
    each.isDirectory(),
  );
  expect(found.sort()).toEqual(all.map(({ name }) => name).sort());
});
