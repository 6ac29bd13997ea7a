import { method } from './method.js';
import { extendTensor, type Operand, type Tensor } from './tensor.js';

type Bits = (this: Tensor, other: Operand) => Tensor;

/** Functions of the bits of integers and bools, element by element; shapes broadcast. */
export const bitwise = {
  /** All bits turned round; of bools: not. */
  bitwiseNot: method('bitwise_not'),
  /** Bits that are set in both. */
  bitwiseAnd: method<Bits>('bitwise_and.Tensor'),
  /** Bits that are set in one or both. */
  bitwiseOr: method<Bits>('bitwise_or.Tensor'),
  /** Bits that are set in exactly one. */
  bitwiseXor: method<Bits>('bitwise_xor.Tensor'),
  /** `this · 2^other` */
  bitwiseLeftShift: method<Bits>('bitwise_left_shift.Tensor'),
  /** `this / 2^other`, rounded down. */
  bitwiseRightShift: method<Bits>('bitwise_right_shift.Tensor'),
};

export type Bitwise = typeof bitwise;
declare module '../native/tensor.js' {
  interface Tensor extends Bitwise {}
}
extendTensor(bitwise);
