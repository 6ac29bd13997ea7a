/** Special functions, element by element: mirrors `torch.special`. */
export * from './bessel.js';
export * from './gamma.js';
export * from './polynomials.js';
export * from './reductions.js';
