import assert from 'node:assert';
import { isDeepStrictEqual } from 'node:util';
import { MessageChannel } from 'node:worker_threads';
import { expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { coded } from '../coded.js';

const { nn } = torch;
const dtypes = [
  'uint8',
  'int8',
  'int16',
  'int32',
  'int64',
  'float16',
  'bfloat16',
  'float32',
  'float64',
  'bool',
] as const;
const shapes = [[], [1], [3], [2, 3], [0], [1, 1, 1], [2, 0, 3]];
// Every kind of tensor as JavaScript meets it.
const made = dtypes.flatMap((dtype) =>
  shapes.map((shape) => ({ dtype, shape, make: () => torch.ones(shape, { dtype }) })),
);

test.each(made)('$dtype $shape as a number, a list, JSON', ({ dtype, shape, make }) => {
  const x = make();
  const other = make();
  const isOne = x.numel() === 1;
  const operations: [(a: never, b: never) => unknown, unknown][] = [
    [(a) => Number(a), 1],
    [(a) => +a, 1],
    [(a) => -a, -1],
    [(a) => a * 2, 2],
    [(a) => a + 1, 2],
    [(a, b) => a + b, 2],
    [(a) => a - 1, 0],
    [(a) => a < 2, true],
    [(a, b) => a >= b, true],
    [(a) => Math.max(a, 5), 5],
    [(a) => Math.sqrt(a), 1],
  ];
  for (const [operation, value] of operations) {
    const run = () => operation(x as never, other as never);
    if (isOne) expect(run()).toBe(value);
    else expect(run).toThrow(coded('ERR_INVALID_ARG', /item\(\)/));
  }
  expect(`${x}`).toBe(x.toString());
  expect(JSON.parse(JSON.stringify(x))).toEqual(x.tolist());
  if (shape.length === 0) {
    expect(() => x.length).toThrow(coded('ERR_INVALID_ARG', /0-d/));
    expect(() => [...x]).toThrow(TypeError);
    expect(() => Array.from(x)).toThrow(coded('ERR_INVALID_ARG', /0-d/));
    return;
  }
  expect(x.length).toBe(shape[0]);
  const rows = Array.from(x);
  expect(rows.map((row) => row.tolist())).toEqual(x.tolist());
  expect(rows.every((row) => row.dtype === dtype)).toBe(true);
  if (shape.length === 1) expect([...Float64Array.from(x as never)]).toEqual(x.double().tolist());
});

test('rows have gradients, and are taken apart', () => {
  const x = torch.tensor(
    [
      [1, 2],
      [3, 4],
    ],
    { requiresGrad: true },
  );
  const [a, b] = x;
  a!.mul(b!).sum().backward();
  expect(x.grad!.tolist()).toEqual([
    [3, 4],
    [1, 2],
  ]);
});

test('numbers that JSON and float64 do not have', () => {
  expect(JSON.stringify(torch.tensor([2n ** 62n + 1n]))).toBe('["4611686018427387905"]');
  expect(JSON.stringify(torch.tensor([Number.NaN, Infinity, -0]))).toBe('[null,null,0]');
  expect(Number(torch.tensor(2n ** 62n))).toBe(2 ** 62);
  const released = torch.ones(2);
  released.dispose();
  expect(JSON.stringify({ released })).toBe('{"released":"Tensor(released)"}');
  expect(() => Number(released)).toThrow(coded('ERR_TENSOR_RELEASED'));
  expect(() => [...released]).toThrow(coded('ERR_TENSOR_RELEASED'));
});

test.each(made)('$dtype $shape is deeply equal to itself alone', ({ make }) => {
  const x = make();
  for (const other of [make(), x.clone(), x.view(-1), torch.zeros([7])]) {
    expect(isDeepStrictEqual(x, other)).toBe(false);
    expect(() => assert.deepStrictEqual({ x }, { x: other })).toThrow(assert.AssertionError);
    expect(() => assert.deepEqual([x], [other])).toThrow(assert.AssertionError);
    expect(() => expect(x).toEqual(other)).toThrow();
    expect(() => expect({ x }).toStrictEqual({ x: other })).toThrow();
    expect({ x }).not.toEqual({ x: other });
  }
  assert.deepStrictEqual({ x }, { x });
  expect([x]).toEqual([x]);
  expect({ x }).toStrictEqual({ x });
  expect(isDeepStrictEqual(new Map([[1, x]]), new Map([[1, x]]))).toBe(true);
});

test('models, optimizers and generators are deeply equal to themselves alone', () => {
  const make = [
    () => new torch.LeNet(),
    () => new nn.Sequential(new nn.ReLU()),
    () => new nn.ReLU(),
    () => new torch.Generator(),
    () => new torch.optim.SGD(new nn.Linear(1, 1).parameters()),
  ];
  for (const each of make) {
    const one = each();
    expect(isDeepStrictEqual(one, each())).toBe(false);
    expect(isDeepStrictEqual(one, one)).toBe(true);
    expect(() => structuredClone(one)).toThrow(/clone/);
  }
});

test('what would arrive as an empty object is not sent', () => {
  const { port1 } = new MessageChannel();
  const x = torch.ones(2);
  const clones = [
    () => structuredClone(x),
    () => structuredClone(new nn.Linear(1, 1).stateDict()),
    () => structuredClone(new Map([['deep', [{ x }]]])),
    () => port1.postMessage({ x }),
  ];
  for (const clone of clones) {
    expect(clone).toThrow(
      expect.objectContaining({
        name: 'DataCloneError',
        message: expect.stringMatching(/data\(\)/),
      }),
    );
  }
  port1.close();
});

test.each(['gard', 'foo', 'requires_grad', 'data', 'shape', 'dtype', 'item', 'length', '0', 'add'])(
  'assigning to %s is an error',
  (name) => {
    for (const x of [torch.ones(2), new nn.Parameter(torch.ones(2))]) {
      const keys = Object.keys(x);
      expect(() => {
        (x as unknown as Record<string, unknown>)[name] = torch.zeros(2);
      }).toThrow(TypeError);
      expect(Object.keys(x)).toEqual(keys);
    }
  },
);

test('an element by brackets is an error that names at()', () => {
  expect(() => (torch.ones(2) as unknown as unknown[])[0]).toThrow(
    coded('ERR_INVALID_ARG', /at\(0\)/),
  );
  expect((torch.ones(2) as unknown as { then: unknown }).then).toBeUndefined();
});

test('a gradient of another shape, dtype or kind is refused', () => {
  const x = torch.ones(2, { requiresGrad: true });
  for (const wrong of [torch.ones(3), torch.ones(2, { dtype: 'float64' }), [1, 2], 5, 'x']) {
    expect(() => {
      x.grad = wrong as never;
    }).toThrow(expect.objectContaining({ code: expect.stringMatching(/^ERR_/) }));
    expect(x.grad).toBeNull();
  }
});
