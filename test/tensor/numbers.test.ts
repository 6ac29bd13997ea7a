import { describe, expect, test } from 'vitest';

import type { DType, Tensor } from '../../lib/index.js';
import * as torch from '../../lib/index.js';
import { recorded } from '../recorded.js';

interface Numbers {
  numbers: string[];
  cases: Record<string, Record<string, string[]>>;
}

const { numbers, cases } = recorded<Numbers>('numbers');

type Value = number | bigint | boolean;

function valueOf(text: string): Value {
  if (text === 'true' || text === 'false') return text === 'true';
  return text.endsWith('n') ? BigInt(text.slice(0, -1)) : Number(text);
}

const zeros = (dtype: DType): Tensor => torch.zeros(1, { dtype });
const makers: Record<string, (value: Value, dtype: DType) => Tensor> = {
  tensor: (value, dtype) => torch.tensor([value], { dtype }),
  full: (value, dtype) => torch.full([1], value, { dtype }),
  fullLike: (value, dtype) => torch.fullLike(zeros(dtype), value),
  fill_: (value, dtype) => zeros(dtype).fill_(value),
  set: (value, dtype) => zeros(dtype).set([0], value),
  setRows: (value, dtype) => zeros(dtype).set([[0]], value),
  maskedFill: (value, dtype) => zeros(dtype).maskedFill(torch.tensor([true]), value),
};
const operators: Record<string, (value: Value, x: Tensor) => Tensor> = {
  add: (value, x) => x.add(value),
  mul: (value, x) => x.mul(value),
  eq: (value, x) => x.eq(value),
  ne: (value, x) => x.ne(value),
  lt: (value, x) => x.lt(value),
  ge: (value, x) => x.ge(value),
  where: (value, x) => x.where(torch.tensor([false]), value),
  clamp: (value, x) => x.clamp({ max: value as number }),
  remainder: (value, x) => x.remainder(value),
};

// As Python writes it, as far as numbers of JavaScript can.
function written(value: Value | null, wanted: string): string {
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value !== 'number') return String(value);
  const python = { inf: Number.POSITIVE_INFINITY, '-inf': Number.NEGATIVE_INFINITY }[wanted];
  const number = python ?? (wanted === 'nan' ? Number.NaN : Number(wanted));
  return Object.is(number, value) ? wanted : `${Object.is(value, -0) ? '-0' : value}`;
}

function outcome(run: () => Tensor, dtype: string, wanted: string): string {
  let result: Tensor;
  try {
    result = run();
  } catch (error) {
    const { code } = error as { code?: string };
    return /^ERR_/.test(code ?? '') ? '!' : `without a code: ${error}`;
  }
  if (result.dtype === 'complex64') {
    const parts = torch.ops.aten.view_as_real?.(result).tolist()[0] as number[];
    const texts = wanted.split(',');
    return parts.map((part, i) => written(part, texts[i] ?? '')).join(',');
  }
  const text = written(result.item(), wanted.split(' ')[0] as string);
  return result.dtype === dtype ? text : `${text} ${result.dtype}`;
}

describe('a number becomes what PyTorch makes of it, or an error', () => {
  test.each(Object.keys(cases))('%s', (name) => {
    const wrong = Object.entries(cases[name] ?? {}).flatMap(([dtype, results]) =>
      results.flatMap((wanted, i) => {
        const text = numbers[i] as string;
        const value = valueOf(text);
        const run = () =>
          makers[name]?.(value, dtype as DType) ??
          operators[name]?.(value, torch.ones(1, { dtype: dtype as DType }));
        const got = torch.tidy(() => outcome(run as () => Tensor, dtype, wanted));
        return got === wanted ? [] : [`${name}(${text}, ${dtype}): ${got}, in PyTorch ${wanted}`];
      }),
    );
    expect(wrong).toEqual([]);
  });
});

const invalid = expect.objectContaining({ code: 'ERR_INVALID_ARG' });

describe('arrays of several kinds', () => {
  test.each<[unknown[], string, unknown[]]>([
    [[1n, 2.5], 'float32', [1, 2.5]],
    [[2, 1n], 'float32', [2, 1]],
    [[true, 2, 3], 'float32', [1, 2, 3]],
    [[false, 0.5, 3n], 'float32', [0, 0.5, 3]],
    [[true, 2n], 'int64', [1, 2]],
    [[2n ** 60n + 1n, false], 'int64', [2n ** 60n + 1n, 0]],
    [[true, false], 'bool', [true, false]],
    [[], 'float32', []],
  ])('%o become %s', (list, dtype, elements) => {
    const tensor = torch.tensor(list as number[]);
    expect([tensor.dtype, tensor.tolist()]).toEqual([dtype, elements]);
  });

  test('nested ones too, wherever the number stands', () => {
    expect(torch.tensor([[1n], [2.5]]).tolist()).toEqual([[1], [2.5]]);
  });

  test.each([
    [[0, 2n ** 60n + 1n]],
    [[2n ** 24n + 1n, true, 0.5]],
    [[2n ** 63n]],
    [[1, null]],
    [['1']],
    [[10n ** 400n, 0.5]],
  ])('%o is an error', (list) => {
    expect(() => torch.tensor(list as number[])).toThrow(invalid);
  });
});

describe('typed arrays as another dtype', () => {
  test.each<[ArrayLike<number | bigint>, DType, unknown[]]>([
    [new Float32Array([2.5, -2.5]), 'int8', [2, -2]],
    [new Float64Array([2 ** 63, 0]), 'uint64', [2n ** 63n, 0]],
    [new Uint8Array([0, 255]), 'int64', [0, 255]],
    [new Int16Array([-1, 7]), 'int64', [-1, 7]],
    [new Int32Array([-1, 7]), 'uint8', [255, 7]],
    [new BigInt64Array([7n]), 'uint64', [7]],
    [new BigInt64Array([2n ** 53n + 1n]), 'float64', [2 ** 53]],
    [new Uint32Array([7, 0]), 'bool', [true, false]],
    [new Float64Array([-0]), 'float16', [-0]],
    [new Float64Array([1e39]), 'float32', [Number.POSITIVE_INFINITY]],
  ])('%o as %s', (array, dtype, elements) => {
    expect(torch.tensor(array as Float32Array, { dtype }).tolist()).toEqual(elements);
  });

  test.each<[ArrayLike<number | bigint>, DType]>([
    [new Float32Array([300]), 'uint8'],
    [new Float32Array([-0.5]), 'uint8'],
    [new Float32Array([Number.NaN]), 'int32'],
    [new Float64Array([2 ** 63]), 'int64'],
    [new Float64Array([0.5]), 'uint64'],
    [new Float64Array([Number.POSITIVE_INFINITY]), 'int64'],
    [new Int32Array([-256]), 'uint8'],
    [new Uint8Array([200]), 'int8'],
    [new BigInt64Array([-1n]), 'uint64'],
    [new BigInt64Array([2n ** 31n]), 'int32'],
    [new BigUint64Array([2n ** 63n]), 'int64'],
  ])('%o as %s is an error', (array, dtype) => {
    expect(() => torch.tensor(array as Float32Array, { dtype })).toThrow(invalid);
  });
});

test('64 bits survive', () => {
  const big = 2n ** 64n - 1n;
  expect(torch.tensor(BigUint64Array.of(big)).at(0).item()).toBe(big);
  expect(String(torch.tensor([big], { dtype: 'uint64' }))).toBe(
    'tensor([18446744073709551615], dtype=torch.uint64)',
  );
  const start = 2n ** 60n;
  expect(torch.arange(start, start + 3n).tolist()).toEqual([start, start + 1n, start + 2n]);
  expect(
    torch
      .tensor([start + 1n])
      .eq(Number(start))
      .item(),
  ).toBe(false);
  expect(torch.tensor([start]).add(1n).item()).toBe(start + 1n);
  expect(
    torch
      .tensor([start])
      .add(2 ** 60)
      .item(),
  ).toBe(2n ** 61n);
  const random = torch.randint(2n ** 62n, 2n ** 62n + 1n, [2]);
  expect(random.tolist()).toEqual([2n ** 62n, 2n ** 62n]);
});

test('the largest numbers that libtorch takes for others are errors', () => {
  expect(() => torch.full([1], 2 ** 64, { dtype: 'uint64' })).toThrow(invalid);
  expect(() => torch.zeros(1, { dtype: 'uint64' }).fill_(2 ** 64)).toThrow(invalid);
  expect(() => torch.zeros(1, { dtype: 'uint64' }).set([0], 2 ** 64)).toThrow(invalid);
  expect(() => torch.full([1], 10n ** 30n)).toThrow(invalid);
});

test('a step that int64 has not is refused: libtorch would divide by zero', () => {
  expect(() => torch.arange(0, 3, 0.5, { dtype: 'int64' })).toThrow(invalid);
  expect(torch.arange(0, 3, 0.5).tolist()).toEqual([0, 0.5, 1, 1.5, 2, 2.5]);
  expect(() => torch.arange(0, 3, 0)).toThrow('step must be nonzero');
});

test('the sign of zero survives; beside integers it is no float', () => {
  const { aten } = torch.ops;
  const all = [
    torch.tensor([-0]),
    torch.tensor(-0),
    torch.full([1], -0),
    torch.fullLike(torch.zeros(1), -0),
    torch.zeros(1).fill_(-0),
    torch.zeros(1).set([0], -0),
    torch.zeros(1).set([[0]], -0),
    torch.ones(1).mul(-0),
    torch.ones(1).maskedFill(torch.tensor([true]), -0),
    torch.where(torch.tensor([true]), -0, torch.ones(1)),
    aten.full?.([1], -0),
  ] as Tensor[];
  expect(all.map((each) => each.flatten().at(0).item())).toEqual(all.map(() => -0));
  expect(torch.ones(1).div(-0).item()).toBe(Number.NEGATIVE_INFINITY);
  expect(torch.tensor([3n]).mul(-0).dtype).toBe('int64');
  expect(torch.tensor([true]).mul(-0).dtype).toBe('float32');
});

test('views that are negated or conjugated read true', async () => {
  const { aten } = torch.ops;
  const complex = aten.complex?.(torch.tensor([1, 3]), torch.tensor([2, -0])) as Tensor;
  const conjugate = aten.conj?.(complex) as Tensor;
  const imaginary = aten.imag?.(conjugate) as Tensor;
  const negated = aten._neg_view?.(torch.tensor([1, -2])) as Tensor;
  expect(imaginary.tolist()).toEqual([-2, 0]);
  expect(imaginary.at(0).item()).toBe(-2);
  expect(negated.data()).toEqual(new Float32Array([-1, 2]));
  expect(String(negated)).toBe('tensor([-1.,  2.])');
  expect(String(conjugate)).toBe('tensor([1.-2.j, 3.+0.j])');
});

test('a network sees negated images as they are', async () => {
  const net = new torch.LeNet();
  const images = torch.rand(2, 1, 28, 28);
  const negated = torch.ops.aten._neg_view?.(images.neg()) as Tensor;
  const wanted = await torch.predict(net, images);
  expect((await torch.predict(net, negated)).allclose(wanted)).toBe(true);
});
