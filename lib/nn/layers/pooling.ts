import { flag, integer, orNull, type Pair, pairAsGiven } from '../../argument/kind.js';
import { readOptions, type SpecOf } from '../../argument/options.js';
import type { Tensor } from '../../tensor/index.js';
import {
  type AvgPool2dOptions,
  avgPool2d,
  type MaxPool2dOptions,
  maxPool2d,
} from '../functional/functional.js';
import { Module } from '../module/module.js';
import { pythonText } from '../module/repr.js';

const maxSpec = {
  padding: pairAsGiven(0).or(0),
  dilation: pairAsGiven(1).or(1),
  ceilMode: flag.or(false),
} satisfies SpecOf<MaxPool2dOptions>;

const avgSpec = {
  padding: pairAsGiven(0).or(0),
  ceilMode: flag.or(false),
  countIncludePad: flag.or(true),
  divisorOverride: orNull(integer(1)).or(null),
} satisfies SpecOf<AvgPool2dOptions>;

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

  constructor(kernelSize: Pair, stride: Pair = kernelSize, options?: MaxPool2dOptions) {
    super();
    this.kernelSize = pairAsGiven(1).read('MaxPool2d: kernelSize', kernelSize);
    this.stride = pairAsGiven(1).read('MaxPool2d: stride', stride);
    const { padding, dilation, ceilMode } = readOptions('MaxPool2d', maxSpec, options);
    this.padding = padding;
    this.dilation = dilation;
    this.ceilMode = ceilMode;
  }

  forward(input: Tensor): Tensor {
    const { kernelSize, stride, padding, dilation, ceilMode } = this;
    return maxPool2d(input, kernelSize, stride, padding, dilation, ceilMode);
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

  constructor(kernelSize: Pair, stride: Pair = kernelSize, options?: AvgPool2dOptions) {
    super();
    this.kernelSize = pairAsGiven(1).read('AvgPool2d: kernelSize', kernelSize);
    this.stride = pairAsGiven(1).read('AvgPool2d: stride', stride);
    const { padding, ceilMode, countIncludePad, divisorOverride } = readOptions(
      'AvgPool2d',
      avgSpec,
      options,
    );
    this.padding = padding;
    this.ceilMode = ceilMode;
    this.countIncludePad = countIncludePad;
    this.divisorOverride = divisorOverride;
  }

  forward(input: Tensor): Tensor {
    const { kernelSize, stride, padding, ceilMode, countIncludePad, divisorOverride } = this;
    return avgPool2d(
      input,
      kernelSize,
      stride,
      padding,
      ceilMode,
      countIncludePad,
      divisorOverride,
    );
  }

  override extraRepr(): string {
    return (
      `kernel_size=${pythonText(this.kernelSize)}, stride=${pythonText(this.stride)}, ` +
      `padding=${pythonText(this.padding)}`
    );
  }
}
