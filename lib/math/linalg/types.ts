import type { DType } from '../../native/dtype.js';
import type { Tensor } from '../../tensor/index.js';

export type Unary = (A: Tensor) => Tensor;

/** Triangle that is read: `'L'` below the diagonal, `'U'` above it. */
export type Triangle = 'L' | 'U';

/** Size below which something counts as 0: absolute, and relative to the largest singular value. */
export interface Tolerances<T> {
  /** Default 0. */
  atol?: T | undefined;
  /** Default: the dtype's rounding times the larger side, unless `atol` is given. */
  rtol?: T | undefined;
}

export interface Hermitian {
  /** Whether the matrix is symmetric, or Hermitian. Default false. */
  hermitian?: boolean | undefined;
}

export interface CheckErrors {
  /** Whether a failure is thrown, and not only told by `info`. Default false. */
  checkErrors?: boolean | undefined;
}

export interface Driver<Name extends string> {
  /**
   * The routine that computes it. On the CPU for `svd` and `svdvals`: none. Default: libtorch's choice; for `lstsq`
   * `'gelsy'` on the CPU, `'gels'` on a GPU.
   */
  driver?: Name | null | undefined;
}

export interface NormOptions<Order, Dim> {
  /** Default: the root of the sum of squares. */
  ord?: Order | undefined;
  /** Default: all, for matrices the last two. */
  dim?: Dim | undefined;
  /** Keeps reduced dimensions with size 1. Default false. */
  keepdim?: boolean | undefined;
  /** What is computed in, and the result's dtype. Default: the input's. */
  dtype?: DType | undefined;
}
