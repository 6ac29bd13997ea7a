export {
  ChainedScheduler,
  type ChainedSchedulerOptions,
  SequentialLR,
} from './composed.js';
export {
  CosineAnnealingLR,
  type CosineAnnealingLROptions,
  CosineAnnealingWarmRestarts,
  type CosineAnnealingWarmRestartsOptions,
} from './cosine.js';
export { CyclicLR, type CyclicLROptions, OneCycleLR, type OneCycleLROptions } from './cycle.js';
export {
  ConstantLR,
  type ConstantLROptions,
  ExponentialLR,
  type LastEpochOption,
  LinearLR,
  type LinearLROptions,
  MultiStepLR,
  PolynomialLR,
  type PolynomialLROptions,
  StepLR,
  type StepLROptions,
} from './decay.js';
export { LambdaLR, type LRLambda, MultiplicativeLR } from './lambda.js';
export { ReduceLROnPlateau, type ReduceLROnPlateauOptions } from './plateau.js';
export { LRScheduler } from './scheduler.js';
