export { enableGrad, inferenceMode, noGrad, setGradEnabled } from '../context/autograd.js';
export { type AnomalyOptions, detectAnomaly, setDetectAnomaly } from './anomaly.js';
export type { FunctionContext } from './context.js';
export { Function } from './function.js';
export * as functional from './functional/index.js';
export { backward, type GradOptions, grad } from './grad.js';
export {
  type GradcheckOptions,
  type GradgradcheckOptions,
  gradcheck,
  gradgradcheck,
} from './gradcheck/gradcheck.js';
