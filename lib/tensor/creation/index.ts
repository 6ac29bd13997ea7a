export * from './data.js';
export * from './like.js';
export type { RandomTensorOptions, TensorOptions } from './options.js';
export * from './random.js';
export * from './ranges.js';
export * from './sized.js';
export * from './windows.js';
