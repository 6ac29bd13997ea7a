import { inspect } from 'node:util';
import { afterEach, expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { coded } from '../coded.js';
import { recorded } from '../recorded.js';

interface Facts {
  dtypes: torch.DType[];
  texts: string[];
}

const { defaults } = recorded<{ defaults: Record<'float16' | 'float32' | 'float64', Facts> }>(
  'text',
);

afterEach(() => torch.setDefaultDtype('float32'));

test.each(Object.entries(defaults) as ['float16' | 'float32' | 'float64', Facts][])(
  'what is made of numbers has the default dtype: %s',
  (dtype, { dtypes, texts }) => {
    torch.setDefaultDtype(dtype);
    expect(torch.getDefaultDtype()).toBe(dtype);
    const made = [
      torch.tensor(1.5),
      torch.tensor([1n, 2n]).div(2),
      torch.zeros(1),
      torch.ones(2),
      torch.rand(2),
      torch.full([1], 1.5),
      torch.eye(2),
      torch.linspace(0, 1, 3),
      torch.arange(0, 1, 0.5),
      torch.hannWindow(4),
      torch.tensor([true]).to('int64').mul(1.5),
      torch.scalarTensor(2),
      new torch.nn.Linear(2, 1).weight,
      torch.complex(torch.ones(1), torch.ones(1)),
      torch.ones(1).float(),
    ];
    expect(made.map((each) => each.dtype)).toEqual(dtypes);
    const half = (each: torch.DType) => torch.tensor([0.5], { dtype: each });
    const all = [
      ...(['float32', 'float64', 'float16', 'int64'] as const).map(half),
      torch.zeros(0),
      torch.zeros([0], { dtype: 'float32' }),
    ];
    expect(all.map((each) => inspect(each))).toEqual(texts);
  },
);

test('bfloat16 has no complex numbers to it, as in Python', () => {
  torch.setDefaultDtype('bfloat16');
  const made = [torch.tensor(1.5), torch.tensor([1n]).div(2), torch.rand(2), torch.eye(2)];
  expect(made.map(({ dtype }) => dtype)).toEqual(Array(4).fill('bfloat16'));
  expect(new torch.nn.Linear(2, 1).weight.dtype).toBe('bfloat16');
  expect(() => torch.complex(torch.ones(1), torch.ones(1))).toThrow(coded('ERR_LIBTORCH'));
});

test('bigints beside numbers may become float64', () => {
  const mixed = [0.5, 2n ** 40n + 1n];
  expect(() => torch.tensor(mixed)).toThrow(coded('ERR_INVALID_ARG', /float32, which does not/));
  torch.setDefaultDtype('float64');
  expect(torch.tensor(mixed).tolist()).toEqual([0.5, 2 ** 40 + 1]);
});

test('no other dtype is taken', () => {
  for (const dtype of ['int64', 'bool', 'complex64', 'float']) {
    expect(() => torch.setDefaultDtype(dtype as 'float32')).toThrow(coded('ERR_INVALID_ARG'));
  }
  expect(torch.getDefaultDtype()).toBe('float32');
});
