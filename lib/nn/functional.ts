import { invalidArgument } from '../error.js';
import { bind } from '../ops.js';
import type { Tensor } from '../tensor/index.js';
import { type Pair, requireBoolean, requireNumber } from './argument.js';

export { crossEntropy, mseLoss, nllLoss, type Reduction } from './lossFunctional.js';
export { type Squash, squash } from './squash.js';

type Optional = Tensor | null | undefined;

const conv2dOp =
  bind<
    (
      input: Tensor,
      weight: Tensor,
      bias: Optional,
      stride: Pair,
      padding: Pair | string,
      dilation: Pair,
      groups: number,
    ) => Tensor
  >('conv2d');
const conv2dNamed = bind<typeof conv2dOp>('conv2d.padding');
const maxPool2dOp =
  bind<
    (
      input: Tensor,
      kernelSize: Pair,
      stride: Pair,
      padding: Pair,
      dilation: Pair,
      ceilMode: boolean,
    ) => Tensor
  >('max_pool2d');
const avgPool2dOp =
  bind<
    (
      input: Tensor,
      kernelSize: Pair,
      stride: Pair,
      padding: Pair,
      ceilMode: boolean,
      countIncludePad: boolean,
      divisorOverride: number | null,
    ) => Tensor
  >('avg_pool2d');
const linearOp = bind<(input: Tensor, weight: Tensor, bias: Optional) => Tensor>('linear');
const dropoutOp = bind<(input: Tensor, p: number, train: boolean) => Tensor>('dropout');
const batchNormOp =
  bind<
    (
      input: Tensor,
      weight: Optional,
      bias: Optional,
      runningMean: Optional,
      runningVar: Optional,
      training: boolean,
      momentum: number,
      eps: number,
      cudnnEnabled: boolean,
    ) => Tensor
  >('batch_norm');
const padOp = bind<(input: Tensor, pad: number[], mode: string, value?: number) => Tensor>('pad');

/** `(N, Cin, H, W)`, or one image without N. */
export interface Conv2dFunctionalOptions {
  /** Step in pixels. Default 1. */
  stride?: Pair;
  /** Zeros around the image in pixels, or `'valid'` (none), or `'same'` (output as large). Default 0. */
  padding?: Pair | 'same' | 'valid';
  /** Distance in pixels between the kernel's points. Default 1. */
  dilation?: Pair;
  /** Parts into which channels are split. Default 1. */
  groups?: number;
}

/** Convolution of `(N, Cin, H, W)` with `weight` `(Cout, Cin / groups, kH, kW)` and `bias` `(Cout)`. */
export function conv2d(
  input: Tensor,
  weight: Tensor,
  bias: Tensor | null = null,
  options: Conv2dFunctionalOptions = {},
): Tensor {
  const { stride = 1, padding = 0, dilation = 1, groups = 1 } = options;
  const op = typeof padding === 'string' ? conv2dNamed : conv2dOp;
  return op(input, weight, bias, stride, padding, dilation, groups);
}

/** Options of {@link maxPool2d}. */
export interface MaxPool2dOptions {
  /** −∞ around the image in pixels, at most half the kernel. Default 0. */
  padding?: Pair;
  /** Distance in pixels between the window's points. Default 1. */
  dilation?: Pair;
  /** Whether a window may reach beyond the edge. Default false. */
  ceilMode?: boolean;
}

/** Largest element of each window. @param stride - Default: `kernelSize`. */
export function maxPool2d(
  input: Tensor,
  kernelSize: Pair,
  stride: Pair = kernelSize,
  options: MaxPool2dOptions = {},
): Tensor {
  const { padding = 0, dilation = 1, ceilMode = false } = options;
  return maxPool2dOp(input, kernelSize, stride, padding, dilation, ceilMode);
}

/** Options of {@link avgPool2d}. */
export interface AvgPool2dOptions {
  /** Zeros around the image in pixels, at most half the kernel. Default 0. */
  padding?: Pair;
  /** Whether a window may reach beyond the edge. Default false. */
  ceilMode?: boolean;
  /** Whether those zeros count in the mean. Default true. */
  countIncludePad?: boolean;
  /** What sums are divided by. Default: the window's size. */
  divisorOverride?: number | null;
}

/** Mean of each window. @param stride - Default: `kernelSize`. */
export function avgPool2d(
  input: Tensor,
  kernelSize: Pair,
  stride: Pair = kernelSize,
  options: AvgPool2dOptions = {},
): Tensor {
  const { padding = 0, ceilMode = false, countIncludePad = true, divisorOverride = null } = options;
  return avgPool2dOp(
    input,
    kernelSize,
    stride,
    padding,
    ceilMode,
    countIncludePad,
    divisorOverride,
  );
}

/** `input · weightᵀ + bias`: `(…, in)`, `(out, in)`, `(out)` → `(…, out)`. */
export function linear(input: Tensor, weight: Tensor, bias: Tensor | null = null): Tensor {
  return linearOp(input, weight, bias);
}

export function relu(input: Tensor): Tensor {
  return input.relu();
}

export function sigmoid(input: Tensor): Tensor {
  return input.sigmoid();
}

export function tanh(input: Tensor): Tensor {
  return input.tanh();
}

/** Exponentials that sum to 1 along `dim`. */
export function softmax(input: Tensor, dim: number): Tensor {
  return input.softmax(dim);
}

/** Logarithm of {@link softmax}. */
export function logSoftmax(input: Tensor, dim: number): Tensor {
  return input.logSoftmax(dim);
}

/**
 * Sets each element to zero with probability `p` and scales the others by `1 / (1 − p)`.
 *
 * @param options.training - Whether it does so at all. Default true.
 */
export function dropout(input: Tensor, p = 0.5, options: { training?: boolean } = {}): Tensor {
  requireProbability('dropout: p', p);
  const { training = true } = options;
  return dropoutOp(input, p, requireBoolean('dropout: training', training));
}

export function requireProbability(name: string, p: number): number {
  if (requireNumber(name, p, 0) > 1) {
    throw invalidArgument(`${name}: expected a probability between 0 and 1, got ${p}`);
  }
  return p;
}

/** Options of {@link batchNorm}. */
export interface BatchNormOptions {
  weight?: Tensor | null;
  bias?: Tensor | null;
  /** Whether the batch's own statistics are used, and the running ones updated. Default false. */
  training?: boolean;
  /** Share of the new statistics. Default 0.1. */
  momentum?: number;
  /** Added to the variance. Default 1e-5. */
  eps?: number;
}

/** Normalises each channel (dimension 1). */
export function batchNorm(
  input: Tensor,
  runningMean: Tensor | null,
  runningVar: Tensor | null,
  options: BatchNormOptions = {},
): Tensor {
  const { weight, bias, training = false, momentum = 0.1, eps = 1e-5 } = options;
  const { shape } = input;
  if (training && shape.reduce((product, size) => product * size, 1) === shape[1]) {
    throw invalidArgument(
      'batchNorm: expected more than 1 value per channel when training, ' +
        `got input size torch.Size([${shape.join(', ')}])`,
    );
  }
  return batchNormOp(input, weight, bias, runningMean, runningVar, training, momentum, eps, true);
}

/** One row of `numClasses` zeros with a single one per class index (int64). Default: as many as needed. */
export const oneHot = bind<(input: Tensor, numClasses?: number) => Tensor>('one_hot');

/**
 * Adds elements around: `[left, right, top, bottom, …]`, the last dimension first.
 *
 * @param options.mode - Default `'constant'`.
 * @param options.value - What is added in mode `'constant'`. Default 0.
 */
export function pad(
  input: Tensor,
  padding: number[],
  options: { mode?: 'constant' | 'reflect' | 'replicate' | 'circular'; value?: number } = {},
): Tensor {
  return padOp(input, padding, options.mode ?? 'constant', options.value);
}
