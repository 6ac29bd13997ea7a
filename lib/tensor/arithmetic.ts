import { bind } from '../ops.js';
import { extendTensor, type Operand, Tensor } from './tensor.js';

type Binary = (a: Tensor, b: Operand) => Tensor;
type Scaled = (a: Tensor, b: Operand, keywords?: { alpha?: number }) => Tensor;

const add = bind<Scaled>('add.Tensor');
const sub = bind<Scaled>('sub.Tensor');
const mul = bind<Binary>('mul.Tensor');
const div = bind<Binary>('div.Tensor');
const divMode = bind<(a: Tensor, b: Operand, mode: string) => Tensor>('div.Tensor_mode');
const remainder = bind<Binary>('remainder.Tensor');
const remainderScalar = bind<Binary>('remainder.Scalar');
const floorDivide = bind<Binary>('floor_divide');
const powTensor = bind<Binary>('pow.Tensor_Tensor');
const powScalar = bind<Binary>('pow.Tensor_Scalar');
const matmul = bind<Binary>('matmul');
const mm = bind<Binary>('mm');
const bmm = bind<Binary>('bmm');
const dot = bind<Binary>('dot');
const maximum = bind<Binary>('maximum');
const minimum = bind<Binary>('minimum');

/** Arithmetic of two operands, broadcast as in PyTorch. */
const arithmetic = {
  /** `this + alpha · other`. Shapes broadcast. */
  add(this: Tensor, other: Operand, options?: { alpha?: number }): Tensor {
    return options === undefined ? add(this, other) : add(this, other, options);
  },
  /** `this − alpha · other`. Shapes broadcast. */
  sub(this: Tensor, other: Operand, options?: { alpha?: number }): Tensor {
    return options === undefined ? sub(this, other) : sub(this, other, options);
  },
  /** `this · other`, element by element. Shapes broadcast. */
  mul(this: Tensor, other: Operand): Tensor {
    return mul(this, other);
  },
  /**
   * `this / other`; integers give float32.
   * @param options.roundingMode - `'floor'`, `'trunc'`, or none for true division.
   */
  div(this: Tensor, other: Operand, options?: { roundingMode?: 'floor' | 'trunc' }): Tensor {
    const mode = options?.roundingMode;
    return mode === undefined ? div(this, other) : divMode(this, other, mode);
  },
  /** Python's `%`: the sign is the divisor's. */
  remainder(this: Tensor, other: Operand): Tensor {
    return other instanceof Tensor ? remainder(this, other) : remainderScalar(this, other);
  },
  /** Python's `//`. */
  floorDivide(this: Tensor, other: Operand): Tensor {
    return floorDivide(this, other);
  },
  pow(this: Tensor, exponent: Operand): Tensor {
    return typeof exponent === 'number' ? powScalar(this, exponent) : powTensor(this, exponent);
  },
  /** Matrix product with PyTorch's rules for vectors and batches. `(…, n, m) · (…, m, p) → (…, n, p)` */
  matmul(this: Tensor, other: Tensor): Tensor {
    return matmul(this, other);
  },
  /** `(n, m) · (m, p) → (n, p)` */
  mm(this: Tensor, other: Tensor): Tensor {
    return mm(this, other);
  },
  /** `(b, n, m) · (b, m, p) → (b, n, p)` */
  bmm(this: Tensor, other: Tensor): Tensor {
    return bmm(this, other);
  },
  /** Inner product of two vectors of one length, a tensor without dimensions. */
  dot(this: Tensor, other: Tensor): Tensor {
    return dot(this, other);
  },
  /** The larger of each pair of elements. */
  maximum(this: Tensor, other: Tensor): Tensor {
    return maximum(this, other);
  },
  /** The smaller of each pair of elements. */
  minimum(this: Tensor, other: Tensor): Tensor {
    return minimum(this, other);
  },
};

export type Arithmetic = typeof arithmetic;
extendTensor(arithmetic);
