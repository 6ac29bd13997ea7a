export { Adam, type AdamOptions, AdamW } from './adam.js';
export type { ParamGroup, ParamState } from './group.js';
export * as lrScheduler from './lrScheduler.js';
export {
  Optimizer,
  type ParamsOrGroups,
} from './optimizer.js';
export { RMSprop, type RMSpropOptions } from './rmsprop.js';
export { SGD, type SGDOptions } from './sgd.js';
export type { NumberedStates, OptimizerState, SavedGroup } from './stateDict.js';
