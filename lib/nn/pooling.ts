import type { Tensor } from '../tensor/index.js';
import {
  type Pair,
  requireBoolean,
  requireInteger,
  requireOptions,
  requirePair,
} from './argument.js';
import {
  type AvgPool2dOptions,
  avgPool2d,
  type MaxPool2dOptions,
  maxPool2d,
} from './functional.js';
import { Module } from './module.js';
import { pythonText } from './repr.js';

/**
 * Keeps the largest element of each window; mirrors `torch.nn.MaxPool2d`.
 *
 * Shape: `(N, C, H, W)` → `(N, C, Hout, Wout)`,
 * `Hout = ⌊(H + 2·padding − dilation·(kernelSize − 1) − 1) / stride⌋ + 1`, `Wout` likewise.
 *
 * @param kernelSize - Pixels, integer ≥ 1, or `[height, width]`.
 * @param stride - Pixels, integer ≥ 1. Default: `kernelSize`.
 * @param options.padding - −∞ around the image in pixels, at most half the kernel. Default 0.
 * @param options.dilation - Distance in pixels between the window's points. Default 1.
 * @param options.ceilMode - Rounds sizes up instead of down. Default false.
 * @throws {TypeError} `ERR_INVALID_ARG` when a value is not an integer in range.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.MaxPool2d.html
 */
export class MaxPool2d extends Module {
  readonly kernelSize: Pair;
  readonly stride: Pair;
  readonly padding: Pair;
  readonly dilation: Pair;
  readonly ceilMode: boolean;

  constructor(kernelSize: Pair, stride: Pair = kernelSize, options: MaxPool2dOptions = {}) {
    super();
    requireOptions('MaxPool2d: options', options);
    this.kernelSize = requirePair('MaxPool2d: kernelSize', kernelSize, 1);
    this.stride = requirePair('MaxPool2d: stride', stride, 1);
    this.padding = requirePair('MaxPool2d: padding', options.padding ?? 0, 0);
    this.dilation = requirePair('MaxPool2d: dilation', options.dilation ?? 1, 1);
    this.ceilMode = requireBoolean('MaxPool2d: ceilMode', options.ceilMode ?? false);
  }

  forward(input: Tensor): Tensor {
    return maxPool2d(input, this.kernelSize, this.stride, this);
  }

  override extraRepr(): string {
    return (
      `kernel_size=${pythonText(this.kernelSize)}, stride=${pythonText(this.stride)}, ` +
      `padding=${pythonText(this.padding)}, dilation=${pythonText(this.dilation)}, ` +
      `ceil_mode=${pythonText(this.ceilMode)}`
    );
  }
}

/**
 * Keeps the mean of each window; mirrors `torch.nn.AvgPool2d`.
 *
 * Shape: `(N, C, H, W)` → `(N, C, Hout, Wout)`,
 * `Hout = ⌊(H + 2·padding − kernelSize) / stride⌋ + 1`, `Wout` likewise.
 *
 * @param kernelSize - Pixels, integer ≥ 1, or `[height, width]`.
 * @param stride - Pixels, integer ≥ 1. Default: `kernelSize`.
 * @param options.padding - Zeros around the image in pixels, at most half the kernel. Default 0.
 * @param options.ceilMode - Rounds sizes up instead of down. Default false.
 * @param options.countIncludePad - Whether those zeros count in the mean. Default true.
 * @param options.divisorOverride - What sums are divided by. Default: the window's size.
 * @throws {TypeError} `ERR_INVALID_ARG` when a value is not an integer in range.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.AvgPool2d.html
 */
export class AvgPool2d extends Module {
  readonly kernelSize: Pair;
  readonly stride: Pair;
  readonly padding: Pair;
  readonly ceilMode: boolean;
  readonly countIncludePad: boolean;
  readonly divisorOverride: number | null;

  constructor(kernelSize: Pair, stride: Pair = kernelSize, options: AvgPool2dOptions = {}) {
    super();
    requireOptions('AvgPool2d: options', options);
    this.kernelSize = requirePair('AvgPool2d: kernelSize', kernelSize, 1);
    this.stride = requirePair('AvgPool2d: stride', stride, 1);
    this.padding = requirePair('AvgPool2d: padding', options.padding ?? 0, 0);
    this.ceilMode = requireBoolean('AvgPool2d: ceilMode', options.ceilMode ?? false);
    this.countIncludePad = requireBoolean(
      'AvgPool2d: countIncludePad',
      options.countIncludePad ?? true,
    );
    const { divisorOverride = null } = options;
    this.divisorOverride =
      divisorOverride === null
        ? null
        : requireInteger('AvgPool2d: divisorOverride', divisorOverride, 1);
  }

  forward(input: Tensor): Tensor {
    return avgPool2d(input, this.kernelSize, this.stride, this);
  }

  override extraRepr(): string {
    return (
      `kernel_size=${pythonText(this.kernelSize)}, stride=${pythonText(this.stride)}, ` +
      `padding=${pythonText(this.padding)}`
    );
  }
}
