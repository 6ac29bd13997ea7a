import type { DType } from '../native/dtype.js';
import { method } from './method.js';
import { extendTensor, type Tensor } from './tensor.js';

type AlongDim = (
  this: Tensor,
  dim: number,
  options?: {
    /** What it is converted to first, and the result's dtype. Default: the input's. */
    dtype?: DType;
  },
) => Tensor;

/** Functions of one operand, element by element; results have its shape. */
export const pointwise = {
  /**
   * Absolute value.
   *
   * @example
   * torch.tensor([-1, 2]).abs(); // → tensor([1., 2.])
   */
  abs: method('abs'),
  /**
   * `−x`
   *
   * @example
   * torch.tensor([-1, 2]).neg(); // → tensor([ 1., -2.])
   */
  neg: method('neg'),
  /**
   * −1, 0 or 1.
   *
   * @example
   * torch.tensor([-3, 0, 2]).sign(); // → tensor([-1., 0., 1.])
   */
  sign: method('sign'),
  /**
   * As {@link abs}.
   *
   * @example
   * torch.tensor([-1, 2]).absolute(); // → tensor([1., 2.])
   */
  absolute: method('absolute'),
  /**
   * As {@link neg}.
   *
   * @example
   * torch.tensor([-1, 2]).negative(); // → tensor([ 1., -2.])
   */
  negative: method('negative'),
  /**
   * The tensor itself. Not of bools.
   *
   * @example
   * const x = torch.tensor([-1, 2]);
   * x.positive().equal(x); // → true
   */
  positive: method('positive'),
  /**
   * As {@link sign}; of complex numbers `x / |x|`.
   *
   * @example
   * torch.complex(torch.tensor([3]), torch.tensor([4])).sgn(); // → tensor([0.6000+0.8000j])
   */
  sgn: method('sgn'),
  /**
   * Whether the sign is a minus, −0's too.
   *
   * @example
   * torch.tensor([-1, -0, 0, 2]).signbit(); // → tensor([ True, True, False, False])
   */
  signbit: method('signbit'),
  /**
   * `e^x`
   *
   * @example
   * torch.tensor([0, 1]).exp(); // → tensor([1.0000, 2.7183])
   */
  exp: method('exp'),
  /**
   * `2^x`
   *
   * @example
   * torch.tensor([0, 3, -1]).exp2(); // → tensor([1.0000, 8.0000, 0.5000])
   */
  exp2: method('exp2'),
  /**
   * Natural logarithm.
   *
   * @example
   * torch.tensor([1, Math.sqrt(Math.E)]).log(); // → tensor([0.0000, 0.5000])
   */
  log: method('log'),
  /**
   * Logarithm to base 2.
   *
   * @example
   * torch.tensor([1, 8]).log2(); // → tensor([0., 3.])
   */
  log2: method('log2'),
  /**
   * Logarithm to base 10.
   *
   * @example
   * torch.tensor([1, 100]).log10(); // → tensor([0., 2.])
   */
  log10: method('log10'),
  /**
   * `log(1 + x)`, exact for small x.
   *
   * @example
   * torch.tensor([0, 1]).log1p(); // → tensor([0.0000, 0.6931])
   */
  log1p: method('log1p'),
  /**
   * `exp(x) − 1`, exact for small x.
   *
   * @example
   * torch.tensor([0, 1]).expm1(); // → tensor([0.0000, 1.7183])
   */
  expm1: method('expm1'),
  /**
   * Square root; NaN below 0.
   *
   * @example
   * const x = torch.tensor([1, 4, 9]);
   * x.sqrt(); // → tensor([1., 2., 3.])
   */
  sqrt: method('sqrt'),
  /**
   * `1 / √x`
   *
   * @example
   * torch.tensor([4]).rsqrt(); // → tensor([0.5000])
   */
  rsqrt: method('rsqrt'),
  /**
   * `x²`
   *
   * @example
   * torch.tensor([2, 3]).square(); // → tensor([4., 9.])
   */
  square: method('square'),
  /**
   * `1 / x`
   *
   * @example
   * torch.tensor([2, 4]).reciprocal(); // → tensor([0.5000, 0.2500])
   */
  reciprocal: method('reciprocal'),
  /**
   * `1 / (1 + e^−x)`
   *
   * @example
   * torch.tensor([0, 2]).sigmoid(); // → tensor([0.5000, 0.8808])
   */
  sigmoid: method('sigmoid'),
  /**
   * `max(0, x)`
   *
   * @example
   * torch.tensor([-1, 2]).relu(); // → tensor([0., 2.])
   */
  relu: method('relu'),
  /**
   * Exponentials that sum to 1 along `dim`.
   *
   * @example
   * torch.tensor([0, Math.log(3)]).softmax(0); // → tensor([0.2500, 0.7500])
   */
  softmax: method<AlongDim>('softmax.int'),
  /**
   * Logarithm of {@link softmax} along `dim`, without overflow.
   *
   * @example
   * torch.tensor([0, 0]).logSoftmax(0); // → tensor([-0.6931, -0.6931])
   */
  logSoftmax: method<AlongDim>('log_softmax.int'),
  /**
   * 0 in [−lambd, lambd]. Default ½.
   *
   * @example
   * torch.tensor([-2, -0.5, 0.3, 1]).hardshrink(); // → tensor([-2., 0., 0., 1.])
   */
  hardshrink: method<(this: Tensor, lambd?: number) => Tensor>('hardshrink'),
  /**
   * `x` above 0, `weight · x` below; a weight for all, or one for each channel (dimension 1).
   *
   * @example
   * torch.tensor([[-4, -4], [1, 2]]).prelu(torch.tensor([0.5, 0.25])); // → tensor([[-2., -1.], [ 1., 2.]])
   */
  prelu: method<(this: Tensor, weight: Tensor) => Tensor>('prelu'),
  /**
   * `[mantissa, exponent]`: `x = mantissa · 2^exponent`, the mantissa in [½, 1).
   *
   * @example
   * torch.tensor([1, 6]).frexp(); // → [ tensor([0.5000, 0.7500]), tensor([1, 3], dtype=torch.int32) ]
   */
  frexp: method<(this: Tensor) => [Tensor, Tensor]>('frexp.Tensor'),
  /**
   * Complex conjugate; a view.
   *
   * @example
   * const x = torch.complex(torch.tensor([1]), torch.tensor([2]));
   * x.conj(); // → tensor([1.-2.j])
   * x.conj().isConj(); // → true
   */
  conj: method('conj'),
  /**
   * Complex conjugate; a copy.
   *
   * @example
   * const x = torch.complex(torch.tensor([1]), torch.tensor([2]));
   * x.conjPhysical(); // → tensor([1.-2.j])
   * x.conjPhysical().isConj(); // → false
   */
  conjPhysical: method('conj_physical'),
  /**
   * A tensor that {@link conj} has only marked, calculated.
   *
   * @example
   * const x = torch.complex(torch.tensor([1]), torch.tensor([2])).conj();
   * x.isConj(); // → true
   * x.resolveConj().isConj(); // → false
   */
  resolveConj: method('resolve_conj'),
  /**
   * A tensor that is only marked as negative, calculated.
   *
   * @example
   * const x = torch.imag(torch.complex(torch.tensor([1]), torch.tensor([2])).conj());
   * x.isNeg(); // → true
   * x.resolveNeg().isNeg(); // → false
   */
  resolveNeg: method('resolve_neg'),
  /**
   * Angle of complex numbers in radians; of real ones 0, or π below 0.
   *
   * @example
   * torch.complex(torch.tensor([1, -1]), torch.tensor([1, 0])).angle(); // → tensor([0.7854, 3.1416])
   * torch.tensor([-2, 2]).angle(); // → tensor([3.1416, 0.0000])
   */
  angle: method('angle'),
};

export type Pointwise = typeof pointwise;
declare module '../native/tensor.js' {
  interface Tensor extends Pointwise {}
}
extendTensor(pointwise);
