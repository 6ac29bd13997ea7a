import { expect, test } from 'vitest';

import * as torch from '../../lib/index.js';

test.each([
  new Uint16Array([0, 65_535]),
  new Uint32Array([0, 4_294_967_295]),
  new BigUint64Array([0n, 2n ** 64n - 1n]),
  new Int16Array([-1, 2]),
])('typed arrays go in and come out: %o', (array) => {
  const tensor = torch.tensor(array);
  expect(tensor.dtype).toBe(array.constructor.name.replace(/Big|Array/g, '').toLowerCase());
  expect(tensor.data()).toEqual(array);
  expect(String(tensor.tolist())).toBe(String(array));
});

test.each(['float8_e4m3fn', 'float8_e4m3fnuz', 'float8_e5m2', 'float8_e5m2fnuz'] as const)(
  '%s rounds to eight bits, and shows as numbers',
  (dtype) => {
    const tensor = torch.tensor([1, -2.5, 0.3]).to(dtype);
    expect(tensor.dtype).toBe(torch[dtype]);
    const [a, b, c] = tensor.data();
    expect([a, b]).toEqual([1, -2.5]);
    expect(c).toBeCloseTo(0.3, 1);
    expect(c).not.toBe(Math.fround(0.3));
  },
);

test('complex numbers have no typed array, and the message says what has', () => {
  const tensor = torch.zeros(2, { dtype: 'complex64' });
  expect(() => tensor.data()).toThrow('torch.ops.aten.view_as_real(tensor) has');
});
