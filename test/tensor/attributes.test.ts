// What Python has without a call. Expected: what torch 2.11 shows for the same tensors.
import { describe, expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { coded } from '../coded.js';

const z = torch.complex(torch.tensor([[1, 2, 3]]), torch.tensor([[4, 5, 6]]));

describe('views', () => {
  test.each([
    ['T', [], []],
    ['T', [3], [3]],
    ['T', [2, 3], [3, 2]],
    ['T', [2, 3, 4], [4, 3, 2]],
    ['mT', [], []],
    ['mT', [2, 3, 4], [2, 4, 3]],
    ['mH', [2, 3, 4], [2, 4, 3]],
    ['H', [], []],
    ['H', [2, 3], [3, 2]],
    ['real', [2, 3], [2, 3]],
  ] as const)('%s of %j', (name, shape, wanted) => {
    expect(torch.zeros([...shape])[name].shape).toEqual(wanted);
  });

  test.each([
    ['H', [3]],
    ['H', [2, 3, 4]],
    ['mT', [3]],
    ['mH', [3]],
    ['imag', [2, 3]],
  ] as const)('%s of %j is refused', (name, shape) => {
    expect(() => torch.zeros([...shape])[name]).toThrow(coded('ERR_LIBTORCH'));
  });

  test('of complex numbers', () => {
    expect(z.real.tolist()).toEqual([[1, 2, 3]]);
    expect(z.imag.tolist()).toEqual([[4, 5, 6]]);
    expect(z.H.imag.tolist()).toEqual([[-4], [-5], [-6]]);
    expect(z.T.imag.tolist()).toEqual([[4], [5], [6]]);
  });

  test('they share memory, and gradients go through them', () => {
    const x = torch.zeros(2, 3);
    x.T.at(0).fill_(1);
    expect(x.tolist()).toEqual([
      [1, 0, 0],
      [1, 0, 0],
    ]);
    const w = torch.ones(2, 3, { requiresGrad: true });
    w.T.mul(torch.arange(6).view(3, 2)).sum().backward();
    expect(w.grad!.tolist()).toEqual([
      [0, 2, 4],
      [1, 3, 5],
    ]);
  });
});

test('sizes in bytes', () => {
  expect([z.itemsize, z.nbytes]).toEqual([8, 24]);
  const part = torch.zeros(4, 4).half().narrow(1, 0, 2);
  expect([part.itemsize, part.nbytes]).toEqual([2, 16]);
  const sparse = torch.ops.aten.to_sparse!(torch.eye(2)) as torch.Tensor;
  expect(() => sparse.nbytes).toThrow(coded('ERR_INVALID_ARG'));
});

test('where and how it lies', () => {
  const kinds = ['isCpu', 'isCuda', 'isMeta', 'isSparse', 'isSparseCsr'] as const;
  const of = (x: torch.Tensor) => kinds.filter((kind) => x[kind]);
  const { to_sparse: toSparse, to_sparse_csr: toSparseCsr } = torch.ops.aten;
  expect(of(torch.ones(2))).toEqual(['isCpu']);
  expect(of(toSparse!(torch.eye(2)) as torch.Tensor)).toEqual(['isCpu', 'isSparse']);
  expect(of(toSparseCsr!(torch.eye(2)) as torch.Tensor)).toEqual(['isCpu', 'isSparseCsr']);
});

test('what autograd knows', () => {
  const y = torch.ones(4, { requiresGrad: true }).mul(2);
  expect(y.retainsGrad).toBe(false);
  y.retainGrad();
  expect(y.retainsGrad).toBe(true);
  expect(y.split(2).map(({ outputNr }) => outputNr)).toEqual([0, 1]);
});

test('they are read only', () => {
  const all = ['T', 'mT', 'H', 'mH', 'real', 'imag', 'itemsize', 'nbytes', 'isCpu', 'device'];
  for (const name of all) {
    expect(() => Object.assign(torch.ones(2, 2), { [name]: 1 })).toThrow(coded('ERR_INVALID_ARG'));
  }
});
