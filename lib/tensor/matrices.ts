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

/** Vectors `(n)`, matrices `(m, n)` and batches of them `(b, m, n)`. */
export const matrices = {
  /**
   * Matrix product with PyTorch's rules for vectors and batches. `(…, n, m) · (…, m, p) → (…, n, p)`
   *
   * @example
   * const x = torch.tensor([[1, 2, 3], [4, 5, 6]]);
   * x.matmul(torch.ones(3)); // → tensor([ 6., 15.])
   * x.matmul(x.t()); // → tensor([[14., 32.], [32., 77.]])
   */
  matmul: method<Pair>('matmul'),
  /**
   * `(n, m) · (m, p) → (n, p)`
   *
   * @example
   * const x = torch.tensor([[1, 2, 3], [4, 5, 6]]);
   * x.mm(x.t()); // → tensor([[14., 32.], [32., 77.]])
   */
  mm: method<(this: Tensor, mat2: Tensor) => Tensor>('mm'),
  /**
   * `(b, n, m) · (b, m, p) → (b, n, p)`
   *
   * @example
   * torch.ones(2, 3, 4).bmm(torch.ones(2, 4, 5)).shape; // → [ 2, 3, 5 ]
   */
  bmm: method<(this: Tensor, mat2: Tensor) => Tensor>('bmm'),
  /**
   * `(n, m) · (m) → (n)`
   *
   * @example
   * const x = torch.tensor([[1, 2, 3], [4, 5, 6]]);
   * x.mv(torch.tensor([1, 0, 0])); // → tensor([1., 4.])
   */
  mv: method<(this: Tensor, vec: Tensor) => Tensor>('mv'),
  /**
   * Inner product of two vectors of one length, a tensor without dimensions.
   *
   * @example
   * torch.tensor([1, 2]).dot(torch.tensor([3, 4])); // → tensor(11.)
   */
  dot: method<(this: Tensor, tensor: Tensor) => Tensor>('dot'),
  /**
   * {@link dot} with the complex conjugate of this.
   *
   * @example
   * const x = torch.complex(torch.tensor([0]), torch.tensor([1]));
   * x.vdot(x); // → tensor(1.+0.j)
   * x.dot(x); // → tensor(-1.+0.j)
   */
  vdot: method<Pair>('vdot'),
  /**
   * Sums of products along the last dimensions. `(…, m), (…, m) → (…, …)`
   *
   * @example
   * torch.tensor([[1, 2], [3, 4]]).inner(torch.tensor([1, 10])); // → tensor([21., 43.])
   */
  inner: method<Pair>('inner'),
  /**
   * All products of two vectors. `(n), (m) → (n, m)`
   *
   * @example
   * torch.tensor([1, 2]).outer(torch.tensor([3, 4])); // → tensor([[3., 4.], [6., 8.]])
   */
  outer: method<Vector>('outer'),
  /**
   * As {@link outer}.
   *
   * @example
   * torch.tensor([1, 2]).ger(torch.tensor([3, 4])); // → tensor([[3., 4.], [6., 8.]])
   */
  ger: method<Vector>('ger'),
  /**
   * Kronecker product.
   *
   * @example
   * torch.eye(2).kron(torch.ones(1, 2)); // → tensor([[1., 1., 0., 0.], [0., 0., 1., 1.]])
   */
  kron: method<Pair>('kron'),
  /**
   * Cross product of vectors of three along `dim`. Default: the first of size 3, which is deprecated in Python:
   * `linalg.cross` takes the last.
   *
   * @example
   * torch.tensor([1, 0, 0]).cross(torch.tensor([0, 1, 0]), 0); // → tensor([0., 0., 1.])
   */
  cross: method<(this: Tensor, other: Tensor, dim?: number | null) => Tensor>('cross'),
  /**
   * `beta · this + alpha · mat1 · mat2`
   *
   * @example
   * const I = torch.eye(2);
   * torch.ones(2, 2).addmm(I, I, { beta: 10, alpha: 2 }); // → tensor([[12., 10.], [10., 12.]])
   */
  addmm: method<(this: Tensor, mat1: Tensor, mat2: Tensor, options?: Factors) => Tensor>('addmm'),
  /**
   * `beta · this + alpha · mat · vec`
   *
   * @example
   * torch.tensor([10, 20]).addmv(torch.tensor([[1, 2], [3, 4]]), torch.ones(2)); // → tensor([13., 27.])
   */
  addmv: method<(this: Tensor, mat: Tensor, vec: Tensor, options?: Factors) => Tensor>('addmv'),
  /**
   * `beta · this + alpha · vec1 ⊗ vec2`
   *
   * @example
   * torch.ones(2, 2).addr(torch.tensor([1, 2]), torch.tensor([10, 20])); // → tensor([[11., 21.], [21., 41.]])
   */
  addr: method<(this: Tensor, vec1: Tensor, vec2: Tensor, options?: Factors) => Tensor>('addr'),
  /**
   * `beta · this + alpha · Σ batch1 · batch2`, summed over the batch.
   *
   * @example
   * torch.zeros(1, 1).addbmm(torch.ones(3, 1, 2), torch.ones(3, 2, 1)); // → tensor([[6.]])
   */
  addbmm: method<Batches>('addbmm'),
  /**
   * `beta · this + alpha · batch1 · batch2`
   *
   * @example
   * const sums = torch.tensor([[[10]], [[20]]]);
   * sums.baddbmm(torch.ones(2, 1, 3), torch.ones(2, 3, 1)).flatten(); // → tensor([13., 23.])
   */
  baddbmm: method<Batches>('baddbmm'),
  /**
   * Sum of the diagonal.
   *
   * @example
   * torch.eye(3).trace(); // → tensor(3.)
   */
  trace: method('trace'),
  /**
   * The elements below and on a diagonal, 0 elsewhere.
   *
   * @example
   * torch.ones(2, 2).tril(); // → tensor([[1., 0.], [1., 1.]])
   */
  tril: method<Diagonal>('tril'),
  /**
   * The elements above and on a diagonal, 0 elsewhere.
   *
   * @example
   * torch.ones(2, 2).triu(); // → tensor([[1., 1.], [0., 1.]])
   */
  triu: method<Diagonal>('triu'),
  /**
   * A diagonal matrix of a vector; of a matrix its diagonal.
   *
   * @example
   * torch.tensor([1, 2]).diag(); // → tensor([[1., 0.], [0., 2.]])
   */
  diag: method<Diagonal>('diag'),
  /**
   * Diagonal matrices of the vectors along the last dimension.
   *
   * @example
   * torch.tensor([[1, 2], [3, 4]]).diagEmbed(); // → tensor([[[1., 0.], [0., 2.]], [[3., 0.], [0., 4.]]])
   */
  diagEmbed:
    method<(this: Tensor, offset?: number, dim1?: number, dim2?: number) => Tensor>('diag_embed'),
  /**
   * A diagonal matrix of all elements.
   *
   * @example
   * torch.tensor([[1, 2], [3, 4]]).diagflat().diag(); // → tensor([1., 2., 3., 4.])
   * torch.tensor([1]).diagflat(1); // → tensor([[0., 1.], [0., 0.]])
   */
  diagflat: method<(this: Tensor, offset?: number) => Tensor>('diagflat'),
  /**
   * The diagonal of two dimensions, as the last one; a view.
   *
   * @example
   * const x = torch.tensor([[1, 2, 3], [4, 5, 6]]);
   * x.diagonal(); // → tensor([1., 5.])
   * x.diagonal(1); // → tensor([2., 6.])
   */
  diagonal:
    method<(this: Tensor, offset?: number, dim1?: number, dim2?: number) => Tensor>('diagonal'),
  /**
   * The last two dimensions exchanged, and the complex conjugate; a view.
   *
   * @example
   * const x = torch.complex(torch.zeros(1, 2), torch.tensor([[1, 2]]));
   * x.adjoint(); // → tensor([[0.-1.j], [0.-2.j]])
   */
  adjoint: method('adjoint'),
};

export type Matrices = typeof matrices;
declare module '../native/tensor.js' {
  interface Tensor extends Matrices {}
}
extendTensor(matrices);
