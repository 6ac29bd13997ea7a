export {
  type ClipNormOptions,
  clipGradNorm_,
  clipGradsWithNorm_,
  clipGradValue_,
  type ForeachOptions,
  getTotalNorm,
  type Tensors,
} from './clip.js';
export {
  fuseConvBnEval,
  fuseConvBnWeights,
  fuseLinearBnEval,
  fuseLinearBnWeights,
  type Normalization,
  type Weighted,
} from './fuse.js';
export * as parametrizations from './parametrizations.js';
export * as parametrize from './parametrize.js';
export * as rnn from './rnn.js';
export { parametersToVector, vectorToParameters } from './vector.js';
