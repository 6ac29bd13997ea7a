import { describe, expect, test } from 'vitest';

import type { DType } from '../../lib/index.js';
import * as torch from '../../lib/index.js';
import { coded, invalid } from '../coded.js';
import { tensorsInUse } from '../garbage.js';
import { recorded } from '../recorded.js';

// As scripts/recording/indexing.py writes them.
type Part =
  | number
  | boolean
  | null
  | string
  | unknown[]
  | { s: [number | null, number | null, number | null] }
  | { t: [DType, unknown] };
type Value = number | boolean | { t: [DType, number[]] };

interface Indexing {
  names: string[];
  reads: [number[], Part[], 0 | [number[], number, number, number]][];
  writes: [number[], DType, Part[], Value, 0 | (number | null)[]][];
}

const { names, reads, writes } = recorded<Indexing>('indexing');

type Anything = (...parts: unknown[]) => torch.Tensor;
const at = (x: torch.Tensor, parts: unknown[]): torch.Tensor => (x.at as Anything).apply(x, parts);

// Integers one way and another: what they are written as must not matter.
function integers(list: number[], i: number): unknown {
  if (i % 4 === 1) return Int32Array.from(list);
  if (i % 4 === 2) return BigInt64Array.from(list, BigInt);
  return i % 4 === 3 ? list.map(BigInt) : list;
}

function partOf(part: Part, i: number): unknown {
  if (Array.isArray(part)) {
    return part.every((each) => typeof each === 'number') ? integers(part as number[], i) : part;
  }
  if (typeof part === 'number') return i % 3 === 0 ? BigInt(part) : part;
  if (part === null || typeof part !== 'object') return part;
  if ('t' in part) return torch.tensor(part.t[1] as number[], { dtype: part.t[0] });
  const [start, end, step] = part.s;
  return i % 2 === 0 ? { start, end, step } : { ...(start !== null && { start }), end, step };
}

const count = (shape: number[]): number => shape.reduce((a, b) => a * b, 1);

const weighed = (tensor: torch.Tensor): number =>
  [tensor.tolist()]
    .flat(Number.POSITIVE_INFINITY as 1)
    .reduce<number>((sum, value, i) => sum + (i + 1) * Number(value), 0);

// What is compared, or 0 where an error with a code comes.
function attempt<T>(run: () => T): T | 0 | string {
  try {
    return run();
  } catch (error) {
    const { code } = error as { code?: string };
    return /^ERR_/.test(code ?? '') ? 0 : `without a code: ${error}`;
  }
}

function differences<Case>(cases: Case[], found: (each: Case, i: number) => [unknown, unknown]) {
  return cases.flatMap((each, i) => {
    const [got, wanted] = torch.tidy(() => found(each, i));
    return JSON.stringify(got) === JSON.stringify(wanted)
      ? []
      : [`${JSON.stringify(each)} got ${JSON.stringify(got)}`];
  });
}

test('x.at(…) is what x[…] is in PyTorch: values, shapes, views, history, errors', () => {
  const wrong = differences(reads, ([shape, parts, wanted], i) => {
    const given = parts.map((part) => partOf(part, i));
    const got = attempt(() => {
      const leaf = torch.arange(count(shape), { dtype: 'float32' }).reshape(shape).requiresGrad_();
      const plain = torch.arange(count(shape)).reshape(shape);
      const { gradFn } = at(leaf, given);
      const result = at(plain, given);
      const before = weighed(result);
      result.fill_(-1);
      return [result.shape, before, weighed(plain), names.indexOf(gradFn as string)];
    });
    return [got, wanted];
  });
  expect(wrong.slice(0, 5)).toEqual([]);
  expect(reads.length).toBeGreaterThan(1500);
});

test('x.set(…, v) is what x[…] = v is in PyTorch: values, gradients, errors', () => {
  const wrong = differences(writes, ([shape, dtype, parts, value, wanted], i) => {
    const got = attempt(() => {
      const leaves: torch.Tensor[] = [];
      const isFloat = dtype === 'float32';
      const base = torch.arange(count(shape)).reshape(shape).to(dtype);
      if (isFloat) leaves.push(base.requiresGrad_());
      let given: unknown = value;
      if (typeof value === 'object') {
        const [kind, sizes] = value.t;
        const tensor = torch.arange(count(sizes)).reshape(sizes).add(50).to(kind);
        if (isFloat && kind === 'float32') leaves.push(tensor.requiresGrad_());
        given = tensor;
      }
      const target = base.clone();
      const index = parts.map((part) => partOf(part, i)) as torch.Index[];
      target.set(index, given as torch.Tensor);
      const result: (number | null)[] = [weighed(target)];
      if (!isFloat) return result;
      const weights = torch.arange(1, count(shape) + 1, { dtype: 'float32' }).reshape(shape);
      target.mul(weights).sum().backward();
      return [...result, ...leaves.map(({ grad }) => grad && weighed(grad))];
    });
    return [got, wanted];
  });
  expect(wrong.slice(0, 5)).toEqual([]);
  expect(writes.length).toBeGreaterThan(1500);
});

describe('what is no index is an error, and nothing is read or written', () => {
  const x = (): torch.Tensor => torch.arange(6).view([3, 2]);
  // Beside other parts they are an index; Python takes them for several parts, and warns.
  const alone: unknown[] = [[[0, 1]], [torch.tensor(0n)]];
  const wrong: [string, unknown][] = [
    ['a Map', new Map([['start', 1]])],
    ['a Set', new Set([0])],
    ['a promise', Promise.resolve(0)],
    ['a Date', new Date()],
    ['an object of a class', new (class Range {})()],
    ['an object with inherited bounds', Object.create({ start: 1 })],
    ['a misspelt key', { stp: 2 }],
    ["Python's stop", { stop: 1 }],
    ['a fraction', 0.5],
    ['NaN', Number.NaN],
    ['infinity', Number.POSITIVE_INFINITY],
    ['undefined', undefined],
    ['a function', () => 0],
    ['a symbol', Symbol('x')],
    ['another word', '1:2'],
    ['digits', '0'],
    ['a step backwards', { step: -1 }],
    ['a step of nothing', { step: 0 }],
    ['a bound that is a word', { start: '1' }],
    ['a bound that is no integer', { end: 1.5 }],
    ['a bound that is NaN', { end: Number.NaN }],
    ['a bound that is a float tensor', { end: torch.tensor(1) }],
    ['a list with a fraction', [0, 0.5]],
    ['a list with a word', ['0']],
    ['a list with a hole', [0, undefined]],
    ['a list with null', [null]],
    ['a list with a slice', [{ start: 0 }]],
    ['a list of lists alone', alone[0]],
    ['a list of tensors alone', alone[1]],
    ['a ragged list', [[0, 1], [0]]],
    ['floats', new Float32Array([0, 1])],
    ['bytes', new Uint8Array([0, 1])],
    ['a buffer', Buffer.from([0, 1])],
    ['a DataView', new DataView(new ArrayBuffer(8))],
  ];
  test.each(wrong)('%s', (_, part) => {
    const tensor = x();
    const invalid = expect.objectContaining({ code: 'ERR_INVALID_ARG' });
    expect(attemptError(() => at(tensor, [part]))).toEqual(invalid);
    expect(attemptError(() => tensor.set([part as number], 9))).toEqual(invalid);
    if (alone.includes(part)) return;
    expect(attemptError(() => tensor.set([0, part as number], 9))).toEqual(invalid);
    expect(tensor.equal(x())).toBe(true);
  });
});

function attemptError(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return { code: (error as { code?: string }).code };
  }
}

test.each([[[1, 2]], ['1'], [null], [undefined], [{}], [new Float32Array(2)]])(
  'what cannot be assigned is an error: %o',
  (value) => {
    const x = torch.zeros(3, 2);
    expect(() => x.set([0], value as unknown as number)).toThrow(
      expect.objectContaining({ code: 'ERR_INVALID_ARG' }),
    );
    expect(x.sum().item()).toBe(0);
  },
);

test('parts to be set come in an array: a lone one could be meant as a list of them', () => {
  const x = torch.tensor([
    [1, -2],
    [-3, 4],
  ]);
  expect(x.set([x.lt(0)], 0).tolist()).toEqual([
    [1, 0],
    [0, 4],
  ]);
  for (const part of [0, x.lt(0), '...', { start: 1 }, new Int32Array([0]), null]) {
    expect(() => x.set(part as never, 1)).toThrow(
      invalid('set: parts: expected an array of parts'),
    );
  }
});

test('bounds may be tensors, bigints beyond any dimension, or missing as in Python', () => {
  const x = torch.arange(5);
  const end = torch.tensor(2n);
  expect(x.at({ end } as unknown as torch.Slice).tolist()).toEqual([0, 1]);
  expect(x.at({ start: -(10n ** 30n), end: 10n ** 30n }).tolist()).toEqual([0, 1, 2, 3, 4]);
  expect(x.at({ start: null, end: null, step: 2 }).tolist()).toEqual([0, 2, 4]);
  expect(() => x.at(10n ** 30n)).toThrow('out of range');
});

test('tensors made for lists do not stay', async () => {
  const x = torch.arange(6).view([3, 2]);
  const before = await tensorsInUse();
  x.at([0, 2], [true, false]).dispose();
  x.set([[0, 2]], 1).set([true], 2);
  expect(torch.memory().tensors).toBe(before);
});

test('a number is not assigned to memory that stands for several elements, as in Python', () => {
  const x = torch.zeros(1, 3).expand(2, 3);
  expect(() => x.set(['...'], 1)).toThrow(coded('ERR_LIBTORCH', 'single memory location'));
  x.set([0], 1);
  expect(x.tolist()).toEqual([
    [1, 1, 1],
    [1, 1, 1],
  ]);
});
