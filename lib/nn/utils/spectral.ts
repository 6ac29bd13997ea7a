import { noGrad } from '../../context/autograd.js';
import { bind } from '../../native/ops.js';
import { empty, type Tensor } from '../../tensor/index.js';
import { tidy } from '../../tensor/scope.js';
import { Module } from '../module/module.js';

const mv = bind<(input: Tensor, vector: Tensor) => Tensor>('mv');
const vdot = bind<(input: Tensor, other: Tensor) => Tensor>('vdot');
const adjoint = bind<(input: Tensor) => Tensor>('adjoint');
const vectorNorm =
  bind<(input: Tensor, ord: number, dim: readonly number[], keepdim: boolean) => Tensor>(
    'linalg_vector_norm',
  );

const normalized = (vector: Tensor, eps: number): Tensor =>
  vector.div(vectorNorm(vector, 2, [0], true).clamp({ min: eps }));

/** Divides a tensor by the largest singular value of it as a matrix. */
export class SpectralNorm extends Module {
  static {
    // Python's name, which is printed.
    Object.defineProperty(SpectralNorm, 'name', { value: '_SpectralNorm' });
  }

  readonly dim: number;
  readonly eps: number;
  readonly nPowerIterations: number;
  // The names are the keys of the state dict.
  declare private _u: Tensor;
  declare private _v: Tensor;

  constructor(weight: Tensor, nPowerIterations: number, dim: number, eps: number) {
    super();
    this.dim = dim >= 0 ? dim : dim + weight.ndim;
    this.eps = eps;
    this.nPowerIterations = nPowerIterations;
    if (weight.ndim === 1) return;
    noGrad(() =>
      tidy(() => {
        const matrix = this.#matrixOf(weight);
        const { dtype, device } = matrix;
        const drawn = matrix.shape.map((size) => empty([size], { dtype, device }).normal_(0, 1));
        this.registerBuffer('_u', normalized(drawn[0]!, eps));
        this.registerBuffer('_v', normalized(drawn[1]!, eps));
        this.#iterate(matrix, 15);
      }),
    );
  }

  #matrixOf(weight: Tensor): Tensor {
    if (this.dim === 0) return weight.flatten(1);
    const others = weight.shape.map((_, i) => i).filter((i) => i !== this.dim);
    return weight.permute(this.dim, ...others).flatten(1);
  }

  #iterate(matrix: Tensor, steps: number): void {
    noGrad(() =>
      tidy(() => {
        for (let step = 0; step < steps; step++) {
          this._u.copy_(normalized(mv(matrix, this._v), this.eps));
          this._v.copy_(normalized(mv(adjoint(matrix), this._u), this.eps));
        }
      }),
    );
  }

  forward(weight: Tensor): Tensor {
    if (weight.ndim === 1) return normalized(weight, this.eps);
    const matrix = this.#matrixOf(weight);
    if (this.training) this.#iterate(matrix, this.nPowerIterations);
    // A backward pass after another forward pass has these vectors, and not its.
    const [u, v] = [this._u.clone(), this._v.clone()];
    return weight.div(vdot(u, mv(matrix, v)));
  }

  rightInverse(value: Tensor): Tensor {
    return value;
  }
}
