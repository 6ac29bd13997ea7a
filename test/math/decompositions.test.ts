// Where signs and orders are a routine's own: what decompositions are made for.
import { describe, expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { coded } from '../coded.js';

const { linalg } = torch;
const dtypes = ['float32', 'float64', 'complex64', 'complex128'] as const;

type Made = (...sizes: number[]) => torch.Tensor;

const matrices =
  (dtype: (typeof dtypes)[number]): Made =>
  (...sizes) =>
    torch.randn(sizes, { dtype });

const adjoint = (x: torch.Tensor): torch.Tensor => torch.ops.aten.adjoint!(x) as torch.Tensor;
const diagonal = (x: torch.Tensor, like: torch.Tensor): torch.Tensor =>
  (torch.ops.aten.diag_embed!(x) as torch.Tensor).to(like.dtype);

function expectSame(found: torch.Tensor, wanted: torch.Tensor): void {
  const tolerance = /64$/.test(wanted.dtype) && wanted.dtype !== 'complex64' ? 1e-10 : 1e-4;
  const distance = linalg.norm(found.sub(wanted)).item();
  expect(distance).toBeLessThan(tolerance * (1 + Number(linalg.norm(wanted).item())));
  expect(found.dtype).toBe(wanted.dtype);
}

describe.each(dtypes)('%s', (dtype) => {
  const make = matrices(dtype);
  const eye = (n: number) => torch.eye(n, { dtype });

  test.each([
    [4, 3],
    [3, 4],
    [3, 3],
    [2, 4, 3],
  ])('svd, qr and pinv of (%s, %s)', (...sizes) => {
    torch.manualSeed(5);
    const A = make(...sizes.filter((size) => size !== undefined));
    const [U, S, Vh] = linalg.svd(A, false);
    expectSame(U.matmul(diagonal(S, A)).matmul(Vh), A);
    const [full, , right] = linalg.svd(A);
    expectSame(adjoint(full).matmul(full), eye(A.shape.at(-2)!).expand(...full.shape));
    expectSame(right.matmul(adjoint(right)), eye(A.shape.at(-1)!).expand(...right.shape));
    const [Q, R] = linalg.qr(A);
    expectSame(Q.matmul(R), A);
    expectSame(R.matmul(eye(R.shape.at(-1)!)), torch.ops.aten.triu!(R) as torch.Tensor);
    expectSame(A.matmul(linalg.pinv(A)).matmul(A), A);
  });

  test('eigh, cholesky and solutions of a Hermitian matrix', () => {
    torch.manualSeed(6);
    const half = make(4, 4);
    const A = half.matmul(adjoint(half)).add(eye(4));
    const [values, vectors] = linalg.eigh(A);
    expectSame(A.matmul(vectors), vectors.matmul(diagonal(values, A)));
    const L = linalg.cholesky(A);
    expectSame(L.matmul(adjoint(L)), A);
    const B = make(4, 2);
    for (const X of [
      linalg.solve(A, B),
      linalg.luSolve(...linalg.luFactor(A), B),
      linalg.ldlSolve(...linalg.ldlFactor(A, { hermitian: true }), B, { hermitian: true }),
      linalg.lstsq(A, B)[0],
      linalg.inv(A).matmul(B),
    ]) {
      expectSame(A.matmul(X), B);
    }
    const [P, lower, upper] = torch.luUnpack(...linalg.luFactor(A));
    expectSame(P.matmul(lower).matmul(upper), A);
  });

  test('eig of any square matrix', () => {
    torch.manualSeed(7);
    const A = make(4, 4);
    const [values, vectors] = linalg.eig(A);
    const complex = A.to(values.dtype);
    expectSame(complex.matmul(vectors), vectors.matmul(diagonal(values, vectors)));
    expectSame(linalg.eigvals(A).sum(), values.sum());
  });
});

test('low rank is found', () => {
  torch.manualSeed(8);
  const A = torch
    .randn([20, 3], { dtype: 'float64' })
    .matmul(torch.randn([3, 12], { dtype: 'float64' }));
  const [U, S, V] = torch.svdLowrank(A, 3);
  expectSame(U.matmul(diagonal(S, A)).matmul(adjoint(V)), A);
  const [P, T, W] = torch.pcaLowrank(A, 3);
  expectSame(P.matmul(diagonal(T, A)).matmul(adjoint(W)), A.sub(A.mean(0, true)));
});

test('what is singular is an error, or told by info', () => {
  const singular = torch.ones(2, 2);
  expect(() => linalg.inv(singular)).toThrow(coded('ERR_LIBTORCH', /singular/));
  expect(linalg.invEx(singular)[1].item()).toBeGreaterThan(0);
  expect(() => linalg.invEx(singular, { checkErrors: true })).toThrow(coded('ERR_LIBTORCH'));
  expect(linalg.choleskyEx(torch.eye(2).neg())[1].item()).toBe(1);
});

test('gradients pass through svd and eigh', () => {
  torch.manualSeed(9);
  const A = torch.randn([3, 3], { dtype: 'float64', requiresGrad: true });
  const [U, S, Vh] = linalg.svd(A);
  U.matmul(diagonal(S, A)).matmul(Vh).sum().backward();
  expectSame(A.grad as torch.Tensor, torch.ones([3, 3], { dtype: 'float64' }));
});
