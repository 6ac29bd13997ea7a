import type { Tensor } from '../../tensor/index.js';
import { bindFunction } from '../../tensor/method.js';
import type { CheckErrors, Driver, Hermitian, Triangle } from './types.js';

interface Eigen<Result> {
  (input: Tensor, options?: { UPLO?: Triangle }): Result;
  (input: Tensor, UPLO: Triangle): Result;
}

/** `L` of `A = L Lᴴ`, for a symmetric positive definite matrix. @param options.upper - `Lᴴ` instead. Default false. */
export const cholesky =
  bindFunction<(input: Tensor, options?: { upper?: boolean }) => Tensor>('linalg_cholesky');

/** {@link cholesky} as `[L, info]`: `info` (int32) is 0, or the order of the minor that is not positive definite. */
export const choleskyEx =
  bindFunction<(input: Tensor, options?: { upper?: boolean } & CheckErrors) => [Tensor, Tensor]>(
    'linalg_cholesky_ex',
  );

/** `[Q, R]` with `A = Q R`; `'complete'`: a square Q; `'r'`: R alone, Q is empty. */
export const qr = bindFunction<{
  (A: Tensor, options?: { mode?: 'reduced' | 'complete' | 'r' }): [Tensor, Tensor];
  (A: Tensor, mode: 'reduced' | 'complete' | 'r'): [Tensor, Tensor];
}>('linalg_qr');

/** `[eigenvalues, eigenvectors]` of a square matrix, complex. */
export const eig = bindFunction<(input: Tensor) => [Tensor, Tensor]>('linalg_eig');

/** Eigenvalues of a square matrix, complex. */
export const eigvals = bindFunction<(input: Tensor) => Tensor>('linalg_eigvals');

/** `[eigenvalues, eigenvectors]` of a symmetric matrix, ascending. */
export const eigh = bindFunction<Eigen<[Tensor, Tensor]>>('linalg_eigh');

/** Eigenvalues of a symmetric matrix, ascending. */
export const eigvalsh = bindFunction<Eigen<Tensor>>('linalg_eigvalsh');

/** `[U, S, Vᴴ]` with `A = U diag(S) Vᴴ`, singular values descending. @param fullMatrices - Default true. */
export const svd = bindFunction<{
  (
    A: Tensor,
    options?: { fullMatrices?: boolean } & Driver<'gesvd' | 'gesvdj' | 'gesvda'>,
  ): [Tensor, Tensor, Tensor];
  (
    A: Tensor,
    fullMatrices: boolean,
    options?: Driver<'gesvd' | 'gesvdj' | 'gesvda'>,
  ): [Tensor, Tensor, Tensor];
}>('linalg_svd');

/** Singular values, descending. */
export const svdvals =
  bindFunction<(A: Tensor, options?: Driver<'gesvd' | 'gesvdj' | 'gesvda'>) => Tensor>(
    'linalg_svdvals',
  );

interface Pivot {
  /** Whether rows are exchanged; false on a GPU only. Default true. */
  pivot?: boolean;
}

/** `[P, L, U]` with `A = P L U`. */
export const lu =
  bindFunction<(A: Tensor, options?: Pivot) => [Tensor, Tensor, Tensor]>('linalg_lu');

/** `[LU, pivots]`: both triangles in one matrix, as {@link luSolve} takes them. */
export const luFactor =
  bindFunction<(A: Tensor, options?: Pivot) => [Tensor, Tensor]>('linalg_lu_factor');

/** {@link luFactor} as `[LU, pivots, info]`: `info` is 0, or the place of a diagonal element of U that is 0. */
export const luFactorEx =
  bindFunction<(A: Tensor, options?: Pivot & CheckErrors) => [Tensor, Tensor, Tensor]>(
    'linalg_lu_factor_ex',
  );

/** `[LD, pivots]` of a symmetric matrix, as {@link ldlSolve} takes them. */
export const ldlFactor =
  bindFunction<(input: Tensor, options?: Hermitian) => [Tensor, Tensor]>('linalg_ldl_factor');

/** {@link ldlFactor} as `[LD, pivots, info]`. */
export const ldlFactorEx =
  bindFunction<(input: Tensor, options?: Hermitian & CheckErrors) => [Tensor, Tensor, Tensor]>(
    'linalg_ldl_factor_ex',
  );

/** The first columns of the product of Householder matrices, of which `geqrf` gives `input` and `tau`. */
export const householderProduct = bindFunction<(input: Tensor, tau: Tensor) => Tensor>(
  'linalg_householder_product',
);
