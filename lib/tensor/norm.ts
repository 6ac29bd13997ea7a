import { anything, flag } from '../argument/kind.js';
import { ordered } from '../argument/ordered.js';
import { invalidArgument } from '../error.js';
import type { DType } from '../native/dtype.js';
import { bind } from '../native/ops.js';
import { dtypeKind, tensorKind } from './kinds.js';
import type { Dims, WithDType } from './reduction.js';
import { extendTensor, type Tensor } from './tensor.js';

type Order = number | 'fro' | 'nuc' | null;
type Vectors = (
  a: Tensor,
  order: number,
  dim: readonly number[] | null,
  keepdim: boolean,
  options: WithDType,
) => Tensor;
type Matrices = (
  a: Tensor,
  order: string,
  dim: readonly number[],
  keepdim: boolean,
  options: WithDType,
) => Tensor;

const ofVectors = bind<Vectors>('linalg_vector_norm');
const ofMatrices = bind<Matrices>('linalg_matrix_norm.str_ord');

export interface NormOptions {
  /** A number, `'fro'` (2), or `'nuc'`: the sum of the singular values of matrices. Default `'fro'`. */
  p?: Order;
  /** Dimension, or several. Default: all. */
  dim?: Dims | null;
  /** Keeps reduced dimensions with size 1. Default false. */
  keepdim?: boolean;
  /** What is computed in, and the result's dtype. Default: the input's. */
  dtype?: DType;
}
interface Norm {
  (this: Tensor, options?: NormOptions): Tensor;
  (this: Tensor, p: Order, options?: Omit<NormOptions, 'p'>): Tensor;
  (this: Tensor, p: Order, dim: Dims | null, options?: Omit<NormOptions, 'p' | 'dim'>): Tensor;
  (this: Tensor, p: Order, dim: Dims | null, keepdim: boolean, options?: WithDType): Tensor;
}

const normOf = ordered<[A: Tensor], [p?: Order, dim?: Dims | null, keepdim?: boolean]>()(
  'norm',
  {
    args: {
      A: tensorKind,
      p: anything<Order>("a number, 'fro' or 'nuc'").or('fro'),
      dim: anything<Dims | null>('a dimension, or a list of them').or(null),
      keepdim: flag.or(false),
    },
    options: { dtype: dtypeKind.optional() },
  },
  ({ A, p, dim, keepdim, dtype }): Tensor => {
    const dims = (typeof dim === 'number' ? [dim] : dim) as readonly number[] | null;
    if (p === 'nuc') return ofMatrices(A, p, dims ?? A.shape.map((_, i) => i), keepdim, { dtype });
    const order = p === 'fro' || p === null ? 2 : p;
    if (typeof order === 'number') return ofVectors(A, order, dims, keepdim, { dtype });
    throw invalidArgument(`norm: p: expected a number, 'fro' or 'nuc', got ${String(p)}`);
  },
);

/** Norms. */
export const norms = {
  /**
   * p-norm of all elements, or along dimensions.
   * @example
   * const x = torch.tensor([[3, 4], [6, 8]]);
   * x.norm({ dim: 1 }); // → tensor([ 5., 10.])
   * x.norm(1); // → tensor(21.)
   * torch.tensor([[0.5, 0], [0, -0.25]]).norm('nuc'); // → tensor(0.7500)
   */
  norm: function norm(this: Tensor, ...given: []): Tensor {
    return normOf(this, ...given);
  } as Norm,
};

export type Norms = typeof norms;
declare module '../native/tensor.js' {
  interface Tensor extends Norms {}
}
extendTensor(norms);
