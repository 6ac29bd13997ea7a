// What the site's pages have to have, which nobody would miss in time.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

import { definition } from '../../lib/cli/program.js';
import { made, sections, written } from '../../scripts/docs/sidebar.js';
import { commandsPage } from './commands.js';

const at = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const read = (path: string) => readFileSync(at(path), 'utf8');

test('each page of docs/ stands in the sidebar, once', () => {
  const listed = sections.flatMap(({ pages }) => pages.map(([page]) => page));
  expect(listed.filter((page, i) => listed.indexOf(page) !== i)).toEqual([]);
  const pages = [...written(), ...Object.keys(made)].filter((page) => page !== 'index');
  expect(pages.filter((page) => !listed.includes(page))).toEqual([]);
});

test('each code has a row in troubleshooting', () => {
  const codes = [...read('lib/error.ts').matchAll(/^ {2}\| '(\w+)'/gm)].map(([, code]) => code!);
  expect(codes.length).toBeGreaterThan(50);
  const text = read('docs/troubleshooting.md');
  const rows = [...text.matchAll(/^\| `(\w+)`/gm)].map(([, code]) => code!);
  expect(codes.filter((code) => !rows.includes(code))).toEqual([]);
  expect(rows.filter((row) => row.startsWith('ERR_') && !codes.includes(row))).toEqual([]);
  expect(rows.filter((row, i) => rows.indexOf(row) !== i)).toEqual([]);
});

test("the page of commands is the commands' own", async () => {
  await expect(commandsPage(await definition())).toMatchFileSnapshot(at('docs/commands.md'));
});

test('README can be read in three minutes', () => {
  expect(read('README.md').split('\n').length).toBeLessThan(180);
});
