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
  pivot?: boolean;
  getInfos?: boolean;
}
interface Lu {
  (this: Tensor, pivot?: boolean, getInfos?: boolean): Tensor[];
  (this: Tensor, options: LuOptions): Tensor[];
  (this: Tensor, pivot: boolean, options: Pick<LuOptions, 'getInfos'>): Tensor[];
}

/** Decompositions of matrices and batches of them, and what is calculated by these. */
export const decompositions = {
  /** Determinant. */
  det: method('det'),
  /** Logarithm of the determinant; NaN where it is negative. */
  logdet: method('logdet'),
  /** `[sign, logabsdet]` of the determinant. */
  slogdet: method<(this: Tensor) => [Tensor, Tensor]>('slogdet'),
  /** Inverse of a square matrix. */
  inverse: method('inverse'),
  /** Pseudoinverse; singular values below `rcond` times the largest are 0. Default 1e-15. */
  pinverse: method<(this: Tensor, rcond?: number) => Tensor>('pinverse'),
  /** `e^A` of a square matrix. */
  matrixExp: method('matrix_exp'),
  /** `A^n` of a square matrix; a negative n of the inverse. */
  matrixPower: method<(this: Tensor, n: number) => Tensor>('matrix_power'),
  /** L of `A = L · Lᴴ`, or U of `Uᴴ · U`, of a positive definite matrix. */
  cholesky: method<(this: Tensor, upper?: boolean) => Tensor>('cholesky'),
  /** Inverse of the matrix whose {@link cholesky} this is. */
  choleskyInverse: method<(this: Tensor, upper?: boolean) => Tensor>('cholesky_inverse'),
  /** X of `A · X = this`, where `input2` is the {@link cholesky} of A. */
  choleskySolve:
    method<(this: Tensor, input2: Tensor, upper?: boolean) => Tensor>('cholesky_solve'),
  /** `[Q, R]` of `A = Q · R`; `some` false gives all columns of Q. */
  qr: method<(this: Tensor, some?: boolean) => [Tensor, Tensor]>('qr'),
  /** `[a, tau]`: Householder's form of {@link qr}. */
  geqrf: method<(this: Tensor) => [Tensor, Tensor]>('geqrf'),
  /** Q of what {@link geqrf} gave; `input2` is tau. */
  orgqr: method<(this: Tensor, input2: Tensor) => Tensor>('orgqr'),
  /** `input3` multiplied by the Q of what {@link geqrf} gave; `input2` is tau. */
  ormqr:
    method<
      (this: Tensor, input2: Tensor, input3: Tensor, left?: boolean, transpose?: boolean) => Tensor
    >('ormqr'),
  /** `[U, S, V]` of `A = U · diag(S) · Vᴴ`. */
  svd: method<(this: Tensor, some?: boolean, computeUv?: boolean) => [Tensor, Tensor, Tensor]>(
    'svd',
  ),
  /** `[X, A]`, X of `A · X = this` with a triangular A. */
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
  /** X of `A · X = this` from what {@link lu} gave of A. */
  luSolve: method<(this: Tensor, LUData: Tensor, LUPivots: Tensor) => Tensor>('lu_solve'),
  /**
   * `[LU, pivots]` of `A = P · L · U`, both factors in one matrix; with `getInfos` also whether it worked (0).
   * @param pivot - Whether rows are exchanged; without is for GPUs only. Default true.
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
