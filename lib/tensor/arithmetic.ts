import { method } from './method.js';
import { extendTensor, type Operand, type Tensor } from './tensor.js';

type Binary = (this: Tensor, other: Operand) => Tensor;
type Pairs = (this: Tensor, other: Tensor) => Tensor;
type Divide = (
  this: Tensor,
  other: Operand,
  options?: {
    /** `'floor'` or `'trunc'`: how a quotient is rounded. Default null: not at all. */
    roundingMode?: 'floor' | 'trunc' | null;
  },
) => Tensor;
type Scaled = (
  this: Tensor,
  other: Operand,
  options?: {
    /** What `other` is multiplied by. Default 1. */
    alpha?: number;
  },
) => Tensor;

/** Arithmetic of two operands, element by element; shapes broadcast. */
export const arithmetic = {
  /**
   * `this + alpha · other`. Shapes broadcast.
   *
   * @example
   * torch.tensor([1, 2]).add(torch.tensor([10, 20])); // → tensor([11., 22.])
   * torch.tensor([1, 2]).add(1, { alpha: 3 }); // → tensor([4., 5.])
   */
  add: method<Scaled>('add.Tensor'),
  /**
   * `this − alpha · other`. Shapes broadcast.
   *
   * @example
   * torch.tensor([5, 7]).sub(2); // → tensor([3., 5.])
   */
  sub: method<Scaled>('sub.Tensor'),
  /**
   * `this · other`, element by element. Shapes broadcast.
   *
   * @example
   * torch.tensor([1, 2]).mul(torch.tensor([[1], [10]])); // → tensor([[ 1., 2.], [10., 20.]])
   */
  mul: method<Binary>('mul.Tensor'),
  /**
   * `this / other`; integers give float32.
   * @example
   * torch.tensor([7, 8]).div(2); // → tensor([3.5000, 4.0000])
   * torch.tensor([7, 8]).div(2, { roundingMode: 'floor' }); // → tensor([3., 4.])
   */
  div: method<Divide>('div.Tensor', 'div.Tensor_mode'),
  /**
   * As {@link sub}.
   *
   * @example
   * torch.tensor([5, 7]).subtract(torch.tensor([1, 2]), { alpha: 2 }); // → tensor([3., 3.])
   */
  subtract: method<Scaled>('subtract.Tensor'),
  /**
   * As {@link mul}.
   *
   * @example
   * torch.tensor([1, 2]).multiply(3); // → tensor([3., 6.])
   */
  multiply: method<Binary>('multiply.Tensor'),
  /**
   * As {@link div}.
   *
   * @example
   * torch.tensor([-7, 7]).divide(2, { roundingMode: 'trunc' }); // → tensor([-3., 3.])
   */
  divide: method<Divide>('divide.Tensor', 'divide.Tensor_mode'),
  /**
   * `this / other`; integers give float32.
   *
   * @example
   * torch.tensor([1n, 3n]).trueDivide(2); // → tensor([0.5000, 1.5000])
   */
  trueDivide: method<Binary>('true_divide.Tensor'),
  /**
   * C's `%`: the sign is the dividend's.
   *
   * @example
   * torch.tensor([-7, 7]).fmod(3); // → tensor([-1., 1.])
   */
  fmod: method<Binary>('fmod.Tensor'),
  /**
   * Python's `%`: the sign is the divisor's.
   *
   * @example
   * torch.tensor([-7, 7]).remainder(3); // → tensor([2., 1.])
   */
  remainder: method<Binary>('remainder.Scalar', 'remainder.Tensor'),
  /**
   * Python's `//`.
   *
   * @example
   * torch.tensor([-7, 7]).floorDivide(2); // → tensor([-4., 3.])
   */
  floorDivide: method<Binary>('floor_divide'),
  /**
   * Each element to the power of `exponent`. Shapes broadcast.
   *
   * @example
   * torch.tensor([1, 2, 3]).pow(2); // → tensor([1., 4., 9.])
   */
  pow: method<(this: Tensor, exponent: Operand) => Tensor>(
    'pow.Tensor_Scalar',
    'pow.Tensor_Tensor',
  ),
  /**
   * {@link pow}, calculated in float64.
   *
   * @example
   * torch.tensor([2n, 3n]).floatPower(-1); // → tensor([0.5000, 0.3333], dtype=torch.float64)
   */
  floatPower: method<(this: Tensor, exponent: Operand) => Tensor>(
    'float_power.Tensor_Scalar',
    'float_power.Tensor_Tensor',
  ),
  /**
   * The larger of each pair of elements.
   *
   * @example
   * torch.tensor([1, 5]).maximum(torch.tensor([3, 2])); // → tensor([3., 5.])
   */
  maximum: method<Pairs>('maximum'),
  /**
   * The smaller of each pair of elements.
   *
   * @example
   * torch.tensor([1, 5]).minimum(torch.tensor([3, 2])); // → tensor([1., 2.])
   */
  minimum: method<Pairs>('minimum'),
};

export type Arithmetic = typeof arithmetic;
declare module '../native/tensor.js' {
  interface Tensor extends Arithmetic {}
}
extendTensor(arithmetic);
