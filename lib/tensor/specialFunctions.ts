import { atMost } from '../argument/atMost.js';
import { bind } from '../native/ops.js';
import { method } from './method.js';
import { extendTensor, type Tensor } from './tensor.js';

export interface Logit {
  (
    this: Tensor,
    options?: {
      /** Limits x to `[eps, 1 − eps]`. Default null: x is not limited, and the result NaN outside [0, 1]. */
      eps?: number | null;
    },
  ): Tensor;
  (this: Tensor, eps: number | null): Tensor;
}
const polygamma = bind<(n: number, x: Tensor) => Tensor>('polygamma');

/** The error function, the gamma function and their like, element by element; results have the tensor's shape. */
export const specialFunctions = {
  /**
   * Error function, `2/√π · ∫₀ˣ e^(−t²) dt`.
   *
   * @example
   * torch.tensor([0, 1]).erf(); // → tensor([0.0000, 0.8427])
   */
  erf: method('erf'),
  /**
   * `1 − erf(x)`
   *
   * @example
   * torch.tensor([0, 1]).erfc(); // → tensor([1.0000, 0.1573])
   */
  erfc: method('erfc'),
  /**
   * Inverse of {@link erf}; NaN outside [−1, 1].
   *
   * @example
   * torch.tensor([0, 1, 2]).erfinv(); // → tensor([0., inf, nan])
   */
  erfinv: method('erfinv'),
  /**
   * Logarithm of the absolute value of the gamma function.
   *
   * @example
   * torch.tensor([1, 4]).lgamma(); // → tensor([0.0000, 1.7918])
   */
  lgamma: method('lgamma'),
  /**
   * Derivative of the logarithm of the gamma function.
   *
   * @example
   * torch.tensor([1, 2]).digamma(); // → tensor([-0.5772, 0.4228])
   */
  digamma: method('digamma'),
  /**
   * The n-th derivative of {@link digamma}.
   *
   * @example
   * torch.tensor([1]).polygamma(1); // → tensor([1.6449])
   */
  polygamma(this: Tensor, n: number): Tensor {
    atMost('polygamma', 1, arguments.length);
    return polygamma(n, this);
  },
  /**
   * Logarithm of the multivariate gamma function of dimension `p`.
   *
   * @example
   * torch.tensor([3]).mvlgamma(1); // → tensor([0.6931])
   * torch.tensor([3]).mvlgamma(2); // → tensor([1.5502])
   */
  mvlgamma: method<(this: Tensor, p: number) => Tensor>('mvlgamma'),
  /**
   * Modified Bessel function of the first kind, of order 0.
   *
   * @example
   * torch.tensor([0, 1]).i0(); // → tensor([1.0000, 1.2661])
   */
  i0: method('i0'),
  /**
   * `log(x / (1 − x))`
   *
   * @example
   * torch.tensor([0, 0.5]).logit(); // → tensor([-inf, 0.])
   * torch.tensor([0, 0.5]).logit(0.1); // → tensor([-2.1972, 0.0000])
   */
  logit: method<Logit>('logit'),
};

export type SpecialFunctions = typeof specialFunctions;
declare module '../native/tensor.js' {
  interface Tensor extends SpecialFunctions {}
}
extendTensor(specialFunctions);
