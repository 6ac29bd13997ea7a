import { atMost } from '../argument/atMost.js';
import { anything, flag } from '../argument/kind.js';
import { isPlain, readOptions } from '../argument/options.js';
import { invalidArgument } from '../error.js';
import type { DType } from '../native/dtype.js';
import { bind } from '../native/ops.js';
import { dtypeKind } from './kinds.js';
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
  p?: Order;
  dim?: Dims | null;
  keepdim?: boolean;
  dtype?: DType;
}
interface Norm {
  (this: Tensor, options?: NormOptions): Tensor;
  (this: Tensor, p: Order, options?: Omit<NormOptions, 'p'>): Tensor;
  (this: Tensor, p: Order, dim: Dims | null, options?: Omit<NormOptions, 'p' | 'dim'>): Tensor;
  (this: Tensor, p: Order, dim: Dims | null, keepdim: boolean, options?: WithDType): Tensor;
}

const spec = {
  p: anything<Order>("a number, 'fro' or 'nuc'").optional(),
  dim: anything<Dims | null>('a dimension, or a list of them').optional(),
  keepdim: flag.or(false),
  dtype: dtypeKind.optional(),
};

/** Norms. */
export const norms = {
  /**
   * p-norm of all elements, or along dimensions.
   * @param options.p - A number, `'fro'` (2, the default), or `'nuc'`: the sum of the singular values of matrices.
   * @example
   * const x = torch.tensor([[3, 4], [6, 8]]);
   * x.norm({ dim: 1 }); // → tensor([ 5., 10.])
   * x.norm(1); // → tensor(21.)
   * torch.tensor([[0.5, 0], [0, -0.25]]).norm('nuc'); // → tensor(0.7500)
   */
  norm: function norm(this: Tensor, ...given: unknown[]): Tensor {
    atMost('norm', 4, given.length);
    const last = given.at(-1);
    const named = readOptions('norm', spec, isPlain(last) ? given.pop() : undefined);
    const [p = named.p ?? 'fro', dim = named.dim ?? null, keepdim = named.keepdim] = given;
    const dims = (typeof dim === 'number' ? [dim] : dim) as readonly number[] | null;
    const keeps = flag.read('norm: keepdim', keepdim);
    const { dtype } = named;
    if (p === 'nuc') {
      return ofMatrices(this, p, dims ?? this.shape.map((_, i) => i), keeps, { dtype });
    }
    const order = p === 'fro' || p === null ? 2 : p;
    if (typeof order === 'number') return ofVectors(this, order, dims, keeps, { dtype });
    throw invalidArgument(`norm: p: expected a number, 'fro' or 'nuc', got ${String(p)}`);
  } as Norm,
};

export type Norms = typeof norms;
declare module '../native/tensor.js' {
  interface Tensor extends Norms {}
}
extendTensor(norms);
