import { method } from './method.js';
import { extendTensor, type Operand, type Tensor } from './tensor.js';

type Pairs = (this: Tensor, other: Tensor) => Tensor;
type WithNumber = (this: Tensor, other: Operand) => Tensor;
type Lerp = (this: Tensor, end: Tensor, weight: number | Tensor) => Tensor;
type Weighted = (
  this: Tensor,
  tensor1: Tensor,
  tensor2: Tensor,
  options?: { value?: number },
) => Tensor;

/** Functions of two or three operands, element by element; shapes broadcast. */
export const pairs = {
  /** Angle of the point `(other, this)` in radians, −π … π. */
  atan2: method<Pairs>('atan2'),
  /** As {@link atan2}. */
  arctan2: method<Pairs>('arctan2'),
  /** `√(this² + other²)`, without overflow. */
  hypot: method<Pairs>('hypot'),
  /** The larger of each pair; a number rather than NaN. */
  fmax: method<Pairs>('fmax'),
  /** The smaller of each pair; a number rather than NaN. */
  fmin: method<Pairs>('fmin'),
  /** The size of these elements with the signs of `other`. */
  copysign: method<WithNumber>('copysign.Tensor'),
  /** The next number of the dtype towards `other`. */
  nextafter: method<Pairs>('nextafter'),
  /** `this · 2^other` */
  ldexp: method<Pairs>('ldexp.Tensor'),
  /** `log(e^this + e^other)`, without overflow. */
  logaddexp: method<Pairs>('logaddexp'),
  /** `log₂(2^this + 2^other)`, without overflow. */
  logaddexp2: method<Pairs>('logaddexp2'),
  /** `this · log(other)`; 0 where this is 0. */
  xlogy: method<WithNumber>('xlogy.Tensor'),
  /** 0 below 0, 1 above, `values` at 0. */
  heaviside: method<(this: Tensor, values: Tensor) => Tensor>('heaviside'),
  /** Greatest common divisor of integers. */
  gcd: method<Pairs>('gcd'),
  /** Least common multiple of integers. */
  lcm: method<Pairs>('lcm'),
  /** Regularized lower incomplete gamma function, `this` its parameter. */
  igamma: method<Pairs>('igamma'),
  /** Regularized upper incomplete gamma function, `this` its parameter. */
  igammac: method<Pairs>('igammac'),
  /** `this + weight · (end − this)` */
  lerp: method<Lerp>('lerp.Scalar', 'lerp.Tensor'),
  /** `this + value · tensor1 · tensor2` */
  addcmul: method<Weighted>('addcmul'),
  /** `this + value · tensor1 / tensor2` */
  addcdiv: method<Weighted>('addcdiv'),
};

export type PairsOf = typeof pairs;
declare module '../native/tensor.js' {
  interface Tensor extends PairsOf {}
}
extendTensor(pairs);
