import { method } from './method.js';
import { extendTensor } from './tensor.js';

/** Trigonometric and hyperbolic functions, element by element. */
export const trigonometry = {
  /**
   * Sine; radians.
   *
   * @example
   * torch.tensor([0, Math.PI / 2]).sin(); // → tensor([0., 1.])
   */
  sin: method('sin'),
  /**
   * Cosine; radians.
   *
   * @example
   * torch.tensor([0, Math.PI]).cos(); // → tensor([ 1., -1.])
   */
  cos: method('cos'),
  /**
   * Tangent; radians.
   *
   * @example
   * torch.tensor([0, Math.PI / 4]).tan(); // → tensor([0., 1.])
   */
  tan: method('tan'),
  /**
   * Hyperbolic tangent.
   *
   * @example
   * torch.tensor([0, 1]).tanh(); // → tensor([0.0000, 0.7616])
   */
  tanh: method('tanh'),
  /** Arc cosine; radians. NaN outside [−1, 1]. */
  acos: method('acos'),
  /** Arc sine; radians. NaN outside [−1, 1]. */
  asin: method('asin'),
  /** Arc tangent; radians. */
  atan: method('atan'),
  /** Hyperbolic cosine. */
  cosh: method('cosh'),
  /** Hyperbolic sine. */
  sinh: method('sinh'),
  /** Inverse of {@link cosh}; NaN below 1. */
  acosh: method('acosh'),
  /** Inverse of {@link sinh}. */
  asinh: method('asinh'),
  /** Inverse of {@link tanh}; NaN outside [−1, 1]. */
  atanh: method('atanh'),
  /** As {@link acos}. */
  arccos: method('arccos'),
  /** As {@link asin}. */
  arcsin: method('arcsin'),
  /** As {@link atan}. */
  arctan: method('arctan'),
  /** As {@link acosh}. */
  arccosh: method('arccosh'),
  /** As {@link asinh}. */
  arcsinh: method('arcsinh'),
  /** As {@link atanh}. */
  arctanh: method('arctanh'),
  /** `sin(πx) / πx`; 1 at 0. */
  sinc: method('sinc'),
  /** Degrees as radians. */
  deg2rad: method('deg2rad'),
  /** Radians as degrees. */
  rad2deg: method('rad2deg'),
};

export type Trigonometry = typeof trigonometry;
declare module '../native/tensor.js' {
  interface Tensor extends Trigonometry {}
}
extendTensor(trigonometry);
