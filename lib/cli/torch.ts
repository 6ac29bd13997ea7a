/** The package itself, which commands import when they run: their help must work without libtorch. */
export type Torch = typeof import('../index.js');
