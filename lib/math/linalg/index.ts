/** Linear algebra: mirrors `torch.linalg`. All take batches of matrices `(…, m, n)`. */
export * from './decompositions.js';
export * from './products.js';
export * from './solving.js';
