export type { Each, Pair, Sides, Sizes } from '../argument/sizes.js';
export { RemovableHandle } from '../context/removableHandle.js';
export {
  type Activation,
  type DecoderLayerCall,
  type EncoderLayerCall,
  TransformerDecoderLayer,
  TransformerEncoderLayer,
  type TransformerLayerOptions,
} from './attention/layers.js';
export * from './attention/multihead.js';
export * from './attention/transformer.js';
export * as functional from './functional/functional.js';
export type { Squash } from './functional/squash.js';
export * as init from './init.js';
export * from './layers/activation.js';
export * from './layers/adaptive.js';
export * from './layers/adaptivePooling.js';
export * from './layers/avgPooling.js';
export * from './layers/bilinear.js';
export * from './layers/binaryLoss.js';
export {
  Conv1d,
  type Conv1dOptions,
  Conv2d,
  type Conv2dOptions,
  Conv3d,
  type Conv3dOptions,
  type Convolution,
} from './layers/conv.js';
export * from './layers/convTranspose.js';
export * from './layers/crossMapLRN.js';
export * from './layers/distance.js';
export * from './layers/dropout.js';
export * from './layers/embedding.js';
export * from './layers/flatten.js';
export * from './layers/fractionalPooling.js';
export * from './layers/groupNorm.js';
export * from './layers/linear.js';
export * from './layers/loss.js';
export * from './layers/lpPooling.js';
export * from './layers/marginLoss.js';
export * from './layers/maxPooling.js';
export * from './layers/maxUnpool.js';
export * from './layers/normalization.js';
export * from './layers/padding.js';
export * from './layers/rectifier.js';
export * from './layers/regressionLoss.js';
export * from './layers/shrink.js';
export * from './layers/upsampling.js';
export * from './layers/windows.js';
export type { Arithmetic } from './module/arithmetic.js';
export { Identity, ModuleList, Sequential } from './module/container.js';
export { ModuleDict } from './module/dictionary.js';
export type {
  BackwardHook,
  BackwardPreHook,
  ForwardHook,
  ForwardPreHook,
  HookOptions,
} from './module/hooks.js';
export { type MemberOptions, Module } from './module/module.js';
export { Parameter, type ParameterOptions } from './module/parameter.js';
export { ParameterDict, ParameterList } from './module/parameters.js';
export type { ConnectionTable, Portrait } from './module/portrait.js';
export type { LoadResult, StateDict } from './module/stateDict.js';
export * from './paper/partialConv.js';
export * from './paper/rbf.js';
export * from './paper/rbfLoss.js';
export * from './paper/subsampling.js';
export * as parallel from './parallel/index.js';
export * from './recurrent/cells.js';
export * from './recurrent/layers.js';
export * as utils from './utils/index.js';
