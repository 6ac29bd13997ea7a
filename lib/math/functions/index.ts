export * from './calculus.js';
export {
  atleast1d,
  atleast2d,
  atleast3d,
  blockDiag,
  broadcastShapes,
  broadcastTensors,
  cartesianProd,
  chainMatmul,
  columnStack,
  combinations,
  concat,
  concatenate,
  dstack,
  hstack,
  type MeshgridOptions,
  meshgrid,
  rowStack,
  vstack,
} from './combining.js';
export * from './complex.js';
export * from './einsum.js';
export * from './lowRank.js';
export * from './searching.js';
export * from './statistics.js';
export * from './unravelIndex.js';
