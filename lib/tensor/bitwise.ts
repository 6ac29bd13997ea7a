import { method } from './method.js';
import { extendTensor, type Operand, type Tensor } from './tensor.js';

type Bits = (this: Tensor, other: Operand) => Tensor;

/** Functions of the bits of integers and bools, element by element; shapes broadcast. */
export const bitwise = {
  /**
   * All bits turned round; of bools: not.
   *
   * @example
   * torch.tensor([0n, 5n]).bitwiseNot(); // → tensor([-1, -6])
   * torch.tensor([true, false]).bitwiseNot(); // → tensor([False, True])
   */
  bitwiseNot: method('bitwise_not'),
  /**
   * Bits that are set in both.
   *
   * @example
   * torch.tensor([5n, 6n]).bitwiseAnd(3); // → tensor([1, 2])
   */
  bitwiseAnd: method<Bits>('bitwise_and.Tensor'),
  /**
   * Bits that are set in one or both.
   *
   * @example
   * torch.tensor([5n, 6n]).bitwiseOr(3); // → tensor([7, 7])
   */
  bitwiseOr: method<Bits>('bitwise_or.Tensor'),
  /**
   * Bits that are set in exactly one.
   *
   * @example
   * torch.tensor([5n, 6n]).bitwiseXor(3); // → tensor([6, 5])
   */
  bitwiseXor: method<Bits>('bitwise_xor.Tensor'),
  /**
   * `this · 2^other`
   *
   * @example
   * torch.tensor([1n, 3n]).bitwiseLeftShift(2); // → tensor([ 4, 12])
   */
  bitwiseLeftShift: method<Bits>('bitwise_left_shift.Tensor'),
  /**
   * `this / 2^other`, rounded down.
   *
   * @example
   * torch.tensor([7n, -7n]).bitwiseRightShift(1); // → tensor([ 3, -4])
   */
  bitwiseRightShift: method<Bits>('bitwise_right_shift.Tensor'),
};

export type Bitwise = typeof bitwise;
declare module '../native/tensor.js' {
  interface Tensor extends Bitwise {}
}
extendTensor(bitwise);
