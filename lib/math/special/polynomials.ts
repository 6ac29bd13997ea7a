import type { Tensor } from '../../tensor/index.js';
import { bindFunction } from '../../tensor/method.js';

interface Polynomial {
  (x: Tensor | number, n: Tensor): Tensor;
  (x: Tensor, n: number): Tensor;
}

/**
 * Chebyshev polynomial of the first kind, of degree `n`.
 *
 * @example
 * torch.special.chebyshevPolynomialT(torch.tensor([0, 0.5, 2]), 2); // → tensor([-1.0000, -0.5000, 7.0000])
 */
export const chebyshevPolynomialT = bindFunction<Polynomial>(
  'special_chebyshev_polynomial_t',
  'special_chebyshev_polynomial_t.x_scalar',
  'special_chebyshev_polynomial_t.n_scalar',
);

/**
 * Chebyshev polynomial of the second kind, of degree `n`.
 *
 * @example
 * torch.special.chebyshevPolynomialU(torch.tensor([0, 0.5, 2]), 2); // → tensor([-1., 0., 15.])
 */
export const chebyshevPolynomialU = bindFunction<Polynomial>(
  'special_chebyshev_polynomial_u',
  'special_chebyshev_polynomial_u.x_scalar',
  'special_chebyshev_polynomial_u.n_scalar',
);

/**
 * Chebyshev polynomial of the third kind, of degree `n`.
 *
 * @example
 * torch.special.chebyshevPolynomialV(torch.tensor([0, 0.5, 2]), 2); // → tensor([-1., -1., 11.])
 */
export const chebyshevPolynomialV = bindFunction<Polynomial>(
  'special_chebyshev_polynomial_v',
  'special_chebyshev_polynomial_v.x_scalar',
  'special_chebyshev_polynomial_v.n_scalar',
);

/**
 * Chebyshev polynomial of the fourth kind, of degree `n`.
 *
 * @example
 * torch.special.chebyshevPolynomialW(torch.tensor([0, 0.5, 2]), 2); // → tensor([-1., 1., 19.])
 */
export const chebyshevPolynomialW = bindFunction<Polynomial>(
  'special_chebyshev_polynomial_w',
  'special_chebyshev_polynomial_w.x_scalar',
  'special_chebyshev_polynomial_w.n_scalar',
);

/**
 * Hermite polynomial, as physicists write it, of degree `n`.
 *
 * @example
 * torch.special.hermitePolynomialH(torch.tensor([0, 1, 2]), 2); // → tensor([-2., 2., 14.])
 */
export const hermitePolynomialH = bindFunction<Polynomial>(
  'special_hermite_polynomial_h',
  'special_hermite_polynomial_h.x_scalar',
  'special_hermite_polynomial_h.n_scalar',
);

/**
 * Hermite polynomial, as probability theory has it, of degree `n`.
 *
 * @example
 * torch.special.hermitePolynomialHe(torch.tensor([0, 1, 2]), 2); // → tensor([-1., 0., 3.])
 */
export const hermitePolynomialHe = bindFunction<Polynomial>(
  'special_hermite_polynomial_he',
  'special_hermite_polynomial_he.x_scalar',
  'special_hermite_polynomial_he.n_scalar',
);

/**
 * Laguerre polynomial, of degree `n`.
 *
 * @example
 * torch.special.laguerrePolynomialL(torch.tensor([0, 1, 4]), 2); // → tensor([1.0000, -0.5000, 1.0000])
 */
export const laguerrePolynomialL = bindFunction<Polynomial>(
  'special_laguerre_polynomial_l',
  'special_laguerre_polynomial_l.x_scalar',
  'special_laguerre_polynomial_l.n_scalar',
);

/**
 * Legendre polynomial, of degree `n`.
 *
 * @example
 * torch.special.legendrePolynomialP(torch.tensor([0, 0.5, 1]), 2); // → tensor([-0.5000, -0.1250, 1.0000])
 */
export const legendrePolynomialP = bindFunction<Polynomial>(
  'special_legendre_polynomial_p',
  'special_legendre_polynomial_p.x_scalar',
  'special_legendre_polynomial_p.n_scalar',
);

/**
 * {@link chebyshevPolynomialT} of `2x − 1`, of degree `n`.
 *
 * @example
 * torch.special.shiftedChebyshevPolynomialT(torch.tensor([0, 0.5, 1.5]), 2); // → tensor([1., -1., 7.])
 */
export const shiftedChebyshevPolynomialT = bindFunction<Polynomial>(
  'special_shifted_chebyshev_polynomial_t',
  'special_shifted_chebyshev_polynomial_t.x_scalar',
  'special_shifted_chebyshev_polynomial_t.n_scalar',
);

/**
 * {@link chebyshevPolynomialU} of `2x − 1`, of degree `n`.
 *
 * @example
 * torch.special.shiftedChebyshevPolynomialU(torch.tensor([0, 0.5, 1.5]), 2); // → tensor([3., -1., 15.])
 */
export const shiftedChebyshevPolynomialU = bindFunction<Polynomial>(
  'special_shifted_chebyshev_polynomial_u',
  'special_shifted_chebyshev_polynomial_u.x_scalar',
  'special_shifted_chebyshev_polynomial_u.n_scalar',
);

/**
 * {@link chebyshevPolynomialV} of `2x − 1`, of degree `n`.
 *
 * @example
 * torch.special.shiftedChebyshevPolynomialV(torch.tensor([0, 0.5, 1.5]), 2); // → tensor([5., -1., 11.])
 */
export const shiftedChebyshevPolynomialV = bindFunction<Polynomial>(
  'special_shifted_chebyshev_polynomial_v',
  'special_shifted_chebyshev_polynomial_v.x_scalar',
  'special_shifted_chebyshev_polynomial_v.n_scalar',
);

/**
 * {@link chebyshevPolynomialW} of `2x − 1`, of degree `n`.
 *
 * @example
 * torch.special.shiftedChebyshevPolynomialW(torch.tensor([0, 0.5, 1.5]), 2); // → tensor([1., -1., 19.])
 */
export const shiftedChebyshevPolynomialW = bindFunction<Polynomial>(
  'special_shifted_chebyshev_polynomial_w',
  'special_shifted_chebyshev_polynomial_w.x_scalar',
  'special_shifted_chebyshev_polynomial_w.n_scalar',
);
