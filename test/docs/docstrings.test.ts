// Every public name says what it is, and shows an example where it is called.
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
    .filter((each) => !symbols.docOfEntry(each).tags.some(isExample));

  test('each that is called has one', () => {
    expect(lacking.map(({ id }) => id)).toEqual([]);
  });
});
