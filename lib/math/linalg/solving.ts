import type { Tensor } from '../../tensor/index.js';
import { bindFunction } from '../../tensor/method.js';
import type { CheckErrors, Driver, Hermitian, Tolerances, Unary } from './types.js';

interface Left {
  /** Whether `A X = B` is solved, and not `X A = B`. Default true. */
  left?: boolean;
}

interface Pseudo {
  (input: Tensor, options?: Tolerances<number | null> & Hermitian): Tensor;
  (input: Tensor, options: Tolerances<Tensor | null> & Hermitian): Tensor;
  (input: Tensor, rcond: number | Tensor, hermitian?: boolean): Tensor;
}

interface Rank {
  (input: Tensor, options?: Tolerances<number | null> & Hermitian): Tensor;
  (input: Tensor, options: Tolerances<Tensor | null> & Hermitian): Tensor;
  (input: Tensor, tol: number | Tensor, hermitian?: boolean): Tensor;
}

/**
 * `X` of `A X = B`, where A is square and invertible.
 *
 * @example
 * torch.linalg.solve(torch.tensor([[2, 0], [1, 4]]), torch.tensor([2, 9])); // → tensor([1., 2.])
 */
export const solve = bindFunction<(A: Tensor, B: Tensor, options?: Left) => Tensor>('linalg_solve');

/**
 * {@link solve} as `[X, info]`: `info` is 0, or the place of a diagonal element that is 0.
 *
 * @example
 * const [, info] = torch.linalg.solveEx(torch.zeros(2, 2), torch.ones(2));
 * info.item(); // → 1
 */
export const solveEx =
  bindFunction<(A: Tensor, B: Tensor, options?: Left & CheckErrors) => [Tensor, Tensor]>(
    'linalg_solve_ex',
  );

/**
 * `X` of `A X = B` with a triangular A.
 *
 * @param options.unitriangular - Its diagonal counts as ones. Default false.
 * @example
 * const A = torch.tensor([[2, 1], [0, 4]]);
 * torch.linalg.solveTriangular(A, torch.tensor([[4], [8]]), { upper: true }); // → tensor([[1.], [2.]])
 */
export const solveTriangular =
  bindFunction<
    (
      input: Tensor,
      B: Tensor,
      options: { upper: boolean; unitriangular?: boolean } & Left,
    ) => Tensor
  >('linalg_solve_triangular');

/**
 * `X` of `A X = B` with what `luFactor` made of A.
 *
 * @param options.adjoint - Aᴴ instead of A. Default false.
 * @example
 * const [LU, pivots] = torch.linalg.luFactor(torch.tensor([[1, 2], [4, 4]]));
 * torch.linalg.luSolve(LU, pivots, torch.tensor([[5], [12]])); // → tensor([[1.], [2.]])
 */
export const luSolve =
  bindFunction<
    (LU: Tensor, pivots: Tensor, B: Tensor, options?: Left & { adjoint?: boolean }) => Tensor
  >('linalg_lu_solve');

/**
 * `X` of `A X = B` with what `ldlFactor` made of A.
 *
 * @example
 * const [LD, pivots] = torch.linalg.ldlFactor(torch.tensor([[4, 2], [2, 5]]));
 * torch.linalg.ldlSolve(LD, pivots, torch.tensor([[8], [12]])); // → tensor([[1.], [2.]])
 */
export const ldlSolve =
  bindFunction<(LD: Tensor, pivots: Tensor, B: Tensor, options?: Hermitian) => Tensor>(
    'linalg_ldl_solve',
  );

/**
 * Least squares: `[solution, residuals, rank, singularValues]` of `min ‖A X − B‖`.
 *
 * @param rcond - What counts as 0, relative to the largest singular value. Default: the dtype's rounding times the larger side.
 *
 * @example
 * const A = torch.tensor([[1, 0], [1, 1], [1, 2]]);
 * const [solution, , rank] = torch.linalg.lstsq(A, torch.tensor([[1], [3], [5]]));
 * solution.allclose(torch.tensor([[1], [2]]), { atol: 1e-5 }); // → true
 * rank.item(); // → 2
 */
export const lstsq = bindFunction<{
  (
    input: Tensor,
    b: Tensor,
    options?: { rcond?: number | null } & Driver<'gelsy' | 'gels' | 'gelsd' | 'gelss'>,
  ): [Tensor, Tensor, Tensor, Tensor];
  (
    input: Tensor,
    b: Tensor,
    rcond: number | null,
    options?: Driver<'gelsy' | 'gels' | 'gelsd' | 'gelss'>,
  ): [Tensor, Tensor, Tensor, Tensor];
}>('linalg_lstsq');

/**
 * Inverse of a square matrix.
 *
 * @example
 * torch.linalg.inv(torch.tensor([[1, 2], [3, 4]])); // → tensor([[-2.0000, 1.0000], [1.5000, -0.5000]])
 */
export const inv = bindFunction<Unary>('linalg_inv');

/**
 * {@link inv} as `[inverse, info]`: `info` is 0, or the place of a diagonal element that is 0.
 *
 * @example
 * const [inverse, info] = torch.linalg.invEx(torch.tensor([[2, 0], [0, 4]]));
 * inverse; // → tensor([[0.5000, 0.0000], [0.0000, 0.2500]])
 * info.item(); // → 0
 */
export const invEx =
  bindFunction<(A: Tensor, options?: CheckErrors) => [Tensor, Tensor]>('linalg_inv_ex');

/**
 * Pseudoinverse. Tolerances are numbers or tensors.
 *
 * @example
 * torch.linalg.pinv(torch.tensor([[2, 0], [0, 0]])); // → tensor([[0.5000, 0.0000], [0.0000, 0.0000]])
 */
export const pinv = bindFunction<Pseudo>(
  'linalg_pinv.atol_rtol_float',
  'linalg_pinv.atol_rtol_tensor',
  'linalg_pinv',
  'linalg_pinv.rcond_tensor',
);

/**
 * Rank (int64): how many singular values are larger than the tolerances.
 *
 * @example
 * torch.linalg.matrixRank(torch.tensor([[1, 2], [2, 4]])); // → tensor(1)
 * torch.linalg.matrixRank(torch.tensor([[1, 0], [0, 0.1]]), 0.5); // → tensor(1)
 */
export const matrixRank = bindFunction<Rank>(
  'linalg_matrix_rank.atol_rtol_float',
  'linalg_matrix_rank.atol_rtol_tensor',
  'linalg_matrix_rank',
  'linalg_matrix_rank.tol_tensor',
);

/**
 * Inverse for {@link tensorsolve}: of the first `ind` dimensions with the others.
 *
 * @param ind - Default 2.
 * @example
 * const A = torch.eye(6).reshape(2, 3, 6);
 * torch.linalg.tensorinv(A).shape; // → [ 6, 2, 3 ]
 */
export const tensorinv = bindFunction<{
  (input: Tensor, options?: { ind?: number }): Tensor;
  (input: Tensor, ind: number): Tensor;
}>('linalg_tensorinv');

/**
 * `X` of `tensordot(A, X, X.ndim) = B`.
 *
 * @param dims - Dimensions of A that are moved to its end first. Default: none.
 * @example
 * const A = torch.eye(6).mul(2).reshape(2, 3, 6);
 * torch.linalg.tensorsolve(A, torch.ones(2, 3)).unique(); // → tensor([0.5000])
 */
export const tensorsolve = bindFunction<{
  (input: Tensor, other: Tensor, options?: { dims?: readonly number[] | null }): Tensor;
  (input: Tensor, other: Tensor, dims: readonly number[] | null): Tensor;
}>('linalg_tensorsolve');
