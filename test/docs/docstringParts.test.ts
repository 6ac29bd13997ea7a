// What else a reader wants of a docstring: the defaults of options, the codes of errors, links to the right page. What is
// missing is listed, and the lists may only become shorter: `-u` writes them, the bounds are lowered by hand.
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

import { pagesOf } from '../../scripts/docs/families.js';
import { pythonName } from '../../scripts/docs/pytorch.js';
import { readSymbols } from '../../scripts/docs/symbols.js';
import { type Entry, unnamedCodes, withoutDefault } from './parts.js';

const symbols = readSymbols();
const pages: { slug: string; entries: Entry[] }[] = pagesOf(symbols);

const list = (name: string): string => fileURLToPath(new URL(`${name}.txt`, import.meta.url));

/** By page, what each name lacks: `page: name(one two) …`. */
function gaps(lackedBy: (entry: Entry) => string[]): { count: number; text: string } {
  let count = 0;
  const lines = pages.flatMap(({ slug, entries }) => {
    const found = entries.flatMap((each) => {
      const lacking = lackedBy(each);
      count += lacking.length;
      return lacking.length > 0 ? [`${each.name}(${lacking.join(' ')})`] : [];
    });
    return found.length > 0 ? [`${slug}: ${found.join(' ')}`] : [];
  });
  return { count, text: `${lines.join('\n')}\n` };
}

test('each option has its default', async () => {
  const { count, text } = gaps((each) => withoutDefault(symbols, each));
  expect(count).toBeLessThanOrEqual(399);
  await expect(text).toMatchFileSnapshot(list('withoutDefault'));
}, 240_000);

test('each code that is thrown is named', async () => {
  const { count, text } = gaps((each) => unnamedCodes(symbols, each));
  expect(count).toBeLessThanOrEqual(115);
  await expect(text).toMatchFileSnapshot(list('withoutError'));
}, 240_000);

describe("links to PyTorch's pages", () => {
  const linked = pages
    .flatMap(({ entries }) => entries)
    .flatMap((entry) => {
      const { tags }: { tags: { name: string; text: string }[] } = symbols.docOfEntry(entry);
      const links = tags.filter(({ name }) => name === 'see').map(({ text }) => text);
      return links
        .filter((each) => each.includes('docs.pytorch.org/docs/'))
        .map((link) => ({ id: entry.id, link, python: pythonName(entry) }));
    });

  test('there are some', () => {
    expect(linked.length).toBeGreaterThan(100);
  });

  // A page of one name is that name's; pages of many stand for all that is on them.
  test('a page of one name is of this name', () => {
    const wrong = linked.filter(({ link, python }) => {
      const page = /\/generated\/(torch\.[\w.]+)\.html/.exec(link)?.[1];
      return (
        page !== undefined &&
        python !== undefined &&
        page.split('.').at(-1) !== python.split('.').at(-1)
      );
    });
    expect(wrong.map(({ id, link }) => `${id}: ${link}`)).toEqual([]);
  });
});
