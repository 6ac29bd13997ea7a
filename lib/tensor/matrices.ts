import { method } from './method.js';
import { extendTensor, type Tensor } from './tensor.js';

type Diagonal = (this: Tensor, diagonal?: number) => Tensor;
type Vector = (this: Tensor, vec2: Tensor) => Tensor;
type Pair = (this: Tensor, other: Tensor) => Tensor;
export interface Factors {
  /** Of what was there before. Default 1. */
  beta?: number;
  /** Of the product. Default 1. */
  alpha?: number;
}
type Batches = (this: Tensor, batch1: Tensor, batch2: Tensor, options?: Factors) => Tensor;

/** Vectors, matrices and batches of them. */
export const matrices = {
  /** Matrix product with PyTorch's rules for vectors and batches. `(…, n, m) · (…, m, p) → (…, n, p)` */
  matmul: method<Pair>('matmul'),
  /** `(n, m) · (m, p) → (n, p)` */
  mm: method<(this: Tensor, mat2: Tensor) => Tensor>('mm'),
  /** `(b, n, m) · (b, m, p) → (b, n, p)` */
  bmm: method<(this: Tensor, mat2: Tensor) => Tensor>('bmm'),
  /** `(n, m) · (m) → (n)` */
  mv: method<(this: Tensor, vec: Tensor) => Tensor>('mv'),
  /** Inner product of two vectors of one length, a tensor without dimensions. */
  dot: method<(this: Tensor, tensor: Tensor) => Tensor>('dot'),
  /** {@link dot} with the complex conjugate of this. */
  vdot: method<Pair>('vdot'),
  /** Sums of products along the last dimensions. `(…, m), (…, m) → (…, …)` */
  inner: method<Pair>('inner'),
  /** All products of two vectors. `(n), (m) → (n, m)` */
  outer: method<Vector>('outer'),
  /** As {@link outer}. */
  ger: method<Vector>('ger'),
  /** Kronecker product. */
  kron: method<Pair>('kron'),
  /** Cross product of vectors of three along `dim`. Default: the first of size 3. */
  cross: method<(this: Tensor, other: Tensor, dim?: number | null) => Tensor>('cross'),
  /** `beta · this + alpha · mat1 · mat2` */
  addmm: method<(this: Tensor, mat1: Tensor, mat2: Tensor, options?: Factors) => Tensor>('addmm'),
  /** `beta · this + alpha · mat · vec` */
  addmv: method<(this: Tensor, mat: Tensor, vec: Tensor, options?: Factors) => Tensor>('addmv'),
  /** `beta · this + alpha · vec1 ⊗ vec2` */
  addr: method<(this: Tensor, vec1: Tensor, vec2: Tensor, options?: Factors) => Tensor>('addr'),
  /** `beta · this + alpha · Σ batch1 · batch2`, summed over the batch. */
  addbmm: method<Batches>('addbmm'),
  /** `beta · this + alpha · batch1 · batch2` */
  baddbmm: method<Batches>('baddbmm'),
  /** Sum of the diagonal. */
  trace: method('trace'),
  /** The elements below and on a diagonal, 0 elsewhere. */
  tril: method<Diagonal>('tril'),
  /** The elements above and on a diagonal, 0 elsewhere. */
  triu: method<Diagonal>('triu'),
  /** A diagonal matrix of a vector; of a matrix its diagonal. */
  diag: method<Diagonal>('diag'),
  /** Diagonal matrices of the vectors along the last dimension. */
  diagEmbed:
    method<(this: Tensor, offset?: number, dim1?: number, dim2?: number) => Tensor>('diag_embed'),
  /** A diagonal matrix of all elements. */
  diagflat: method<(this: Tensor, offset?: number) => Tensor>('diagflat'),
  /** The diagonal of two dimensions, as the last one; a view. */
  diagonal:
    method<(this: Tensor, offset?: number, dim1?: number, dim2?: number) => Tensor>('diagonal'),
  /** The last two dimensions exchanged, and the complex conjugate; a view. */
  adjoint: method('adjoint'),
};

export type Matrices = typeof matrices;
declare module '../native/tensor.js' {
  interface Tensor extends Matrices {}
}
extendTensor(matrices);
