import type { Tensor } from '../../tensor/index.js';
import { bindFunction } from '../../tensor/method.js';
import type { CheckErrors, Driver, Hermitian, Triangle } from './types.js';

interface Eigen<Result> {
  (
    input: Tensor,
    options?: {
      /** Which triangle is read. Default `'L'`. */
      UPLO?: Triangle;
    },
  ): Result;
  (input: Tensor, UPLO: Triangle): Result;
}

/**
 * `L` of `A = L Lᴴ`, for a symmetric positive definite matrix.
 *
 * @param options.upper - `Lᴴ` instead. Default false.
 * @example
 * torch.linalg.cholesky(torch.tensor([[4, 2], [2, 5]])); // → tensor([[2., 0.], [1., 2.]])
 */
export const cholesky =
  bindFunction<(input: Tensor, options?: { upper?: boolean }) => Tensor>('linalg_cholesky');

/**
 * {@link cholesky} as `[L, info]`: `info` (int32) is 0, or the order of the minor that is not positive definite.
 * `upper`: `Lᴴ` in place of `L`, default false.
 *
 * @example
 * const [, info] = torch.linalg.choleskyEx(torch.tensor([[1, 2], [2, 1]]));
 * info.item(); // → 2
 */
export const choleskyEx =
  bindFunction<(input: Tensor, options?: { upper?: boolean } & CheckErrors) => [Tensor, Tensor]>(
    'linalg_cholesky_ex',
  );

/**
 * `[Q, R]` with `A = Q R`; `'complete'`: a square Q; `'r'`: R alone, Q is empty. Default of `mode`: `'reduced'`.
 *
 * @example
 * const [Q, R] = torch.linalg.qr(torch.rand(4, 2));
 * [Q.shape, R.shape]; // → [ [ 4, 2 ], [ 2, 2 ] ]
 * const [square] = torch.linalg.qr(torch.rand(4, 2), 'complete');
 * square.shape; // → [ 4, 4 ]
 */
export const qr = bindFunction<{
  (A: Tensor, options?: { mode?: 'reduced' | 'complete' | 'r' }): [Tensor, Tensor];
  (A: Tensor, mode: 'reduced' | 'complete' | 'r'): [Tensor, Tensor];
}>('linalg_qr');

/**
 * `[eigenvalues, eigenvectors]` of a square matrix, complex.
 *
 * @example
 * const [values, vectors] = torch.linalg.eig(torch.tensor([[0, -1], [1, 0]]));
 * values; // → tensor([0.+1.j, 0.-1.j])
 * vectors.dtype; // → 'complex64'
 */
export const eig = bindFunction<(input: Tensor) => [Tensor, Tensor]>('linalg_eig');

/**
 * Eigenvalues of a square matrix, complex.
 *
 * @example
 * torch.linalg.eigvals(torch.tensor([[0, -1], [1, 0]])); // → tensor([0.+1.j, 0.-1.j])
 */
export const eigvals = bindFunction<(input: Tensor) => Tensor>('linalg_eigvals');

/**
 * `[eigenvalues, eigenvectors]` of a symmetric matrix, ascending.
 *
 * @example
 * const A = torch.tensor([[1, 2], [2, 5]]);
 * const [values, vectors] = torch.linalg.eigh(A);
 * values; // → tensor([0.1716, 5.8284])
 * vectors.mul(values).matmul(vectors.t()).allclose(A, { atol: 1e-6 }); // → true
 */
export const eigh = bindFunction<Eigen<[Tensor, Tensor]>>('linalg_eigh');

/**
 * Eigenvalues of a symmetric matrix, ascending.
 *
 * @example
 * torch.linalg.eigvalsh(torch.tensor([[1, 2], [2, 5]])); // → tensor([0.1716, 5.8284])
 * torch.linalg.eigvalsh(torch.tensor([[1, 9], [2, 5]])); // → tensor([0.1716, 5.8284])
 */
export const eigvalsh = bindFunction<Eigen<Tensor>>('linalg_eigvalsh');

/**
 * `[U, S, Vᴴ]` with `A = U diag(S) Vᴴ`, singular values descending.
 *
 * @param fullMatrices - Default true.
 * @example
 * const [U, S, Vh] = torch.linalg.svd(torch.tensor([[1, 1], [0, 1], [0, 0]]));
 * S; // → tensor([1.6180, 0.6180])
 * [U.shape, Vh.shape]; // → [ [ 3, 3 ], [ 2, 2 ] ]
 */
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

/**
 * Singular values, descending.
 *
 * @example
 * torch.linalg.svdvals(torch.tensor([[1, 1], [0, 1]])); // → tensor([1.6180, 0.6180])
 */
export const svdvals =
  bindFunction<(A: Tensor, options?: Driver<'gesvd' | 'gesvdj' | 'gesvda'>) => Tensor>(
    'linalg_svdvals',
  );

interface Pivot {
  /** Whether rows are exchanged; false on a GPU only. Default true. */
  pivot?: boolean;
}

/**
 * `[P, L, U]` with `A = P L U`.
 *
 * @example
 * const [P, L, U] = torch.linalg.lu(torch.tensor([[1, 2], [4, 4]]));
 * U; // → tensor([[4., 4.], [0., 1.]])
 * P.matmul(L).matmul(U); // → tensor([[1., 2.], [4., 4.]])
 */
export const lu =
  bindFunction<(A: Tensor, options?: Pivot) => [Tensor, Tensor, Tensor]>('linalg_lu');

/**
 * `[LU, pivots]`: both triangles in one matrix, as {@link luSolve} takes them.
 *
 * @example
 * const [LU, pivots] = torch.linalg.luFactor(torch.tensor([[1, 2], [4, 4]]));
 * LU; // → tensor([[4.0000, 4.0000], [0.2500, 1.0000]])
 * pivots; // → tensor([2, 2], dtype=torch.int32)
 */
export const luFactor =
  bindFunction<(A: Tensor, options?: Pivot) => [Tensor, Tensor]>('linalg_lu_factor');

/**
 * {@link luFactor} as `[LU, pivots, info]`: `info` is 0, or the place of a diagonal element of U that is 0.
 *
 * @example
 * const [, , info] = torch.linalg.luFactorEx(torch.tensor([[1, 1], [1, 1]]));
 * info.item(); // → 2
 */
export const luFactorEx =
  bindFunction<(A: Tensor, options?: Pivot & CheckErrors) => [Tensor, Tensor, Tensor]>(
    'linalg_lu_factor_ex',
  );

/**
 * `[LD, pivots]` of a symmetric matrix, as {@link ldlSolve} takes them.
 *
 * @example
 * const A = torch.tensor([[4, 2], [2, 5]]);
 * const [LD, pivots] = torch.linalg.ldlFactor(A);
 * LD; // → tensor([[4.0000, 0.0000], [0.5000, 4.0000]])
 * torch.linalg.ldlSolve(LD, pivots, A); // → tensor([[1., 0.], [0., 1.]])
 */
export const ldlFactor =
  bindFunction<(input: Tensor, options?: Hermitian) => [Tensor, Tensor]>('linalg_ldl_factor');

/**
 * {@link ldlFactor} as `[LD, pivots, info]`.
 *
 * @example
 * const [LD, , info] = torch.linalg.ldlFactorEx(torch.tensor([[4, 2], [2, 5]]));
 * info.item(); // → 0
 * LD.diagonal(); // → tensor([4., 4.])
 */
export const ldlFactorEx =
  bindFunction<(input: Tensor, options?: Hermitian & CheckErrors) => [Tensor, Tensor, Tensor]>(
    'linalg_ldl_factor_ex',
  );

/**
 * The first columns of the product of Householder matrices, of which `geqrf` gives `input` and `tau`.
 *
 * @example
 * const [a, tau] = torch.geqrf(torch.tensor([[3, 1], [4, 2]]));
 * const Q = torch.linalg.householderProduct(a, tau);
 * Q.t().matmul(Q).allclose(torch.eye(2), { atol: 1e-6 }); // → true
 */
export const householderProduct = bindFunction<(input: Tensor, tau: Tensor) => Tensor>(
  'linalg_householder_product',
);
