import { atMost } from '../../argument/atMost.js';
import type { Pair } from '../../argument/kind.js';
import { bind } from '../../native/ops.js';
import type { Tensor } from '../../tensor/index.js';
import { bindFunction } from '../../tensor/method.js';

export * from './activation.js';
export {
  type MultiHeadAttentionOptions,
  multiHeadAttentionForward,
  type ScaledDotProductOptions,
  scaledDotProductAttention,
} from './attention.js';
export * from './dropout.js';
export { crossEntropy, mseLoss, nllLoss, type Reduction } from './loss.js';
export {
  batchNorm,
  groupNorm,
  instanceNorm,
  layerNorm,
  localResponseNorm,
  rmsNorm,
} from './normalization.js';
export { type Squash, squash } from './squash.js';

type Optional = Tensor | null | undefined;

const linearOp = bind<(input: Tensor, weight: Tensor, bias: Optional) => Tensor>('linear');
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

/**
 * Convolution of `(N, Cin, H, W)` with `weight` `(Cout, Cin / groups, kH, kW)` and `bias` `(Cout)`. Options by
 * name, or in the order `stride, padding, dilation, groups`.
 */
export const conv2d = bindFunction<{
  (input: Tensor, weight: Tensor, bias?: Optional, options?: Conv2dFunctionalOptions): Tensor;
  (
    input: Tensor,
    weight: Tensor,
    bias: Optional,
    stride: Pair,
    padding?: Pair | 'same' | 'valid',
    dilation?: Pair,
    groups?: number,
  ): Tensor;
}>('conv2d', 'conv2d.padding');

/** Options of {@link maxPool2d}. */
export interface MaxPool2dOptions {
  /** −∞ around the image in pixels, at most half the kernel. Default 0. */
  padding?: Pair;
  /** Distance in pixels between the window's points. Default 1. */
  dilation?: Pair;
  /** Whether a window may reach beyond the edge. Default false. */
  ceilMode?: boolean;
}

/**
 * Largest element of each window. Options by name, or in the order `padding, dilation, ceilMode`.
 * @param stride - Default: `kernelSize`.
 */
export const maxPool2d = bindFunction<{
  (input: Tensor, kernelSize: Pair, options?: MaxPool2dOptions & { stride?: Pair }): Tensor;
  (input: Tensor, kernelSize: Pair, stride?: Pair, options?: MaxPool2dOptions): Tensor;
  (
    input: Tensor,
    kernelSize: Pair,
    stride: Pair,
    padding: Pair,
    dilation?: Pair,
    ceilMode?: boolean,
  ): Tensor;
}>('max_pool2d');

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

/**
 * Mean of each window. Options by name, or in the order `padding, ceilMode, countIncludePad, divisorOverride`.
 * @param stride - Default: `kernelSize`.
 */
export const avgPool2d = bindFunction<{
  (input: Tensor, kernelSize: Pair, options?: AvgPool2dOptions & { stride?: Pair }): Tensor;
  (input: Tensor, kernelSize: Pair, stride?: Pair, options?: AvgPool2dOptions): Tensor;
  (
    input: Tensor,
    kernelSize: Pair,
    stride: Pair,
    padding: Pair,
    ceilMode?: boolean,
    countIncludePad?: boolean,
    divisorOverride?: number | null,
  ): Tensor;
}>('avg_pool2d');

/** `input · weightᵀ + bias`: `(…, in)`, `(out, in)`, `(out)` → `(…, out)`. */
export function linear(input: Tensor, weight: Tensor, bias: Tensor | null = null): Tensor {
  atMost('linear', 3, arguments.length);
  return linearOp(input, weight, bias);
}

export { sigmoid, tanh } from '../../tensor/index.js';

/** One row of `numClasses` zeros with a single one per class index (int64). Default: as many as needed. */
export const oneHot = bind<(input: Tensor, numClasses?: number) => Tensor>('one_hot');

interface PadOptions {
  mode?: 'constant' | 'reflect' | 'replicate' | 'circular';
  value?: number;
}

/**
 * Adds elements around: `[left, right, top, bottom, …]`, the last dimension first.
 *
 * @param options.mode - Default `'constant'`.
 * @param options.value - What is added in mode `'constant'`. Default 0.
 */
export const pad = bindFunction<{
  (input: Tensor, pad: readonly number[], options?: PadOptions): Tensor;
  (input: Tensor, pad: readonly number[], mode: PadOptions['mode'], value?: number): Tensor;
}>('pad');
