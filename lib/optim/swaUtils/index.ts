export { AveragedModel, type AveragedModelOptions } from './averagedModel.js';
export {
  type AverageFunction,
  getEmaAvgFn,
  getEmaMultiAvgFn,
  getSwaAvgFn,
  getSwaMultiAvgFn,
  type MultiAverageFunction,
} from './averages.js';
export { SWALR, type SWALROptions } from './swalr.js';
export { type BatchesOf, updateBn } from './updateBn.js';
