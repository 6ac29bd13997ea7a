import { method } from './method.js';
import { extendTensor, type Operand, type Tensor } from './tensor.js';

type Binary = (this: Tensor, other: Operand) => Tensor;
type Pairs = (this: Tensor, other: Tensor) => Tensor;
type Divide = (
  this: Tensor,
  other: Operand,
  options?: { roundingMode?: 'floor' | 'trunc' | null },
) => Tensor;
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
  div: method<Divide>('div.Tensor', 'div.Tensor_mode'),
  /** As {@link sub}. */
  subtract: method<Scaled>('subtract.Tensor'),
  /** As {@link mul}. */
  multiply: method<Binary>('multiply.Tensor'),
  /** As {@link div}. */
  divide: method<Divide>('divide.Tensor', 'divide.Tensor_mode'),
  /** `this / other`; integers give float32. */
  trueDivide: method<Binary>('true_divide.Tensor'),
  /** C's `%`: the sign is the dividend's. */
  fmod: method<Binary>('fmod.Tensor'),
  /** Python's `%`: the sign is the divisor's. */
  remainder: method<Binary>('remainder.Scalar', 'remainder.Tensor'),
  /** Python's `//`. */
  floorDivide: method<Binary>('floor_divide'),
  /** Each element to the power of `exponent`. Shapes broadcast. */
  pow: method<(this: Tensor, exponent: Operand) => Tensor>(
    'pow.Tensor_Scalar',
    'pow.Tensor_Tensor',
  ),
  /** {@link pow}, calculated in float64. */
  floatPower: method<(this: Tensor, exponent: Operand) => Tensor>(
    'float_power.Tensor_Scalar',
    'float_power.Tensor_Tensor',
  ),
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
