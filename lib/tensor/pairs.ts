import { method } from './method.js';
import { extendTensor, type Operand, type Tensor } from './tensor.js';

type Pairs = (this: Tensor, other: Tensor) => Tensor;
type WithNumber = (this: Tensor, other: Operand) => Tensor;
type Lerp = (this: Tensor, end: Tensor, weight: number | Tensor) => Tensor;
type Weighted = (
  this: Tensor,
  tensor1: Tensor,
  tensor2: Tensor,
  options?: {
    /** What the product or quotient is multiplied by. Default 1. */
    value?: number;
  },
) => Tensor;

/** Functions of two or three operands, element by element; shapes broadcast. */
export const pairs = {
  /**
   * Angle of the point `(other, this)` in radians, −π … π.
   *
   * @example
   * torch.tensor([1, -1]).atan2(torch.tensor([0, 0])); // → tensor([ 1.5708, -1.5708])
   */
  atan2: method<Pairs>('atan2'),
  /**
   * As {@link atan2}.
   *
   * @example
   * torch.tensor([0, 0]).arctan2(torch.tensor([1, -1])); // → tensor([0.0000, 3.1416])
   */
  arctan2: method<Pairs>('arctan2'),
  /**
   * `√(this² + other²)`, without overflow.
   *
   * @example
   * torch.tensor([3, 5]).hypot(torch.tensor([4, 12])); // → tensor([ 5., 13.])
   */
  hypot: method<Pairs>('hypot'),
  /**
   * The larger of each pair; a number rather than NaN.
   *
   * @example
   * torch.tensor([1, NaN]).fmax(torch.tensor([3, 2])); // → tensor([3., 2.])
   */
  fmax: method<Pairs>('fmax'),
  /**
   * The smaller of each pair; a number rather than NaN.
   *
   * @example
   * torch.tensor([1, NaN]).fmin(torch.tensor([3, 2])); // → tensor([1., 2.])
   */
  fmin: method<Pairs>('fmin'),
  /**
   * The size of these elements with the signs of `other`.
   *
   * @example
   * torch.tensor([1, -2]).copysign(torch.tensor([-5, -0])); // → tensor([-1., -2.])
   */
  copysign: method<WithNumber>('copysign.Tensor'),
  /**
   * The next number of the dtype towards `other`.
   *
   * @example
   * torch.tensor([1]).nextafter(torch.tensor([2])).item(); // → 1.0000001192092896
   */
  nextafter: method<Pairs>('nextafter'),
  /**
   * `this · 2^other`
   *
   * @example
   * torch.tensor([1, 3]).ldexp(torch.tensor([4n, -1n])); // → tensor([16.0000, 1.5000])
   */
  ldexp: method<Pairs>('ldexp.Tensor'),
  /**
   * `log(e^this + e^other)`, without overflow.
   *
   * @example
   * torch.tensor([100]).logaddexp(torch.tensor([100])); // → tensor([100.6931])
   */
  logaddexp: method<Pairs>('logaddexp'),
  /**
   * `log₂(2^this + 2^other)`, without overflow.
   *
   * @example
   * torch.tensor([2.5]).logaddexp2(torch.tensor([2.5])); // → tensor([3.5000])
   */
  logaddexp2: method<Pairs>('logaddexp2'),
  /**
   * `this · log(other)`; 0 where this is 0.
   *
   * @example
   * torch.tensor([0, 2]).xlogy(torch.tensor([0, 1])); // → tensor([0., 0.])
   */
  xlogy: method<WithNumber>('xlogy.Tensor'),
  /**
   * 0 below 0, 1 above, `values` at 0.
   *
   * @example
   * torch.tensor([-2, 0, 3]).heaviside(torch.tensor([0.5])); // → tensor([0.0000, 0.5000, 1.0000])
   */
  heaviside: method<(this: Tensor, values: Tensor) => Tensor>('heaviside'),
  /**
   * Greatest common divisor of integers.
   *
   * @example
   * torch.tensor([12n, 7n]).gcd(torch.tensor([18n, 5n])); // → tensor([6, 1])
   */
  gcd: method<Pairs>('gcd'),
  /**
   * Least common multiple of integers.
   *
   * @example
   * torch.tensor([4n, 7n]).lcm(torch.tensor([6n, 5n])); // → tensor([12, 35])
   */
  lcm: method<Pairs>('lcm'),
  /**
   * Regularized lower incomplete gamma function, `this` its parameter.
   *
   * @example
   * torch.tensor([1]).igamma(torch.tensor([Math.log(2)])); // → tensor([0.5000])
   */
  igamma: method<Pairs>('igamma'),
  /**
   * Regularized upper incomplete gamma function, `this` its parameter.
   *
   * @example
   * torch.tensor([1]).igammac(torch.tensor([Math.log(4)])); // → tensor([0.2500])
   */
  igammac: method<Pairs>('igammac'),
  /**
   * `this + weight · (end − this)`
   *
   * @example
   * torch.tensor([0, 10]).lerp(torch.tensor([10, 20]), 0.5); // → tensor([ 5., 15.])
   */
  lerp: method<Lerp>('lerp.Scalar', 'lerp.Tensor'),
  /**
   * `this + value · tensor1 · tensor2`
   *
   * @example
   * torch.tensor([1]).addcmul(torch.tensor([2]), torch.tensor([3]), { value: 10 }); // → tensor([61.])
   */
  addcmul: method<Weighted>('addcmul'),
  /**
   * `this + value · tensor1 / tensor2`
   *
   * @example
   * torch.tensor([1]).addcdiv(torch.tensor([6]), torch.tensor([3]), { value: 10 }); // → tensor([21.])
   */
  addcdiv: method<Weighted>('addcdiv'),
};

export type PairsOf = typeof pairs;
declare module '../native/tensor.js' {
  interface Tensor extends PairsOf {}
}
extendTensor(pairs);
