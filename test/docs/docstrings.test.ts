// Every public name says what it is; those that still show no example are counted, and may only become fewer.
import { fileURLToPath } from 'node:url';
import type { Symbol } from 'typescript';
import { describe, expect, test } from 'vitest';

import { pagesOf } from '../../scripts/docs/families.js';
import { readSymbols } from '../../scripts/docs/symbols.js';

interface Page {
  readonly slug: string;
  readonly entries: readonly { path: string; name: string; id: string; symbol: Symbol }[];
}

const symbols = readSymbols();
const pages: Page[] = pagesOf(symbols);
const entries = pages.flatMap(({ slug, entries }) => entries.map((each) => ({ ...each, slug })));
const isExample = ({ name }: { name: string }) => name === 'example';
// `add_` is computed from `add`, and says what that one says.
const isInPlace = ({ path, name }: { path: string; name: string }) =>
  path === 'Tensor' && name.endsWith('_');
const documented = entries.filter((each) => !isInPlace(each));

describe('docstrings', () => {
  test('all names are looked at', () => {
    expect(entries.length).toBeGreaterThan(1500);
  });

  test('each name has one', () => {
    const without = documented.filter((each) => symbols.docOfEntry(each).text === '');
    expect(without.map(({ id }) => id)).toEqual([]);
  });

  test('an in-place form is a form of something', () => {
    const names = new Set(entries.filter(({ path }) => path === 'Tensor').map(({ name }) => name));
    const lone = entries
      .filter((each) => isInPlace(each) && symbols.docOf(each.symbol).text === '')
      .filter(({ name }) => !names.has(name.slice(0, -1)));
    expect(lone.map(({ id }) => id)).toEqual([]);
  });
});

describe('examples', () => {
  // What is called or made; constants and types have nothing to show.
  const lacking = documented
    .filter(({ symbol, path }) => path === 'Tensor' || symbols.signaturesOf(symbol).length > 0)
    .filter(({ symbol }) => !symbols.docOf(symbol).tags.some(isExample));

  // A new name comes with an example. `-u` writes the list; the bound is lowered by hand, and raised by nobody.
  test('there are not fewer than there were', async () => {
    expect(lacking.length).toBeLessThanOrEqual(630);
    const byPage = pages
      .map(({ slug }) => [slug, lacking.filter((each) => each.slug === slug)] as const)
      .filter(([, names]) => names.length > 0)
      .map(([slug, names]) => `${slug}: ${names.map(({ name }) => name).join(' ')}`);
    const list = fileURLToPath(new URL('withoutExample.txt', import.meta.url));
    await expect(`${byPage.join('\n')}\n`).toMatchFileSnapshot(list);
  });
});
