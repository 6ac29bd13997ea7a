export { type ArchitectureOptions, architecture } from './architecture.js';
export { connections } from './connections.js';
export { type PngOptions, toPng } from './png.js';
export { type PoolingOptions, pooling } from './pooling.js';
export type { DrawOptions, ThemeName } from './theme.js';
