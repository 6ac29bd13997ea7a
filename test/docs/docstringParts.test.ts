// What else a reader wants of a docstring: the defaults of options, the codes of errors, links to the right page.
import { describe, expect, test } from 'vitest';

import { pagesOf } from '../../scripts/docs/families.js';
import { pythonName } from '../../scripts/docs/pytorch.js';
import { readSymbols } from '../../scripts/docs/symbols.js';
import { type Entry, unnamedCodes, withoutDefault } from './parts.js';

const symbols = readSymbols();
const pages: { slug: string; entries: Entry[] }[] = pagesOf(symbols);

/** What each name lacks: `page: name(one two)`. */
const gaps = (lackedBy: (entry: Entry) => string[]): string[] =>
  pages.flatMap(({ slug, entries }) =>
    entries.flatMap((each) => {
      const lacking = lackedBy(each);
      return lacking.length > 0 ? [`${slug}: ${each.name}(${lacking.join(' ')})`] : [];
    }),
  );

test('each option has its default', () => {
  expect(gaps((each) => withoutDefault(symbols, each))).toEqual([]);
}, 240_000);

// A throw in what these call, which their calls do not come to.
const unreachable: Record<string, string> = {
  'Tensor-cpu ERR_CUDA_UNAVAILABLE': 'the CPU is always there',
  'nn-utils-rnn-invertPermutation ERR_INVALID_ARG': 'it counts by `arange(n)`, of an integer',
  'data-ImageFolder ERR_INVALID_ARG': 'its base is given one of `extensions` and `isValidFile`',
  'cuda-currentDevice ERR_INVALID_ARG': 'it names no device',
  'cuda-CUDAGraph ERR_INVALID_ARG': 'it names no device',
  'cuda-graphPoolHandle ERR_INVALID_ARG': 'it names no device',
  'cuda-emptyCache ERR_INVALID_ARG': 'it names no device',
  'cuda-Event ERR_INVALID_ARG': 'it names no device',
};

test('each code that is thrown is named', () => {
  const found = pages.flatMap(({ entries }) =>
    entries.flatMap((each) => unnamedCodes(symbols, each).map((code) => `${each.id} ${code}`)),
  );
  expect(found.sort()).toEqual(Object.keys(unreachable).sort());
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
