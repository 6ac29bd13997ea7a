import type { Tensor } from '../../tensor/index.js';
import { bindFunction } from '../../tensor/method.js';

/**
 * Airy function Ai.
 *
 * @example
 * torch.special.airyAi(torch.tensor([0, 1])); // → tensor([0.3550, 0.1353])
 */
export const airyAi = bindFunction<(x: Tensor) => Tensor>('special_airy_ai');

/**
 * Bessel function of the first kind, of order 0.
 *
 * @example
 * torch.special.besselJ0(torch.tensor([0, 1])); // → tensor([1.0000, 0.7652])
 */
export const besselJ0 = bindFunction<(input: Tensor) => Tensor>('special_bessel_j0');

/**
 * Bessel function of the first kind, of order 1.
 *
 * @example
 * torch.special.besselJ1(torch.tensor([0, 1])); // → tensor([0.0000, 0.4401])
 */
export const besselJ1 = bindFunction<(input: Tensor) => Tensor>('special_bessel_j1');

/**
 * Bessel function of the second kind, of order 0.
 *
 * @example
 * torch.special.besselY0(torch.tensor([0, 1])); // → tensor([-inf, 0.0883])
 */
export const besselY0 = bindFunction<(input: Tensor) => Tensor>('special_bessel_y0');

/**
 * Bessel function of the second kind, of order 1.
 *
 * @example
 * torch.special.besselY1(torch.tensor([0, 1])); // → tensor([-inf, -0.7812])
 */
export const besselY1 = bindFunction<(input: Tensor) => Tensor>('special_bessel_y1');

/**
 * Modified Bessel function of the first kind, of order 0.
 *
 * @example
 * torch.special.i0(torch.tensor([0, 1, 2])); // → tensor([1.0000, 1.2661, 2.2796])
 */
export const i0 = bindFunction<(input: Tensor) => Tensor>('special_i0');

/**
 * `e^(−|x|) i0 x`.
 *
 * @example
 * const x = torch.tensor([1, 100]);
 * torch.special.i0e(x); // → tensor([0.4658, 0.0399])
 * torch.special.i0(x); // → tensor([1.2661, inf])
 */
export const i0e = bindFunction<(input: Tensor) => Tensor>('special_i0e');

/**
 * Modified Bessel function of the first kind, of order 1.
 *
 * @example
 * torch.special.i1(torch.tensor([0, 1, -1])); // → tensor([0.0000, 0.5652, -0.5652])
 */
export const i1 = bindFunction<(input: Tensor) => Tensor>('special_i1');

/**
 * `e^(−|x|) i1 x`.
 *
 * @example
 * const x = torch.tensor([1, 100]);
 * torch.special.i1e(x); // → tensor([0.2079, 0.0397])
 * torch.special.i1(x); // → tensor([0.5652, inf])
 */
export const i1e = bindFunction<(input: Tensor) => Tensor>('special_i1e');

/**
 * As {@link i0}.
 *
 * @example
 * torch.special.modifiedBesselI0(torch.tensor([0, 1, 2])); // → tensor([1.0000, 1.2661, 2.2796])
 */
export const modifiedBesselI0 = bindFunction<(input: Tensor) => Tensor>(
  'special_modified_bessel_i0',
);

/**
 * As {@link i1}.
 *
 * @example
 * torch.special.modifiedBesselI1(torch.tensor([0, 1, -1])); // → tensor([0.0000, 0.5652, -0.5652])
 */
export const modifiedBesselI1 = bindFunction<(input: Tensor) => Tensor>(
  'special_modified_bessel_i1',
);

/**
 * Modified Bessel function of the second kind, of order 0.
 *
 * @example
 * torch.special.modifiedBesselK0(torch.tensor([0, 1, 2])); // → tensor([inf, 0.4210, 0.1139])
 */
export const modifiedBesselK0 = bindFunction<(input: Tensor) => Tensor>(
  'special_modified_bessel_k0',
);

/**
 * Modified Bessel function of the second kind, of order 1.
 *
 * @example
 * torch.special.modifiedBesselK1(torch.tensor([0, 1, 2])); // → tensor([inf, 0.6019, 0.1399])
 */
export const modifiedBesselK1 = bindFunction<(input: Tensor) => Tensor>(
  'special_modified_bessel_k1',
);

/**
 * `eˣ modifiedBesselK0 x`.
 *
 * @example
 * const x = torch.tensor([1, 200]);
 * torch.special.scaledModifiedBesselK0(x); // → tensor([1.1445, 0.0886])
 * torch.special.modifiedBesselK0(x); // → tensor([0.4210, 0.0000])
 */
export const scaledModifiedBesselK0 = bindFunction<(x: Tensor) => Tensor>(
  'special_scaled_modified_bessel_k0',
);

/**
 * `eˣ modifiedBesselK1 x`.
 *
 * @example
 * const x = torch.tensor([1, 200]);
 * torch.special.scaledModifiedBesselK1(x); // → tensor([1.6362, 0.0888])
 * torch.special.modifiedBesselK1(x); // → tensor([0.6019, 0.0000])
 */
export const scaledModifiedBesselK1 = bindFunction<(x: Tensor) => Tensor>(
  'special_scaled_modified_bessel_k1',
);

/**
 * `sin x / x`: the spherical Bessel function of order 0.
 *
 * @example
 * torch.special.sphericalBesselJ0(torch.tensor([0, Math.PI / 2])); // → tensor([1.0000, 0.6366])
 */
export const sphericalBesselJ0 = bindFunction<(x: Tensor) => Tensor>('special_spherical_bessel_j0');
