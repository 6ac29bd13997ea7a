import type { DType } from '../../native/dtype.js';
import type { Tensor } from '../../tensor/index.js';
import { bindFunction } from '../../tensor/method.js';
import type { NormOptions, Unary } from './types.js';

type Dims = number | readonly number[] | null;
type Order = number | 'fro' | 'nuc' | null;

interface AsDType {
  /** What is computed in, and the result's dtype. Default: the input's. */
  dtype?: DType;
}

/**
 * Matrix product, as `torch.matmul`.
 *
 * @example
 * torch.linalg.matmul(torch.tensor([[1, 2], [3, 4]]), torch.tensor([1, 1])); // → tensor([3., 7.])
 */
export const matmul = bindFunction<(input: Tensor, other: Tensor) => Tensor>('linalg_matmul');

/**
 * Product of several matrices, in the order that costs least.
 *
 * @example
 * const [A, B, C] = [torch.ones(10, 2), torch.ones(2, 10), torch.ones(10, 1)];
 * torch.linalg.multiDot([A, B, C]).shape; // → [ 10, 1 ]
 */
export const multiDot = bindFunction<(tensors: readonly Tensor[]) => Tensor>('linalg_multi_dot');

/**
 * A square matrix to an integer power; a negative one is that of its inverse.
 *
 * @example
 * const A = torch.tensor([[1, 1], [0, 1]]);
 * torch.linalg.matrixPower(A, 3); // → tensor([[1., 3.], [0., 1.]])
 * torch.linalg.matrixPower(A, -1); // → tensor([[1., -1.], [0., 1.]])
 */
export const matrixPower =
  bindFunction<(input: Tensor, n: number) => Tensor>('linalg_matrix_power');

/**
 * `eᴬ` of a square matrix.
 *
 * @example
 * torch.linalg.matrixExp(torch.tensor([[0, 1], [0, 0]])); // → tensor([[1., 1.], [0., 1.]])
 */
export const matrixExp = bindFunction<(input: Tensor) => Tensor>('linalg_matrix_exp');

/**
 * Cross product of vectors of 3 elements.
 *
 * @param options.dim - Default −1.
 * @example
 * torch.linalg.cross(torch.tensor([1, 0, 0]), torch.tensor([0, 1, 0])); // → tensor([0., 0., 1.])
 */
export const cross =
  bindFunction<(input: Tensor, other: Tensor, options?: { dim?: number }) => Tensor>(
    'linalg_cross',
  );

/**
 * Dot product of vectors along a dimension, the first conjugated.
 *
 * @param options.dim - Default −1.
 * @example
 * torch.linalg.vecdot(torch.tensor([[1, 2], [3, 4]]), torch.tensor([1, 10])); // → tensor([21., 43.])
 */
export const vecdot =
  bindFunction<(x: Tensor, y: Tensor, options?: { dim?: number }) => Tensor>('linalg_vecdot');

/**
 * Vandermonde matrix: each row holds powers 0 … N − 1.
 *
 * @param options.N - Columns. Default: as many as rows.
 * @example
 * torch.linalg.vander(torch.tensor([2, 3]), { N: 3 }); // → tensor([[1., 2., 4.], [1., 3., 9.]])
 */
export const vander =
  bindFunction<(x: Tensor, options?: { N?: number | null }) => Tensor>('linalg_vander');

/**
 * Diagonals of matrices, a view; the main one by default of `offset`, 0.
 *
 * @param options.dim1 - Default −2.
 * @param options.dim2 - Default −1.
 * @example
 * torch.linalg.diagonal(torch.tensor([[1, 2], [3, 4]])); // → tensor([1., 4.])
 * torch.linalg.diagonal(torch.tensor([[1, 2], [3, 4]]), { offset: 1 }); // → tensor([2.])
 */
export const diagonal =
  bindFunction<(A: Tensor, options?: { offset?: number; dim1?: number; dim2?: number }) => Tensor>(
    'linalg_diagonal',
  );

/**
 * Determinant.
 *
 * @example
 * torch.linalg.det(torch.tensor([[1, 2], [3, 4]])); // → tensor(-2.)
 */
export const det = bindFunction<Unary>('linalg_det');

/**
 * `[sign, log |det A|]`.
 *
 * @example
 * const [sign, logabs] = torch.linalg.slogdet(torch.tensor([[0, 1], [1, 0]]));
 * [sign.item(), logabs.item()]; // → [ -1, 0 ]
 */
export const slogdet = bindFunction<(A: Tensor) => [Tensor, Tensor]>('linalg_slogdet');

/**
 * Condition number.
 *
 * @param p - Norm: 2, −2, 1, −1, `Infinity`, `-Infinity`, `'fro'`, `'nuc'`. Default 2.
 * @example
 * torch.linalg.cond(torch.tensor([[4, 0], [0, 1]])); // → tensor(4.)
 * torch.linalg.cond(torch.tensor([[4, 0], [0, 1]]), 'fro'); // → tensor(4.2500)
 */
export const cond = bindFunction<{
  (input: Tensor, options?: { p?: Order }): Tensor;
  (input: Tensor, p: Order): Tensor;
}>('linalg_cond', 'linalg_cond.p_str');

/**
 * Norm of vectors or of matrices: of a matrix where `dim` has two, of all elements where nothing is given.
 *
 * @example
 * torch.linalg.norm(torch.tensor([3, 4])); // → tensor(5.)
 */
export const norm = bindFunction<{
  (input: Tensor, options?: NormOptions<Order, Dims>): Tensor;
  (input: Tensor, ord: Order, options?: AsDType): Tensor;
  (input: Tensor, ord: Order, dim: Dims, keepdim?: boolean, options?: AsDType): Tensor;
}>('linalg_norm', 'linalg_norm.ord_str');

/**
 * Norm of vectors.
 *
 * @param ord - A number, ±`Infinity` too. Default 2.
 * @param dim - Default: all.
 * @example
 * const x = torch.tensor([[3, 4], [6, 8]]);
 * torch.linalg.vectorNorm(x, { dim: 1 }); // → tensor([5., 10.])
 * torch.linalg.vectorNorm(x, Infinity); // → tensor(8.)
 */
export const vectorNorm = bindFunction<{
  (input: Tensor, options?: NormOptions<number, Dims>): Tensor;
  (input: Tensor, ord: number, options?: AsDType): Tensor;
  (input: Tensor, ord: number, dim: Dims, keepdim?: boolean, options?: AsDType): Tensor;
}>('linalg_vector_norm');

/**
 * Norm of matrices.
 *
 * @param ord - `'fro'`, `'nuc'`, ±2, ±1, ±`Infinity`. Default `'fro'`.
 * @param dim - Default [−2, −1].
 * @example
 * const A = torch.tensor([[3, 0], [0, 4]]);
 * torch.linalg.matrixNorm(A); // → tensor(5.)
 * torch.linalg.matrixNorm(A, 'nuc'); // → tensor(7.)
 * torch.linalg.matrixNorm(A, 2); // → tensor(4.)
 */
export const matrixNorm = bindFunction<{
  (input: Tensor, options?: NormOptions<number | 'fro' | 'nuc', readonly number[]>): Tensor;
  (input: Tensor, ord: number | 'fro' | 'nuc', options?: AsDType): Tensor;
  (
    input: Tensor,
    ord: number | 'fro' | 'nuc',
    dim: readonly number[],
    keepdim?: boolean,
    options?: AsDType,
  ): Tensor;
}>('linalg_matrix_norm', 'linalg_matrix_norm.str_ord');
