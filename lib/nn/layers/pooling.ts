import { atMost } from '../../argument/atMost.js';
import { area, flag, integer, orNull, type Pair, pairAsGiven } from '../../argument/kind.js';
import type { Tensor } from '../../tensor/index.js';
import { avgPool2d, maxPool2d } from '../functional/functional.js';
import { type LayerOptions, layer } from '../layer.js';
import { type Arithmetic, perUnit } from '../module/arithmetic.js';
import type { Portrait } from '../module/portrait.js';

const args = {
  /** Pixels, integer ≥ 1, or `[height, width]`. */
  kernelSize: pairAsGiven(1),
  /** Pixels, integer ≥ 1. Default: `kernelSize`. */
  stride: pairAsGiven(1).orLike('kernelSize'),
};

const maxPooling = {
  args,
  options: {
    /** −∞ around the image in pixels, at most half the kernel. Default 0. */
    padding: pairAsGiven(0).or(0),
    /** Distance in pixels between the window's points. Default 1. */
    dilation: pairAsGiven(1).or(1),
    /** Whether a window may reach beyond the edge. Default false. */
    ceilMode: flag.or(false),
  },
  repr:
    'kernel_size={kernelSize}, stride={stride}, padding={padding}, dilation={dilation}, ' +
    'ceil_mode={ceilMode}',
};

/** Options of {@link MaxPool2d}. */
export interface MaxPool2dOptions extends LayerOptions<typeof maxPooling> {}

/**
 * Keeps the largest element of each window; mirrors `torch.nn.MaxPool2d`.
 *
 * Shape: `(N, C, H, W)` → `(N, C, Hout, Wout)`,
 * `Hout = ⌊(H + 2·padding − dilation·(kernelSize − 1) − 1) / stride⌋ + 1`, `Wout` likewise.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` when a value is not an integer in range.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.MaxPool2d.html
 */
export class MaxPool2d extends layer('MaxPool2d', maxPooling) {
  constructor(kernelSize: Pair, stride?: Pair, options?: MaxPool2dOptions);
  constructor(...given: unknown[]) {
    super(...given);
  }

  override arithmetic(units: number): Arithmetic {
    atMost('arithmetic', 1, arguments.length);
    return perUnit(units, area(this.kernelSize), 0);
  }

  override portrait(): Portrait {
    atMost('portrait', 0, arguments.length);
    return { kind: 'subsampling', verb: 'max pooling', window: this.kernelSize };
  }

  forward(input: Tensor): Tensor {
    atMost('MaxPool2d.forward', 1, arguments.length);
    const { kernelSize, stride, padding, dilation, ceilMode } = this;
    return maxPool2d(input, kernelSize, stride, padding, dilation, ceilMode);
  }
}

const avgPooling = {
  args,
  options: {
    /** Zeros around the image in pixels, at most half the kernel. Default 0. */
    padding: pairAsGiven(0).or(0),
    /** Whether a window may reach beyond the edge. Default false. */
    ceilMode: flag.or(false),
    /** Whether those zeros count in the mean. Default true. */
    countIncludePad: flag.or(true),
    /** What sums are divided by. Default: the window's size. */
    divisorOverride: orNull(integer(1)).or(null),
  },
  repr: 'kernel_size={kernelSize}, stride={stride}, padding={padding}',
};

/** Options of {@link AvgPool2d}. */
export interface AvgPool2dOptions extends LayerOptions<typeof avgPooling> {}

/**
 * Keeps the mean of each window; mirrors `torch.nn.AvgPool2d`.
 *
 * Shape: `(N, C, H, W)` → `(N, C, Hout, Wout)`,
 * `Hout = ⌊(H + 2·padding − kernelSize) / stride⌋ + 1`, `Wout` likewise.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` when a value is not an integer in range.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.AvgPool2d.html
 */
export class AvgPool2d extends layer('AvgPool2d', avgPooling) {
  constructor(kernelSize: Pair, stride?: Pair, options?: AvgPool2dOptions);
  constructor(...given: unknown[]) {
    super(...given);
  }

  override arithmetic(units: number): Arithmetic {
    atMost('arithmetic', 1, arguments.length);
    return perUnit(units, area(this.kernelSize), 0);
  }

  override portrait(): Portrait {
    atMost('portrait', 0, arguments.length);
    return { kind: 'subsampling', verb: 'mean pooling', window: this.kernelSize };
  }

  forward(input: Tensor): Tensor {
    atMost('AvgPool2d.forward', 1, arguments.length);
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
}
