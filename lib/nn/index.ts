export type { Pair } from '../argument/kind.js';
export * as functional from './functional/functional.js';
export type { Squash } from './functional/squash.js';
export * as init from './init.js';
export { LogSoftmax, ReLU, Sigmoid, Softmax, Tanh } from './layers/activation.js';
export { Conv2d, type Conv2dOptions } from './layers/conv.js';
export { Dropout } from './layers/dropout.js';
export { Flatten } from './layers/flatten.js';
export { Linear, type LinearOptions } from './layers/linear.js';
export { CrossEntropyLoss, MSELoss, NLLLoss } from './layers/loss.js';
export { BatchNorm2d, type BatchNorm2dOptions } from './layers/normalization.js';
export { AvgPool2d, MaxPool2d } from './layers/pooling.js';
export { Identity, ModuleList, Sequential } from './module/container.js';
export { type MemberOptions, Module } from './module/module.js';
export { Parameter, type ParameterOptions } from './module/parameter.js';
export type { LoadResult, StateDict } from './module/stateDict.js';
export {
  type ConnectionTable,
  PartialConv2d,
  type PartialConv2dOptions,
} from './paper/partialConv.js';
export { EuclideanRBF, type EuclideanRBFOptions } from './paper/rbf.js';
export {
  EuclideanRBFLoss,
  type EuclideanRBFLossOptions,
  type RBFCriterion,
} from './paper/rbfLoss.js';
export { TrainableSubsampling, type TrainableSubsamplingOptions } from './paper/subsampling.js';
