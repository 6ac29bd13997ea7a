import { method } from './method.js';
import { extendTensor, type Operand, type Tensor } from './tensor.js';

type Binary = (this: Tensor, other: Operand) => Tensor;
type Pairs = (this: Tensor, other: Tensor) => Tensor;
type Matrix = (this: Tensor, mat2: Tensor) => Tensor;
type Scaled = (this: Tensor, other: Operand, options?: { alpha?: number }) => Tensor;

/** Arithmetic of two operands, broadcast as in PyTorch. */
export const arithmetic = {
  /** `this + alpha · other`. Shapes broadcast. */
  add: method<Scaled>('add.Tensor'),
  /** `this − alpha · other`. Shapes broadcast. */
  sub: method<Scaled>('sub.Tensor'),
  /** `this · other`, element by element. Shapes broadcast. */
  mul: method<Binary>('mul.Tensor'),
  /**
   * `this / other`; integers give float32.
   * @param options.roundingMode - `'floor'`, `'trunc'`, or none for true division.
   */
  div: method<
    (this: Tensor, other: Operand, options?: { roundingMode?: 'floor' | 'trunc' | null }) => Tensor
  >('div.Tensor', 'div.Tensor_mode'),
  /** Python's `%`: the sign is the divisor's. */
  remainder: method<Binary>('remainder.Scalar', 'remainder.Tensor'),
  /** Python's `//`. */
  floorDivide: method<Binary>('floor_divide'),
  /** Each element to the power of `exponent`. Shapes broadcast. */
  pow: method<(this: Tensor, exponent: Operand) => Tensor>(
    'pow.Tensor_Scalar',
    'pow.Tensor_Tensor',
  ),
  /** Matrix product with PyTorch's rules for vectors and batches. `(…, n, m) · (…, m, p) → (…, n, p)` */
  matmul: method<Pairs>('matmul'),
  /** `(n, m) · (m, p) → (n, p)` */
  mm: method<Matrix>('mm'),
  /** `(b, n, m) · (b, m, p) → (b, n, p)` */
  bmm: method<Matrix>('bmm'),
  /** Inner product of two vectors of one length, a tensor without dimensions. */
  dot: method<(this: Tensor, tensor: Tensor) => Tensor>('dot'),
  /** The larger of each pair of elements. */
  maximum: method<Pairs>('maximum'),
  /** The smaller of each pair of elements. */
  minimum: method<Pairs>('minimum'),
};

export type Arithmetic = typeof arithmetic;
declare module '../native/tensor.js' {
  interface Tensor extends Arithmetic {}
}
extendTensor(arithmetic);
