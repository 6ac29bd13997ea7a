/** Special functions, mirrors `torch.special`: element by element unless said otherwise, and shapes broadcast. */
export * from './bessel.js';
export * from './gamma.js';
export * from './polynomials.js';
export * from './reductions.js';
