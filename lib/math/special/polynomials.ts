import type { Tensor } from '../../tensor/index.js';
import { bindFunction } from '../../tensor/method.js';

interface Polynomial {
  (x: Tensor | number, n: Tensor): Tensor;
  (x: Tensor, n: number): Tensor;
}

/** Chebyshev polynomial of the first kind, of degree `n`. */
export const chebyshevPolynomialT = bindFunction<Polynomial>(
  'special_chebyshev_polynomial_t',
  'special_chebyshev_polynomial_t.x_scalar',
  'special_chebyshev_polynomial_t.n_scalar',
);

/** Chebyshev polynomial of the second kind, of degree `n`. */
export const chebyshevPolynomialU = bindFunction<Polynomial>(
  'special_chebyshev_polynomial_u',
  'special_chebyshev_polynomial_u.x_scalar',
  'special_chebyshev_polynomial_u.n_scalar',
);

/** Chebyshev polynomial of the third kind, of degree `n`. */
export const chebyshevPolynomialV = bindFunction<Polynomial>(
  'special_chebyshev_polynomial_v',
  'special_chebyshev_polynomial_v.x_scalar',
  'special_chebyshev_polynomial_v.n_scalar',
);

/** Chebyshev polynomial of the fourth kind, of degree `n`. */
export const chebyshevPolynomialW = bindFunction<Polynomial>(
  'special_chebyshev_polynomial_w',
  'special_chebyshev_polynomial_w.x_scalar',
  'special_chebyshev_polynomial_w.n_scalar',
);

/** Hermite polynomial, as physicists write it, of degree `n`. */
export const hermitePolynomialH = bindFunction<Polynomial>(
  'special_hermite_polynomial_h',
  'special_hermite_polynomial_h.x_scalar',
  'special_hermite_polynomial_h.n_scalar',
);

/** Hermite polynomial, as probability theory has it, of degree `n`. */
export const hermitePolynomialHe = bindFunction<Polynomial>(
  'special_hermite_polynomial_he',
  'special_hermite_polynomial_he.x_scalar',
  'special_hermite_polynomial_he.n_scalar',
);

/** Laguerre polynomial, of degree `n`. */
export const laguerrePolynomialL = bindFunction<Polynomial>(
  'special_laguerre_polynomial_l',
  'special_laguerre_polynomial_l.x_scalar',
  'special_laguerre_polynomial_l.n_scalar',
);

/** Legendre polynomial, of degree `n`. */
export const legendrePolynomialP = bindFunction<Polynomial>(
  'special_legendre_polynomial_p',
  'special_legendre_polynomial_p.x_scalar',
  'special_legendre_polynomial_p.n_scalar',
);

/** {@link chebyshevPolynomialT} of `2x − 1`, of degree `n`. */
export const shiftedChebyshevPolynomialT = bindFunction<Polynomial>(
  'special_shifted_chebyshev_polynomial_t',
  'special_shifted_chebyshev_polynomial_t.x_scalar',
  'special_shifted_chebyshev_polynomial_t.n_scalar',
);

/** {@link chebyshevPolynomialU} of `2x − 1`, of degree `n`. */
export const shiftedChebyshevPolynomialU = bindFunction<Polynomial>(
  'special_shifted_chebyshev_polynomial_u',
  'special_shifted_chebyshev_polynomial_u.x_scalar',
  'special_shifted_chebyshev_polynomial_u.n_scalar',
);

/** {@link chebyshevPolynomialV} of `2x − 1`, of degree `n`. */
export const shiftedChebyshevPolynomialV = bindFunction<Polynomial>(
  'special_shifted_chebyshev_polynomial_v',
  'special_shifted_chebyshev_polynomial_v.x_scalar',
  'special_shifted_chebyshev_polynomial_v.n_scalar',
);

/** {@link chebyshevPolynomialW} of `2x − 1`, of degree `n`. */
export const shiftedChebyshevPolynomialW = bindFunction<Polynomial>(
  'special_shifted_chebyshev_polynomial_w',
  'special_shifted_chebyshev_polynomial_w.x_scalar',
  'special_shifted_chebyshev_polynomial_w.n_scalar',
);
