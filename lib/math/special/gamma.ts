import type { Tensor } from '../../tensor/index.js';
import { bindFunction } from '../../tensor/method.js';

type Pair = (input: Tensor, other: Tensor) => Tensor;
interface Either {
  (input: Tensor | number, other: Tensor): Tensor;
  (input: Tensor, other: number): Tensor;
}

/** Derivative of `log Γ`. */
export const digamma = bindFunction<(input: Tensor) => Tensor>('special_digamma');

/** As {@link digamma}. */
export const psi = bindFunction<(input: Tensor) => Tensor>('special_psi');

/** `−x log x`: 0 for 0, −∞ for negative numbers. */
export const entr = bindFunction<(input: Tensor) => Tensor>('special_entr');

/** Error function. */
export const erf = bindFunction<(input: Tensor) => Tensor>('special_erf');

/** `1 − erf x`. */
export const erfc = bindFunction<(input: Tensor) => Tensor>('special_erfc');

/** `e^(x²) erfc x`. */
export const erfcx = bindFunction<(input: Tensor) => Tensor>('special_erfcx');

/** Inverse of the error function. */
export const erfinv = bindFunction<(input: Tensor) => Tensor>('special_erfinv');

/** `2ˣ`. */
export const exp2 = bindFunction<(input: Tensor) => Tensor>('special_exp2');

/** Logistic function, as `torch.sigmoid`. */
export const expit = bindFunction<(input: Tensor) => Tensor>('special_expit');

/** `eˣ − 1`, exact near 0. */
export const expm1 = bindFunction<(input: Tensor) => Tensor>('special_expm1');

/** `log |Γ(x)|`. */
export const gammaln = bindFunction<(input: Tensor) => Tensor>('special_gammaln');

/** `log (1 + x)`, exact near 0. */
export const log1p = bindFunction<(input: Tensor) => Tensor>('special_log1p');

/** Logarithm of {@link ndtr}. */
export const logNdtr = bindFunction<(input: Tensor) => Tensor>('special_log_ndtr');

/** Probability that a standard normal number is less. */
export const ndtr = bindFunction<(input: Tensor) => Tensor>('special_ndtr');

/** Inverse of {@link ndtr}. */
export const ndtri = bindFunction<(input: Tensor) => Tensor>('special_ndtri');

/** `sin πx / πx`. */
export const sinc = bindFunction<(input: Tensor) => Tensor>('special_sinc');

/** `log (x / (1 − x))`. @param eps - Bound of x from 0 and 1. Default: NaN outside of them. */
export const logit = bindFunction<{
  (input: Tensor, options?: { eps?: number | null }): Tensor;
  (input: Tensor, eps: number | null): Tensor;
}>('special_logit');

/** Lower incomplete gamma function, regularized. */
export const gammainc = bindFunction<Pair>('special_gammainc');

/** Upper incomplete gamma function, regularized. */
export const gammaincc = bindFunction<Pair>('special_gammaincc');

/** Logarithm of the multivariate gamma function of dimension `p`. */
export const multigammaln =
  bindFunction<(input: Tensor, p: number) => Tensor>('special_multigammaln');

/** n-th derivative of {@link digamma}. */
export const polygamma = bindFunction<(n: number, input: Tensor) => Tensor>('special_polygamma');

/** `x log1p y`: 0 where x is 0. */
export const xlog1py = bindFunction<Either>(
  'special_xlog1py',
  'special_xlog1py.other_scalar',
  'special_xlog1py.self_scalar',
);

/** `x log y`: 0 where x is 0. */
export const xlogy = bindFunction<Either>(
  'special_xlogy',
  'special_xlogy.other_scalar',
  'special_xlogy.self_scalar',
);

/** Hurwitz's zeta function. */
export const zeta = bindFunction<Either>(
  'special_zeta',
  'special_zeta.other_scalar',
  'special_zeta.self_scalar',
);
