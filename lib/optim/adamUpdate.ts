import { bind } from '../native/ops.js';
import type { Tensor } from '../tensor/index.js';

/** Numbers of a group. */
export interface AdamNumbers {
  readonly lr: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly eps: number;
  readonly weightDecay: number;
  /** Whether the decay is taken off the weight instead of being added to the gradient. */
  readonly decoupled: boolean;
  readonly amsgrad: boolean;
  readonly maximize: boolean;
}

/** What is remembered of one parameter. */
export interface AdamMoments {
  readonly step: Tensor;
  readonly expAvg: Tensor;
  readonly expAvgSq: Tensor;
  /** The largest `expAvgSq` so far; `undefined` without amsgrad. */
  readonly maxExpAvgSq: Tensor | undefined;
}

type Scaled = { value: number };
const lerp_ = bind<(a: Tensor, end: Tensor, weight: number) => Tensor>('lerp_.Scalar');
const addcmul_ = bind<(a: Tensor, b: Tensor, c: Tensor, scale: Scaled) => Tensor>('addcmul_');
const addcdiv_ = bind<(a: Tensor, b: Tensor, c: Tensor, scale: Scaled) => Tensor>('addcdiv_');
const addScaled = bind<(a: Tensor, b: Tensor, scale: { alpha: number }) => Tensor>('add.Tensor');
const largest = bind<(a: Tensor, b: Tensor, result: { out: Tensor }) => Tensor>('maximum.out');
const asReal = bind<(a: Tensor) => Tensor>('view_as_real');

/**
 * Adam's step of one parameter, by operators that look at shapes, strides and dtypes: whatever lies in memory in
 * an unusual way, and complex numbers, of which the real and the imaginary part are parameters of their own. The
 * same operators in the same order as Python's default on the CPU.
 */
export function updateByOperators(
  parameter: Tensor,
  gradient: Tensor,
  moments: AdamMoments,
  { lr, beta1, beta2, eps, weightDecay, decoupled, maximize }: AdamNumbers,
): void {
  const step = Number(moments.step.add_(1).item());
  let grad = maximize ? gradient.neg() : gradient;
  if (weightDecay !== 0) {
    if (decoupled) parameter.mul_(1 - lr * weightDecay);
    else grad = addScaled(grad, parameter, { alpha: weightDecay });
  }
  const real = parameter.dtype.startsWith('complex') ? asReal : (tensor: Tensor) => tensor;
  const [first, second] = [real(moments.expAvg), real(moments.expAvgSq)];
  grad = real(grad);
  lerp_(first, grad, 1 - beta1);
  addcmul_(second.mul_(beta2), grad, grad, { value: 1 - beta2 });
  let squares = second;
  if (moments.maxExpAvgSq !== undefined) {
    squares = real(moments.maxExpAvgSq);
    largest(squares, second, { out: squares });
  }
  const divisor = squares
    .sqrt()
    .div(Math.sqrt(1 - beta2 ** step))
    .add_(eps);
  addcdiv_(real(parameter), first, divisor, { value: -lr / (1 - beta1 ** step) });
}
