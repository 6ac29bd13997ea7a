// Values, refusals and identities of torch.autograd held against what scripts/recording/autograd.py recorded.
import { expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { difference, type EncodedTensor } from '../parity/values.js';
import { recorded } from '../recorded.js';
import { scenarios } from './scenarios.js';

type Tree = EncodedTensor | string | number | boolean | null | Tree[];
const reference = recorded<Record<string, Tree>>('autograd');

function* differences(found: unknown, wanted: Tree, path: string): IterableIterator<string> {
  if (Array.isArray(wanted)) {
    const list = Array.isArray(found) ? found : [];
    if (list.length !== wanted.length) yield `${path}: expected ${wanted.length}, got ${found}`;
    for (const [i, each] of wanted.entries()) yield* differences(list[i], each, `${path}[${i}]`);
  } else if (typeof wanted === 'object' && wanted !== null) {
    const wrong = difference(found, wanted);
    if (wrong !== undefined) yield `${path}: ${wrong}`;
  } else if (found !== wanted) {
    yield `${path}: expected ${wanted}, got ${found}`;
  }
}

test('the scenarios are the same on both sides', () => {
  expect(Object.keys(scenarios)).toEqual(Object.keys(reference));
});

test.each(Object.entries(reference))('%s', (name, wanted) => {
  torch.manualSeed(1);
  if (typeof wanted === 'string' && wanted.startsWith('error')) {
    expect(scenarios[name]!).toThrow(/./);
    return;
  }
  expect([...differences(scenarios[name]!(), wanted, name)]).toEqual([]);
});
