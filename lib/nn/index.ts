export type { Pair } from '../argument/kind.js';
export { LogSoftmax, ReLU, Sigmoid, Softmax, Tanh } from './activation.js';
export { BatchNorm2d, type BatchNorm2dOptions } from './batchnorm.js';
export { Identity, ModuleList, Sequential } from './container.js';
export { Conv2d, type Conv2dOptions } from './conv.js';
export { Dropout } from './dropout.js';
export { Flatten } from './flatten.js';
export * as functional from './functional.js';
export * as init from './init.js';
export { Linear, type LinearOptions } from './linear.js';
export { CrossEntropyLoss, MSELoss, NLLLoss } from './loss.js';
export { type MemberOptions, Module } from './module.js';
export { Parameter, type ParameterOptions } from './parameter.js';
export {
  type ConnectionTable,
  PartialConv2d,
  type PartialConv2dOptions,
} from './partialConv.js';
export { AvgPool2d, MaxPool2d } from './pooling.js';
export { EuclideanRBF, type EuclideanRBFOptions } from './rbf.js';
export {
  EuclideanRBFLoss,
  type EuclideanRBFLossOptions,
  type RBFCriterion,
} from './rbfLoss.js';
export type { Squash } from './squash.js';
export type { LoadResult, StateDict } from './stateDict.js';
export { TrainableSubsampling, type TrainableSubsamplingOptions } from './subsampling.js';
