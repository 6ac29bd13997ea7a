import { describe, expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { invalid } from '../coded.js';

class List extends torch.data.Dataset<readonly unknown[]> {
  constructor(readonly items: readonly (readonly unknown[])[]) {
    super();
  }

  get length(): number {
    return this.items.length;
  }

  get(index: number): readonly unknown[] {
    return this.items[index] as readonly unknown[];
  }
}

function batches(items: unknown[][], batchSize = 1): torch.Tensor[][] {
  const all: torch.Tensor[][] = [];
  for (const batch of new torch.data.DataLoader(new List(items), { batchSize })) {
    all.push((batch as torch.Tensor[]).map((part) => part.keep()));
  }
  return all;
}

describe('the dtype of a batch follows from what the parts are, not from which numbers it holds', () => {
  test.each<[string, unknown[], string]>([
    ['whole numbers', [0, 1, -0, 7], 'int64'],
    ['whole numbers and bigints', [0, 1n, 2, 2n ** 60n + 1n], 'int64'],
    ['booleans', [true, false, true, true], 'bool'],
    ['arrays of numbers', [[1], [0.5], [2], [3]], 'float32'],
    ['arrays of bigints', [[1n], [0n], [2n], [3n]], 'int64'],
    ['tensors', [1, 0.5, 2, 3].map((each) => torch.tensor(each)), 'float32'],
  ])('%s', (_, parts, dtype) => {
    for (const size of [1, 2, 4]) {
      const all = batches(
        parts.map((part) => [part]),
        size,
      );
      expect(all.map(([tensor]) => tensor?.dtype)).toEqual(all.map(() => dtype));
    }
  });
});

test('every bit of a label is kept', () => {
  const [[labels]] = batches([[2n ** 60n + 1n], [5]], 2) as [[torch.Tensor]];
  expect(labels.tolist()).toEqual([2n ** 60n + 1n, 5]);
});

test.each<[string, unknown[][]]>([
  ['a fraction', [[0.5]]],
  ['NaN', [[Number.NaN]]],
  ['infinity', [[Number.POSITIVE_INFINITY]]],
  ['a bigint beyond int64', [[2n ** 63n]]],
  ['nothing', [[undefined]]],
  ['null', [[null]]],
  ['a function', [[() => 1]]],
  ['a word beside a number', [['cat'], [1]]],
  ['an object with another name', [[{ x: 1 }], [{ y: 1 }]]],
])('%s is an error, and says what to give', (_, items) => {
  expect(() => batches(items, items.length)).toThrow(invalid());
});

test('examples of different lengths are an error', () => {
  expect(() => batches([[1], [1, 2]], 2)).toThrow(invalid('same number of parts'));
});

test.each([
  [new List([[0], [1]])],
  [{ length: 1, 0: 0 }],
  ['01'],
  [null],
  [[0.5]],
  [[-1]],
  [[true, false]],
  [['0']],
  [[2n]],
  [new Map([[0, 1]])],
  [torch.tensor([0, 1])],
  [torch.tensor([true, false])],
  [torch.tensor(0n)],
])('a part of a data set by %o is an error', (indices) => {
  expect(() => new torch.data.Subset(new List([[0], [1]]), indices as number[])).toThrow(invalid());
});

test('a part may be told by bigints, as data() of int64 gives them', () => {
  const part = new torch.data.Subset(
    new List([[5], [6]]),
    torch.tensor([1n, 0n]).data() as BigInt64Array,
  );
  expect([part.get(0), part.get(1)]).toEqual([[6], [5]]);
});
