import { method } from './method.js';
import { extendTensor } from './tensor.js';

/** Trigonometric and hyperbolic functions, element by element; results have the tensor's shape. */
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
  /**
   * Arc cosine; radians. NaN outside [−1, 1].
   *
   * @example
   * torch.tensor([1, -1, 2]).acos(); // → tensor([0.0000, 3.1416, nan])
   */
  acos: method('acos'),
  /**
   * Arc sine; radians. NaN outside [−1, 1].
   *
   * @example
   * torch.tensor([0, 1]).asin(); // → tensor([0.0000, 1.5708])
   */
  asin: method('asin'),
  /**
   * Arc tangent; radians.
   *
   * @example
   * torch.tensor([0, 1, Infinity]).atan(); // → tensor([0.0000, 0.7854, 1.5708])
   */
  atan: method('atan'),
  /**
   * Hyperbolic cosine.
   *
   * @example
   * torch.tensor([0, 1]).cosh(); // → tensor([1.0000, 1.5431])
   */
  cosh: method('cosh'),
  /**
   * Hyperbolic sine.
   *
   * @example
   * torch.tensor([0, 1]).sinh(); // → tensor([0.0000, 1.1752])
   */
  sinh: method('sinh'),
  /**
   * Inverse of {@link cosh}; NaN below 1.
   *
   * @example
   * torch.tensor([1, 0]).acosh(); // → tensor([0., nan])
   */
  acosh: method('acosh'),
  /**
   * Inverse of {@link sinh}.
   *
   * @example
   * torch.tensor([0, Math.sinh(0.5)]).asinh(); // → tensor([0.0000, 0.5000])
   */
  asinh: method('asinh'),
  /**
   * Inverse of {@link tanh}; NaN outside [−1, 1].
   *
   * @example
   * torch.tensor([0, 1, 2]).atanh(); // → tensor([0., inf, nan])
   */
  atanh: method('atanh'),
  /**
   * As {@link acos}.
   *
   * @example
   * torch.tensor([1, 0]).arccos(); // → tensor([0.0000, 1.5708])
   */
  arccos: method('arccos'),
  /**
   * As {@link asin}.
   *
   * @example
   * torch.tensor([0, -1]).arcsin(); // → tensor([ 0.0000, -1.5708])
   */
  arcsin: method('arcsin'),
  /**
   * As {@link atan}.
   *
   * @example
   * torch.tensor([-1, 0]).arctan(); // → tensor([-0.7854, 0.0000])
   */
  arctan: method('arctan'),
  /**
   * As {@link acosh}.
   *
   * @example
   * torch.tensor([1, Math.cosh(0.5)]).arccosh(); // → tensor([0.0000, 0.5000])
   */
  arccosh: method('arccosh'),
  /**
   * As {@link asinh}.
   *
   * @example
   * torch.tensor([0, -1]).arcsinh(); // → tensor([ 0.0000, -0.8814])
   */
  arcsinh: method('arcsinh'),
  /**
   * As {@link atanh}.
   *
   * @example
   * torch.tensor([0, Math.tanh(0.5)]).arctanh(); // → tensor([0.0000, 0.5000])
   */
  arctanh: method('arctanh'),
  /**
   * `sin(πx) / πx`; 1 at 0.
   *
   * @example
   * torch.tensor([0, 0.5]).sinc(); // → tensor([1.0000, 0.6366])
   */
  sinc: method('sinc'),
  /**
   * Degrees as radians.
   *
   * @example
   * torch.tensor([0, 180]).deg2rad(); // → tensor([0.0000, 3.1416])
   */
  deg2rad: method('deg2rad'),
  /**
   * Radians as degrees.
   *
   * @example
   * torch.tensor([0, Math.PI]).rad2deg(); // → tensor([ 0., 180.])
   */
  rad2deg: method('rad2deg'),
};

export type Trigonometry = typeof trigonometry;
declare module '../native/tensor.js' {
  interface Tensor extends Trigonometry {}
}
extendTensor(trigonometry);
