import { flag } from '../argument/kind.js';
import { ordered } from '../argument/ordered.js';
import { bind } from '../native/ops.js';
import { tensorKind } from './kinds.js';
import { method } from './method.js';
import { extendTensor, type Tensor } from './tensor.js';

const luFactor =
  bind<(a: Tensor, pivot: boolean, checkErrors: boolean) => [Tensor, Tensor, Tensor]>(
    'linalg_lu_factor_ex',
  );

const luOf = ordered<[A: Tensor], [pivot?: boolean, getInfos?: boolean]>()(
  'lu',
  { args: { A: tensorKind, pivot: flag.or(true), getInfos: flag.or(false) } },
  ({ A, pivot, getInfos }): Tensor[] => {
    const [factors, pivots, infos] = luFactor(A, pivot, !getInfos);
    return getInfos ? [factors, pivots, infos] : [factors, pivots];
  },
);

/** Options of {@link decompositions.lu}. */
export interface LuOptions {
  /** Whether rows are exchanged; without is for GPUs only. Default true. */
  pivot?: boolean;
  /** Whether `infos` (int32) are given too: 0 where it worked. Default false. */
  getInfos?: boolean;
}
interface Lu {
  (this: Tensor, pivot?: boolean, getInfos?: false): [LU: Tensor, pivots: Tensor];
  (this: Tensor, pivot: boolean, getInfos: true): [LU: Tensor, pivots: Tensor, infos: Tensor];
  (this: Tensor, pivot?: boolean, getInfos?: boolean): Tensor[];
  (this: Tensor, options: LuOptions): Tensor[];
  (this: Tensor, pivot: boolean, options: Pick<LuOptions, 'getInfos'>): Tensor[];
}

/** Decompositions of matrices `(m, n)` and batches of them `(…, m, n)`, and what is calculated by these. */
export const decompositions = {
  /**
   * Determinant.
   *
   * @example
   * torch.tensor([[2, 1], [4, 6]]).det(); // → tensor(8.)
   */
  det: method('det'),
  /**
   * Logarithm of the determinant; NaN where it is negative.
   *
   * @example
   * torch.tensor([[2, 0], [0, 3]]).logdet(); // → tensor(1.7918)
   * torch.tensor([[0, 1], [1, 0]]).logdet(); // → tensor(nan)
   */
  logdet: method('logdet'),
  /**
   * `[sign, logabsdet]` of the determinant.
   *
   * @example
   * torch.tensor([[0, 1], [1, 0]]).slogdet(); // → [ tensor(-1.), tensor(0.) ]
   */
  slogdet: method<(this: Tensor) => [Tensor, Tensor]>('slogdet'),
  /**
   * Inverse of a square matrix.
   *
   * @example
   * torch.tensor([[2, 0], [0, 4]]).inverse(); // → tensor([[0.5000, 0.0000], [0.0000, 0.2500]])
   */
  inverse: method('inverse'),
  /**
   * Pseudoinverse; singular values below `rcond` times the largest are 0. Default 1e-15.
   *
   * @example
   * torch.tensor([[2, 0], [0, 0]]).pinverse(); // → tensor([[0.5000, 0.0000], [0.0000, 0.0000]])
   */
  pinverse: method<(this: Tensor, rcond?: number) => Tensor>('pinverse'),
  /**
   * `e^A` of a square matrix.
   *
   * @example
   * torch.tensor([[0, 0.5], [0, 0]]).matrixExp(); // → tensor([[1.0000, 0.5000], [0.0000, 1.0000]])
   */
  matrixExp: method('matrix_exp'),
  /**
   * `A^n` of a square matrix; a negative n of the inverse.
   *
   * @example
   * const A = torch.tensor([[1, 1], [0, 1]]);
   * A.matrixPower(3); // → tensor([[1., 3.], [0., 1.]])
   * A.matrixPower(-1); // → tensor([[ 1., -1.], [ 0., 1.]])
   */
  matrixPower: method<(this: Tensor, n: number) => Tensor>('matrix_power'),
  /**
   * L of `A = L · Lᴴ`, or U of `Uᴴ · U`, of a positive definite matrix.
   *
   * @deprecated In Python, which warns at the first call; `linalg.cholesky` takes its place.
   * @example
   * torch.tensor([[4, 2], [2, 5]]).cholesky(); // → tensor([[2., 0.], [1., 2.]])
   */
  cholesky: method<(this: Tensor, upper?: boolean) => Tensor>('cholesky'),
  /**
   * Inverse of the matrix whose {@link cholesky} this is.
   *
   * @example
   * const A = torch.tensor([[4, 2], [2, 5]]);
   * A.cholesky().choleskyInverse(); // → tensor([[ 0.3125, -0.1250], [-0.1250, 0.2500]])
   */
  choleskyInverse: method<(this: Tensor, upper?: boolean) => Tensor>('cholesky_inverse'),
  /**
   * X of `A · X = this`, where `input2` is the {@link cholesky} of A.
   *
   * @example
   * const A = torch.tensor([[4, 2], [2, 5]]);
   * torch.tensor([[8], [12]]).choleskySolve(A.cholesky()); // → tensor([[1.], [2.]])
   */
  choleskySolve:
    method<(this: Tensor, input2: Tensor, upper?: boolean) => Tensor>('cholesky_solve'),
  /**
   * `[Q, R]` of `A = Q · R`; `some` false gives all columns of Q.
   *
   * @deprecated In Python, which warns at the first call; `linalg.qr` takes its place.
   * @example
   * const [Q, R] = torch.tensor([[3, 1], [4, 2]]).qr();
   * Q; // → tensor([[-0.6000, -0.8000], [-0.8000, 0.6000]])
   * R; // → tensor([[-5.0000, -2.2000], [ 0.0000, 0.4000]])
   */
  qr: method<(this: Tensor, some?: boolean) => [Tensor, Tensor]>('qr'),
  /**
   * `[a, tau]`: Householder's form of {@link qr}.
   *
   * @example
   * const [a, tau] = torch.tensor([[3, 1], [4, 2]]).geqrf();
   * a.triu(); // → tensor([[-5.0000, -2.2000], [ 0.0000, 0.4000]])
   * tau.shape; // → [ 2 ]
   */
  geqrf: method<(this: Tensor) => [Tensor, Tensor]>('geqrf'),
  /**
   * Q of what {@link geqrf} gave; `input2` is tau.
   *
   * @example
   * const [a, tau] = torch.tensor([[3, 1], [4, 2]]).geqrf();
   * a.orgqr(tau); // → tensor([[-0.6000, -0.8000], [-0.8000, 0.6000]])
   */
  orgqr: method<(this: Tensor, input2: Tensor) => Tensor>('orgqr'),
  /**
   * `input3` multiplied by the Q of what {@link geqrf} gave; `input2` is tau.
   *
   * @example
   * const A = torch.tensor([[3, 1], [4, 2]]);
   * const [a, tau] = A.geqrf();
   * a.ormqr(tau, a.triu()).allclose(A); // → true
   */
  ormqr:
    method<
      (this: Tensor, input2: Tensor, input3: Tensor, left?: boolean, transpose?: boolean) => Tensor
    >('ormqr'),
  /**
   * `[U, S, V]` of `A = U · diag(S) · Vᴴ`.
   *
   * @example
   * const A = torch.tensor([[1.5, 0], [0, -2]]);
   * const [U, S, V] = A.svd();
   * S; // → tensor([2.0000, 1.5000])
   * U.matmul(S.diag()).matmul(V.t()).allclose(A); // → true
   */
  svd: method<(this: Tensor, some?: boolean, computeUv?: boolean) => [Tensor, Tensor, Tensor]>(
    'svd',
  ),
  /**
   * `[X, A]`, X of `A · X = this` with a triangular A.
   *
   * @deprecated In Python, which warns at the first call; `linalg.solveTriangular` takes its place.
   * @example
   * const A = torch.tensor([[2, 1], [0, 4]]);
   * const [X] = torch.tensor([[4], [8]]).triangularSolve(A);
   * X; // → tensor([[1.], [2.]])
   */
  triangularSolve:
    method<
      (
        this: Tensor,
        A: Tensor,
        upper?: boolean,
        transpose?: boolean,
        unitriangular?: boolean,
      ) => [Tensor, Tensor]
    >('triangular_solve'),
  /**
   * X of `A · X = this` from what {@link lu} gave of A.
   *
   * @deprecated In Python, which warns at the first call; `linalg.luSolve` takes its place.
   * @example
   * const [LU, pivots] = torch.tensor([[2, 1], [0, 4]]).lu();
   * torch.tensor([[4], [8]]).luSolve(LU, pivots); // → tensor([[1.], [2.]])
   */
  luSolve: method<(this: Tensor, LUData: Tensor, LUPivots: Tensor) => Tensor>('lu_solve'),
  /**
   * `[LU, pivots]` of `A = P · L · U`, both factors in one matrix; with `getInfos` also whether it worked (0).
   * @param pivot - Whether rows are exchanged; without is for GPUs only. Default true.
   * @deprecated In Python, which warns at the first call; `linalg.luFactor` takes its place.
   * @example
   * const [LU, pivots] = torch.tensor([[1, 2], [4, 6]]).lu();
   * LU; // → tensor([[4.0000, 6.0000], [0.2500, 0.5000]])
   * pivots; // → tensor([2, 2], dtype=torch.int32)
   */
  lu: function lu(this: Tensor, ...given: [pivot?: boolean, getInfos?: boolean]): Tensor[] {
    return luOf(this, ...given);
  } as Lu,
};

export type Decompositions = typeof decompositions;
declare module '../native/tensor.js' {
  interface Tensor extends Decompositions {}
}
extendTensor(decompositions);
