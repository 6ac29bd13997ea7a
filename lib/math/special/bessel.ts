import type { Tensor } from '../../tensor/index.js';
import { bindFunction } from '../../tensor/method.js';

/** Airy function Ai. */
export const airyAi = bindFunction<(x: Tensor) => Tensor>('special_airy_ai');

/** Bessel function of the first kind, of order 0. */
export const besselJ0 = bindFunction<(input: Tensor) => Tensor>('special_bessel_j0');

/** Bessel function of the first kind, of order 1. */
export const besselJ1 = bindFunction<(input: Tensor) => Tensor>('special_bessel_j1');

/** Bessel function of the second kind, of order 0. */
export const besselY0 = bindFunction<(input: Tensor) => Tensor>('special_bessel_y0');

/** Bessel function of the second kind, of order 1. */
export const besselY1 = bindFunction<(input: Tensor) => Tensor>('special_bessel_y1');

/** Modified Bessel function of the first kind, of order 0. */
export const i0 = bindFunction<(input: Tensor) => Tensor>('special_i0');

/** `e^(−|x|) i0 x`. */
export const i0e = bindFunction<(input: Tensor) => Tensor>('special_i0e');

/** Modified Bessel function of the first kind, of order 1. */
export const i1 = bindFunction<(input: Tensor) => Tensor>('special_i1');

/** `e^(−|x|) i1 x`. */
export const i1e = bindFunction<(input: Tensor) => Tensor>('special_i1e');

/** As {@link i0}. */
export const modifiedBesselI0 = bindFunction<(input: Tensor) => Tensor>(
  'special_modified_bessel_i0',
);

/** As {@link i1}. */
export const modifiedBesselI1 = bindFunction<(input: Tensor) => Tensor>(
  'special_modified_bessel_i1',
);

/** Modified Bessel function of the second kind, of order 0. */
export const modifiedBesselK0 = bindFunction<(input: Tensor) => Tensor>(
  'special_modified_bessel_k0',
);

/** Modified Bessel function of the second kind, of order 1. */
export const modifiedBesselK1 = bindFunction<(input: Tensor) => Tensor>(
  'special_modified_bessel_k1',
);

/** `eˣ modifiedBesselK0 x`. */
export const scaledModifiedBesselK0 = bindFunction<(x: Tensor) => Tensor>(
  'special_scaled_modified_bessel_k0',
);

/** `eˣ modifiedBesselK1 x`. */
export const scaledModifiedBesselK1 = bindFunction<(x: Tensor) => Tensor>(
  'special_scaled_modified_bessel_k1',
);

/** `sin x / x`: the spherical Bessel function of order 0. */
export const sphericalBesselJ0 = bindFunction<(x: Tensor) => Tensor>('special_spherical_bessel_j0');
