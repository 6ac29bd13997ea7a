// Arguments given by name to operators and methods: a plain object, given last.
import { runInNewContext } from 'node:vm';

import { describe, expect, test } from 'vitest';

import * as torch from '../../lib/index.js';

const x = torch.arange(6).reshape([2, 3]).to('float32').keep();
const sum = x.sum as unknown as (...args: unknown[]) => torch.Tensor;
const { aten } = torch.ops;
const numbers = (t: torch.Tensor): number[] => Array.from(t.data() as Float32Array);
const summed = (options: unknown): number[] => numbers(sum.call(x, options));

const prototypeless = Object.assign(Object.create(null), { dim: 0 });
const frozen = Object.freeze({ dim: 0 });
const counting = { reads: 0 };
const withGetter = {
  get dim() {
    counting.reads++;
    return 0;
  },
};
const hidden = Object.defineProperty({ dim: 0 }, 'keepdim', { value: true });
const calling = new Proxy(
  { dim: 0 },
  {
    // Calls of operators by name in the midst of one.
    getOwnPropertyDescriptor(target, name) {
      x.sum({ dim: 1, keepdim: true });
      return Reflect.getOwnPropertyDescriptor(target, name);
    },
  },
);

test.each<[string, unknown]>([
  ['a plain object', { dim: 0 }],
  ['without a prototype', prototypeless],
  ['of another context', runInNewContext('({ dim: 0 })')],
  ['frozen', frozen],
  ['with a getter', withGetter],
  ['a proxy', calling],
  ['with a property that is not enumerable', hidden],
  ['with a symbol', { dim: 0, [Symbol('keepdim')]: true }],
  ['with what is undefined', { dim: 0, keepdim: undefined, dtype: undefined, other: undefined }],
  ['by two names', { dim: 0, keepdim: false }],
  ['in another order', { dtype: 'float32', keepdim: false, dim: 0 }],
])('%s', (_, options) => {
  for (let again = 0; again < 3; again++) expect(summed(options)).toEqual([3, 5, 7]);
});

test('a getter is called once', () => {
  const { reads } = counting;
  summed(withGetter);
  expect(counting.reads).toBe(reads + 1);
});

test('what a getter throws', () => {
  const throwing = {
    get dim(): number {
      throw new RangeError('no dim');
    },
  };
  expect(() => summed(throwing)).toThrow(new RangeError('no dim'));
});

test('properties of Object.prototype are no arguments', () => {
  // biome-ignore lint/suspicious/noExplicitAny: another library's fault
  const shared = Object.prototype as any;
  shared.keepdim = true;
  try {
    expect(summed({ dim: 0 })).toEqual([3, 5, 7]);
  } finally {
    delete shared.keepdim;
  }
});

test('many names, in Python’s spelling or in camel case', () => {
  const image = torch.arange(16).reshape([1, 1, 4, 4]).to('float32');
  const named = { kernel_size: 2, stride: 2, padding: 0, dilation: 1, ceil_mode: false };
  const pooled = aten.max_pool2d!(image, named) as torch.Tensor;
  expect(numbers(pooled)).toEqual([5, 7, 13, 15]);
  const camel = { kernelSize: 2, stride: 2, padding: 0, dilation: 1, ceilMode: false };
  expect((aten.max_pool2d!.default!(image, camel) as torch.Tensor).equal(pooled)).toBe(true);
});

describe('refused', () => {
  class Options {
    dim = 0;
  }
  const many = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`name${i}`, i]));
  test.each<[string, unknown[], RegExp]>([
    ['an unknown name', [{ dims: 0 }], /unexpected keyword argument 'dims'; did you mean 'dim'\?/],
    ['a number for a name', [{ 0: 1 }], /unexpected keyword argument '0'/],
    ['many unknown names', [many], /unexpected keyword argument 'name0'/],
    ['one unknown among many', [{ dim: 0, keepdim: true, dtype: 'float32', a: 1, b: 2 }], /'a'/],
    ['a long name', [{ ['x'.repeat(1000)]: 1 }], /unexpected keyword argument 'xxx/],
    ['another operator’s', [{ dim: 0, kernel_size: 2 }], /'kernel_size'/],
    ['an object of a class', [new Options()], /no overload/],
    ['a Map', [new Map([['dim', 0]])], /no overload/],
    ['what inherits', [Object.create({ dim: 0 })], /no overload/],
    ['a list', [[{ dim: 0 }]], /no overload/],
    ['a function', [Object.assign(() => {}, { dim: 0 })], /no overload/],
  ])('%s', (_, args, message) => {
    for (let again = 0; again < 2; again++) {
      expect(() => sum.apply(x, args)).toThrow(
        expect.objectContaining({
          code: 'ERR_INVALID_ARG',
          message: expect.stringMatching(message),
        }),
      );
    }
  });

  test('by position and by name', () => {
    const argmax = x.argmax as unknown as (...args: unknown[]) => torch.Tensor;
    expect(() => argmax.call(x, 0, { dim: 0 })).toThrow(/argument 'dim' is given twice/);
  });
});
