/// <reference types="node" preserve="true" />
// Declarations name Node's own types: TypeScript shall load them, whatever a project's `types` lists.
export { isAnomalyCheckNanEnabled, isAnomalyEnabled } from './autograd/anomaly.js';
export * as autograd from './autograd/index.js';
export {
  enableGrad,
  inferenceMode,
  isGradEnabled,
  isInferenceModeEnabled,
  noGrad,
  setGradEnabled,
} from './context/autograd.js';
export {
  areDeterministicAlgorithmsEnabled,
  backends,
  isDeterministicAlgorithmsWarnOnlyEnabled,
  useDeterministicAlgorithms,
} from './context/backends.js';
export { getDefaultDtype, setDefaultDtype } from './context/defaultDtype.js';
export { Device, type DeviceLike, device } from './context/device.js';
export {
  defaultGenerator,
  Generator,
  getRngState,
  manualSeed,
  setRngState,
} from './context/random.js';
export { getNumThreads, setNumThreads } from './context/threads.js';
export * as cuda from './cuda/index.js';
export * as data from './data/index.js';
export { type ImageLoader, type LoadOptions, loadDataFashionMnist } from './data/load.js';
export * as distributed from './distributed/index.js';
export * as draw from './draw/index.js';
export type { EngineChoice } from './engine/choice.js';
export type { EpochResult, History } from './engine/epoch.js';
export type { TrainingEnd, TrainingListener, TrainingStart } from './engine/listener.js';
export type { Objective } from './engine/objective.js';
export type { Progress } from './engine/progress.js';
export { type ErrorCode, OutOfMemoryError, TorchError } from './error.js';
export * from './io/index.js';
export { type ExportOnnxOptions, exportOnnx } from './io/onnx/exportOnnx.js';
export {
  type LiveOptions,
  type LivePage,
  type LiveRun,
  live,
  type MoreEpochs,
} from './live/live.js';
export { version } from './location.js';
export * as fft from './math/fft.js';
export * from './math/functions/index.js';
export * as linalg from './math/linalg/index.js';
export * as special from './math/special/index.js';
export { LeNet, type LeNetOptions } from './models/lenet.js';
export { LeNet5, type LeNet5Options } from './models/lenet5.js';
export * from './native/dtype.js';
export type { TypedArray } from './native/exports/data.js';
export { libtorchVersion } from './native/load.js';
export { type OperatorNamespace, type OperatorPacket, ops } from './native/ops.js';
// In Python, too, the same functions stand in both places.
export {
  adaptiveAvgPool1d,
  avgPool1d,
  bilinear,
  celu_,
  channelShuffle,
  conv1d,
  conv2d,
  conv3d,
  convTbc,
  convTranspose1d,
  convTranspose2d,
  convTranspose3d,
  cosineSimilarity,
  pairwiseDistance,
  pdist,
  pixelShuffle,
  pixelUnshuffle,
  rrelu_,
  selu_,
  threshold_,
} from './nn/functional/functional.js';
export * as nn from './nn/index.js';
export type { MimeBundle } from './notebook/bundle.js';
export { display } from './notebook/display.js';
export type { InputOptions, InputShape } from './observe/example.js';
export * as optim from './optim/index.js';
export * from './run/index.js';
export * as serve from './serve/index.js';
export type { Counts, LayerSummary } from './summary/counts.js';
export { Summary, summary } from './summary/summary.js';
export * from './tensor/index.js';
export { type PrintOptions, setPrintoptions } from './tensor/printOptions.js';
export { memory, Scope, scope, tidy } from './tensor/scope.js';
export { type EvaluateOptions, evaluate, type ModelFunction } from './training/evaluate.js';
export type { TrainingGuide } from './training/guide.js';
export {
  type ClassificationReport,
  type ClassMetrics,
  type ConfusionMatrix,
  classificationReport,
  confusionMatrix,
} from './training/metrics.js';
export { type PredictOptions, predict } from './training/predict.js';
export { type TrainOptions, train } from './training/train.js';
export * as transforms from './transforms/index.js';
