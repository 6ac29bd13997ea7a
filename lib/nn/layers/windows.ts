import { atMost } from '../../argument/atMost.js';
import { integer } from '../../argument/kind.js';
import { type Pair, pairAsGiven } from '../../argument/sizes.js';
import type { Tensor } from '../../tensor/index.js';
import {
  channelShuffle,
  fold,
  pixelShuffle,
  pixelUnshuffle,
  unfold,
} from '../functional/windows.js';
import { type LayerOptions, layer } from '../layer.js';

const options = {
  /** Distance in pixels between a window's points. Default 1. */
  dilation: pairAsGiven(1).or(1),
  /** Zeros around the image in pixels. Default 0. */
  padding: pairAsGiven(0).or(0),
  /** Step in pixels from window to window. Default 1. */
  stride: pairAsGiven(1).or(1),
};

const kernelSize = pairAsGiven(1);
const settings =
  'kernel_size={kernelSize}, dilation={dilation}, padding={padding}, stride={stride}';

/** Options of {@link Unfold} and {@link Fold}. */
export interface FoldOptions extends LayerOptions<{ options: typeof options }> {}

/**
 * Takes an image's windows apart; mirrors `torch.nn.Unfold`.
 *
 * Shape: `(N, C, H, W)` or `(C, H, W)` → `(N, C·kH·kW, windows)`.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` when a value is not an integer in range.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.Unfold.html
 * @example
 * const x = torch.tensor([[[1, 2, 3], [4, 5, 6]]]);
 * new nn.Unfold(2).forward(x).t(); // → tensor([[1., 2., 4., 5.], [2., 3., 5., 6.]])
 */
export class Unfold extends layer('Unfold', {
  args: {
    /** Pixels, integer ≥ 1, or `[height, width]`. */
    kernelSize,
  },
  options,
  repr: settings,
}) {
  constructor(kernelSize: Pair, options?: FoldOptions);
  constructor(...given: unknown[]) {
    super(...given);
  }

  forward(input: Tensor): Tensor {
    atMost('Unfold.forward', 1, arguments.length);
    const { kernelSize, dilation, padding, stride } = this;
    return unfold(input, kernelSize, dilation, padding, stride);
  }
}

/**
 * Puts windows together into an image, summed where they overlap; mirrors `torch.nn.Fold`.
 *
 * Shape: `(N, C·kH·kW, windows)` or without N → `(N, C, ...outputSize)`.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` when a value is not an integer in range.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.Fold.html
 * @example
 * new nn.Fold([3, 3], 2).forward(torch.ones(1, 4, 4)); // → tensor([[[[1., 2., 1.], [2., 4., 2.], [1., 2., 1.]]]])
 */
export class Fold extends layer('Fold', {
  args: {
    /** Pixels of the image, integer ≥ 1, or `[height, width]`. */
    outputSize: pairAsGiven(1),
    /** Pixels of a window, integer ≥ 1, or `[height, width]`. */
    kernelSize,
  },
  options,
  repr: `output_size={outputSize}, ${settings}`,
}) {
  constructor(outputSize: Pair, kernelSize: Pair, options?: FoldOptions);
  constructor(...given: unknown[]) {
    super(...given);
  }

  forward(input: Tensor): Tensor {
    atMost('Fold.forward', 1, arguments.length);
    const { outputSize, kernelSize, dilation, padding, stride } = this;
    return fold(input, outputSize, kernelSize, dilation, padding, stride);
  }
}

/**
 * Moves channels into pixels; mirrors `torch.nn.PixelShuffle`. Shape: `(…, C·r², H, W)` → `(…, C, H·r, W·r)`.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.PixelShuffle.html
 * @example
 * new nn.PixelShuffle(2).forward(torch.tensor([[[1]], [[2]], [[3]], [[4]]])); // → tensor([[[1., 2.], [3., 4.]]])
 */
export class PixelShuffle extends layer('PixelShuffle', {
  args: {
    /** r, integer ≥ 1. */
    upscaleFactor: integer(1),
  },
  repr: 'upscale_factor={upscaleFactor}',
}) {
  constructor(upscaleFactor: number);
  constructor(...given: unknown[]) {
    super(...given);
  }

  forward(input: Tensor): Tensor {
    atMost('PixelShuffle.forward', 1, arguments.length);
    return pixelShuffle(input, this.upscaleFactor);
  }
}

/**
 * Moves pixels into channels; mirrors `torch.nn.PixelUnshuffle`. Shape: `(…, C, H·r, W·r)` → `(…, C·r², H, W)`.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.PixelUnshuffle.html
 * @example
 * new nn.PixelUnshuffle(2).forward(torch.tensor([[[1, 2], [3, 4]]])).shape; // → [ 4, 1, 1 ]
 */
export class PixelUnshuffle extends layer('PixelUnshuffle', {
  args: {
    /** r, integer ≥ 1. */
    downscaleFactor: integer(1),
  },
  repr: 'downscale_factor={downscaleFactor}',
}) {
  constructor(downscaleFactor: number);
  constructor(...given: unknown[]) {
    super(...given);
  }

  forward(input: Tensor): Tensor {
    atMost('PixelUnshuffle.forward', 1, arguments.length);
    return pixelUnshuffle(input, this.downscaleFactor);
  }
}

/**
 * Takes a channel of each group in turn; mirrors `torch.nn.ChannelShuffle`. Shape: `(N, C, …)` → the same.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.ChannelShuffle.html
 * @example
 * new nn.ChannelShuffle(2).forward(torch.arange(4).reshape(1, 4, 1)).flatten(); // → tensor([0, 2, 1, 3])
 */
export class ChannelShuffle extends layer('ChannelShuffle', {
  args: {
    /** Groups, integer ≥ 1; divides C. */
    groups: integer(1),
  },
  repr: 'groups={groups}',
}) {
  constructor(groups: number);
  constructor(...given: unknown[]) {
    super(...given);
  }

  forward(input: Tensor): Tensor {
    atMost('ChannelShuffle.forward', 1, arguments.length);
    return channelShuffle(input, this.groups);
  }
}
