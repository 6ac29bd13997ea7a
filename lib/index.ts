/// <reference types="node" preserve="true" />
// Declarations name Node's own types: TypeScript shall load them, whatever a project's `types` lists.
export { enableGrad, isGradEnabled, noGrad } from './autograd.js';
export {
  areDeterministicAlgorithmsEnabled,
  backends,
  isDeterministicAlgorithmsWarnOnlyEnabled,
  useDeterministicAlgorithms,
} from './backends.js';
export * as cuda from './cuda/index.js';
export * as data from './data/index.js';
export { type ImageLoader, type LoadOptions, loadDataFashionMnist } from './data/load.js';
export { Device, type DeviceLike, device } from './device.js';
export * as draw from './draw/index.js';
export * from './dtype.js';
export type { Objective } from './engine/objective.js';
export type { EngineChoice } from './engine/plan.js';
export type { Progress } from './engine/progress.js';
export { type ErrorCode, OutOfMemoryError, TorchError } from './error.js';
export { type EvaluateOptions, evaluate, type ModelFunction } from './evaluate.js';
export type { EpochResult, History } from './history.js';
export * from './io/index.js';
export { type ExportOnnxOptions, exportOnnx } from './io/onnx/exportOnnx.js';
export {
  type ClassificationReport,
  type ClassMetrics,
  type ConfusionMatrix,
  classificationReport,
  confusionMatrix,
} from './metrics.js';
export { LeNet } from './models/lenet.js';
export { LeNet5, type LeNet5Options } from './models/lenet5.js';
export { libtorchVersion, type TypedArray } from './native.js';
export * as nn from './nn/index.js';
export { type OperatorNamespace, type OperatorPacket, ops } from './ops.js';
export * as optim from './optim/index.js';
export { type PredictOptions, predict } from './predict.js';
export { defaultGenerator, Generator, getRngState, manualSeed, setRngState } from './random.js';
export * from './run/index.js';
export { memory, Scope, scope, tidy } from './scope.js';
export { type Counts, type LayerSummary, Summary, summary } from './summary.js';
export * from './tensor/index.js';
export { getNumThreads, setNumThreads } from './threads.js';
export { type TrainOptions, train } from './train.js';
export { version } from './version.js';
