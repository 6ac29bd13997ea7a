import type { Tensor } from '../../tensor/index.js';
import { bindFunction } from '../../tensor/method.js';

type Pair = (input: Tensor, other: Tensor) => Tensor;
interface Either {
  (input: Tensor | number, other: Tensor): Tensor;
  (input: Tensor, other: number): Tensor;
}

/**
 * Derivative of `log Γ`.
 *
 * @example
 * torch.special.digamma(torch.tensor([1, 2, 0])); // → tensor([-0.5772, 0.4228, -inf])
 */
export const digamma = bindFunction<(input: Tensor) => Tensor>('special_digamma');

/**
 * As {@link digamma}.
 *
 * @example
 * torch.special.psi(torch.tensor([1, 2])); // → tensor([-0.5772, 0.4228])
 */
export const psi = bindFunction<(input: Tensor) => Tensor>('special_psi');

/**
 * `−x log x`: 0 for 0, −∞ for negative numbers.
 *
 * @example
 * torch.special.entr(torch.tensor([0.5, 0, -1])); // → tensor([0.3466, 0.0000, -inf])
 */
export const entr = bindFunction<(input: Tensor) => Tensor>('special_entr');

/**
 * Error function.
 *
 * @example
 * torch.special.erf(torch.tensor([0, 1, Infinity])); // → tensor([0.0000, 0.8427, 1.0000])
 */
export const erf = bindFunction<(input: Tensor) => Tensor>('special_erf');

/**
 * `1 − erf x`.
 *
 * @example
 * torch.special.erfc(torch.tensor([0, 1, Infinity])); // → tensor([1.0000, 0.1573, 0.0000])
 */
export const erfc = bindFunction<(input: Tensor) => Tensor>('special_erfc');

/**
 * `e^(x²) erfc x`.
 *
 * @example
 * const x = torch.tensor([0, 20]);
 * torch.special.erfcx(x); // → tensor([1.0000, 0.0282])
 * torch.special.erfc(x); // → tensor([1., 0.])
 */
export const erfcx = bindFunction<(input: Tensor) => Tensor>('special_erfcx');

/**
 * Inverse of the error function.
 *
 * @example
 * torch.special.erfinv(torch.tensor([0, 0.8427, 1, 2])); // → tensor([0.0000, 1.0000, inf, nan])
 */
export const erfinv = bindFunction<(input: Tensor) => Tensor>('special_erfinv');

/**
 * `2ˣ`.
 *
 * @example
 * torch.special.exp2(torch.tensor([0, 3, -1])); // → tensor([1.0000, 8.0000, 0.5000])
 */
export const exp2 = bindFunction<(input: Tensor) => Tensor>('special_exp2');

/**
 * Logistic function, as `torch.sigmoid`.
 *
 * @example
 * torch.special.expit(torch.tensor([-1, 0, 1])); // → tensor([0.2689, 0.5000, 0.7311])
 */
export const expit = bindFunction<(input: Tensor) => Tensor>('special_expit');

/**
 * `eˣ − 1`, exact near 0.
 *
 * @example
 * const x = torch.tensor([1e-9, 1]);
 * torch.special.expm1(x); // → tensor([1.0000e-09, 1.7183e+00])
 * x.exp().sub(1); // → tensor([0.0000, 1.7183])
 */
export const expm1 = bindFunction<(input: Tensor) => Tensor>('special_expm1');

/**
 * `log |Γ(x)|`.
 *
 * @example
 * torch.special.gammaln(torch.tensor([1, 5])).exp(); // → tensor([1., 24.])
 */
export const gammaln = bindFunction<(input: Tensor) => Tensor>('special_gammaln');

/**
 * `log (1 + x)`, exact near 0.
 *
 * @example
 * const x = torch.tensor([1e-9, 1]);
 * torch.special.log1p(x); // → tensor([1.0000e-09, 6.9315e-01])
 * x.add(1).log(); // → tensor([0.0000, 0.6931])
 */
export const log1p = bindFunction<(input: Tensor) => Tensor>('special_log1p');

/**
 * Logarithm of {@link ndtr}.
 *
 * @example
 * const x = torch.tensor([0, -20]);
 * torch.special.logNdtr(x); // → tensor([-0.6931, -203.9172])
 * torch.special.ndtr(x).log(); // → tensor([-0.6931, -inf])
 */
export const logNdtr = bindFunction<(input: Tensor) => Tensor>('special_log_ndtr');

/**
 * Probability that a standard normal number is less.
 *
 * @example
 * torch.special.ndtr(torch.tensor([-1.96, 0, 1.96])); // → tensor([0.0250, 0.5000, 0.9750])
 */
export const ndtr = bindFunction<(input: Tensor) => Tensor>('special_ndtr');

/**
 * Inverse of {@link ndtr}.
 *
 * @example
 * torch.special.ndtri(torch.tensor([0.025, 0.5, 1])); // → tensor([-1.9600, 0.0000, inf])
 */
export const ndtri = bindFunction<(input: Tensor) => Tensor>('special_ndtri');

/**
 * `sin πx / πx`.
 *
 * @example
 * torch.special.sinc(torch.tensor([0, 0.5, 1.5])); // → tensor([1.0000, 0.6366, -0.2122])
 */
export const sinc = bindFunction<(input: Tensor) => Tensor>('special_sinc');

/**
 * `log (x / (1 − x))`.
 *
 * @param eps - Bound of x from 0 and 1. Default: NaN outside of them.
 * @example
 * torch.special.logit(torch.tensor([0, 0.5, 0.75])); // → tensor([-inf, 0.0000, 1.0986])
 * torch.special.logit(torch.tensor([0, 0.5, 0.75]), 0.25); // → tensor([-1.0986, 0.0000, 1.0986])
 */
export const logit = bindFunction<{
  (input: Tensor, options?: { eps?: number | null }): Tensor;
  (input: Tensor, eps: number | null): Tensor;
}>('special_logit');

/**
 * Lower incomplete gamma function, regularized.
 *
 * @example
 * torch.special.gammainc(torch.tensor([1, 2]), torch.tensor([1, 1])); // → tensor([0.6321, 0.2642])
 */
export const gammainc = bindFunction<Pair>('special_gammainc');

/**
 * Upper incomplete gamma function, regularized.
 *
 * @example
 * torch.special.gammaincc(torch.tensor([1, 2]), torch.tensor([1, 1])); // → tensor([0.3679, 0.7358])
 */
export const gammaincc = bindFunction<Pair>('special_gammaincc');

/**
 * Logarithm of the multivariate gamma function of dimension `p`.
 *
 * @example
 * torch.special.multigammaln(torch.tensor([1, 2]), 1); // → tensor([0., 0.])
 * torch.special.multigammaln(torch.tensor([1, 2]), 2); // → tensor([1.1447, 0.4516])
 */
export const multigammaln =
  bindFunction<(input: Tensor, p: number) => Tensor>('special_multigammaln');

/**
 * n-th derivative of {@link digamma}.
 *
 * @example
 * torch.special.polygamma(1, torch.tensor([1, 0.5])); // → tensor([1.6449, 4.9348])
 */
export const polygamma = bindFunction<(n: number, input: Tensor) => Tensor>('special_polygamma');

/**
 * `x log1p y`: 0 where x is 0.
 *
 * @example
 * torch.special.xlog1py(torch.tensor([0, 2]), torch.tensor([-1, 1])); // → tensor([0.0000, 1.3863])
 */
export const xlog1py = bindFunction<Either>(
  'special_xlog1py',
  'special_xlog1py.other_scalar',
  'special_xlog1py.self_scalar',
);

/**
 * `x log y`: 0 where x is 0.
 *
 * @example
 * torch.special.xlogy(torch.tensor([0, 2]), torch.tensor([0, Math.E])); // → tensor([0.0000, 2.0000])
 */
export const xlogy = bindFunction<Either>(
  'special_xlogy',
  'special_xlogy.other_scalar',
  'special_xlogy.self_scalar',
);

/**
 * Hurwitz's zeta function.
 *
 * @example
 * torch.special.zeta(torch.tensor([2, 4]), 1); // → tensor([1.6449, 1.0823])
 */
export const zeta = bindFunction<Either>(
  'special_zeta',
  'special_zeta.other_scalar',
  'special_zeta.self_scalar',
);
