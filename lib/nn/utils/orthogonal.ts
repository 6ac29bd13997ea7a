import { noGrad } from '../../context/autograd.js';
import { invalidArgument } from '../../error.js';
import { bind } from '../../native/ops.js';
import { cat, eye, randn, type Tensor, zeros, zerosLike } from '../../tensor/index.js';
import { tidy } from '../../tensor/scope.js';
import { Module } from '../module/module.js';

/** How a matrix becomes an orthogonal one. */
export type OrthogonalMap = 'matrix_exp' | 'cayley' | 'householder';

type One = (input: Tensor) => Tensor;

const tril = bind<(input: Tensor, diagonal: number) => Tensor>('tril');
const adjoint = bind<One>('adjoint');
const matrixExp = bind<One>('matrix_exp');
const solve = bind<(a: Tensor, b: Tensor) => Tensor>('linalg_solve');
const householder = bind<(input: Tensor, tau: Tensor) => Tensor>('linalg_householder_product');
const geqrf = bind<(input: Tensor) => [Tensor, Tensor]>('geqrf');
const diagonalOf =
  bind<(input: Tensor, offset: number, dim1: number, dim2: number) => Tensor>('diagonal');
const sgn = bind<One>('sgn');

const diagonal = (matrix: Tensor): Tensor => diagonalOf(matrix, 0, -2, -1);
const turned = (matrix: Tensor): Tensor => matrix.transpose(-2, -1);

const precisions: Readonly<Record<string, number>> = {
  float64: 2 ** -52,
  complex128: 2 ** -52,
  float32: 2 ** -23,
  complex64: 2 ** -23,
  float16: 2 ** -10,
  bfloat16: 2 ** -7,
};

function isOrthogonal(matrix: Tensor): boolean {
  const [n, k] = matrix.shape.slice(-2) as [number, number];
  const { dtype, device } = matrix;
  const atol = 10 * n * precisions[dtype]!;
  const unit = eye(k, k, { dtype, device });
  return adjoint(matrix)
    .matmul(matrix)
    .allclose(unit.expand(...matrix.shape.slice(0, -2), k, k), { atol });
}

// The diagonal of R is real, and its signs are Q's.
function madeOrthogonal(matrix: Tensor): Tensor {
  const [x, tau] = geqrf(matrix);
  return householder(x, tau).mul(sgn(diagonal(x)).unsqueeze(-2));
}

/** Makes a tensor a matrix, or several, with orthogonal columns; of a wide one the rows. */
export class Orthogonal extends Module {
  static {
    // Python's name, which is printed.
    Object.defineProperty(Orthogonal, 'name', { value: '_Orthogonal' });
  }

  readonly shape: readonly number[];
  readonly map: OrthogonalMap;
  readonly isTrivial: boolean;
  // The name is the key of the state dict.
  declare private base: Tensor | null;

  constructor(shape: readonly number[], map: OrthogonalMap, isTrivial: boolean) {
    super();
    this.shape = shape;
    this.map = map;
    this.isTrivial = isTrivial;
    if (isTrivial) this.registerBuffer('base', null);
  }

  forward(given: Tensor): Tensor {
    const [rows, columns] = given.shape.slice(-2) as [number, number];
    const isWide = rows < columns;
    const tall = isWide ? turned(given) : given;
    const q = this.map === 'householder' ? fromReflections(tall) : fromSkew(tall, this.map);
    const based = this.isTrivial && this.base !== null ? this.base.matmul(q) : q;
    return isWide ? turned(based) : based;
  }

  rightInverse(value: Tensor): Tensor | undefined {
    if (String(value.shape) !== String(this.shape)) {
      throw invalidArgument(`orthogonal: expected the shape [${this.shape}], got [${value.shape}]`);
    }
    return noGrad(() => (this.isTrivial ? this.#rebase(value) : this.#reflections(value)));
  }

  // No inverse of the other maps is known.
  #reflections(value: Tensor): Tensor | undefined {
    if (this.map !== 'householder') return undefined;
    const isWide = value.shape.at(-2)! < value.shape.at(-1)!;
    const [a, tau] = geqrf(isWide ? turned(value) : value);
    // LAPACK returns exactly zero where it takes no reflection.
    const signs = diagonal(a).sign();
    const kept = tau.eq(0).to(signs.dtype).mul(-2).add(1);
    diagonal(a).copy_(signs.mul(kept));
    return isWide ? turned(a) : a;
  }

  #rebase(value: Tensor): Tensor {
    const [rows, columns] = value.shape.slice(-2) as [number, number];
    const q = rows < columns ? turned(value) : value;
    const [n, k] = q.shape.slice(-2) as [number, number];
    const base = tidy(() => {
      if (n === k) return isOrthogonal(q) ? q.clone() : madeOrthogonal(q);
      const { dtype, device } = q;
      const more = randn([...q.shape.slice(0, -2), n, n - k], { dtype, device });
      return madeOrthogonal(cat([q, more], -1));
    });
    this.registerBuffer('base', base);
    const identity = zerosLike(value);
    diagonal(identity).fill_(-1);
    return identity;
  }
}

function fromSkew(tall: Tensor, map: 'matrix_exp' | 'cayley'): Tensor {
  const [n, k] = tall.shape.slice(-2) as [number, number];
  const { dtype, device, shape } = tall;
  const lower = tril(tall, 0);
  const rest = () => zeros([...shape.slice(0, -2), n, n - k], { dtype, device });
  const square = n === k ? lower : cat([lower, rest()], -1);
  const skew = square.sub(adjoint(square));
  if (map === 'matrix_exp') return matrixExp(skew).narrow(-1, 0, k);
  const unit = eye(n, n, { dtype, device });
  return solve(unit.add(skew, { alpha: -0.5 }), unit.add(skew, { alpha: 0.5 })).narrow(-1, 0, k);
}

function fromReflections(tall: Tensor): Tensor {
  const a = tril(tall, -1);
  const tau = a.mul(a).sum(-2).add(1).reciprocal().mul(2);
  // Its ones are no part of what is learned.
  return householder(a, tau).mul(diagonal(tall).int().unsqueeze(-2));
}
