export { type HessianOptions, hessian, type JacobianOptions, jacobian } from './jacobian.js';
export { hvp, jvp, vhp, vjp } from './products.js';
export type { Differentiable, FunctionalOptions } from './task.js';
