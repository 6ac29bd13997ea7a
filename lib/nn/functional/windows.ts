import { type Pair, pair } from '../../argument/sizes.js';
import { bind } from '../../native/ops.js';
import type { Tensor } from '../../tensor/index.js';
import { tensorKind } from '../../tensor/kinds.js';
import { bindFunction } from '../../tensor/method.js';
import { callable } from './call.js';

const im2col = bind<(input: Tensor, ...settings: (readonly number[])[]) => Tensor>('im2col');
const col2im = bind<(input: Tensor, ...settings: (readonly number[])[]) => Tensor>('col2im');

const windows = {
  kernelSize: pair(1),
  dilation: pair(1).or(1),
  padding: pair(0).or(0),
  stride: pair(1).or(1),
};

/** Options of {@link unfold} and {@link fold}. */
export interface WindowOptions {
  /** Distance in pixels between a window's points. Default 1. */
  dilation?: Pair;
  /** Zeros around the image in pixels. Default 0. */
  padding?: Pair;
  /** Step in pixels from window to window. Default 1. */
  stride?: Pair;
}

/**
 * Takes an image's windows apart: `(N, C, H, W)` → `(N, C·kH·kW, windows)`. Options by name, or in the order
 * `dilation, padding, stride`. Mirrors `torch.nn.functional.unfold`.
 *
 * @example
 * nn.functional.unfold(torch.zeros(2, 3, 4, 5), [2, 3]).shape; // → [ 2, 18, 9 ]
 * nn.functional.unfold(torch.tensor([[[[1, 2, 3]]]]), [1, 2]); // → tensor([[[1., 2.], [2., 3.]]])
 */
export const unfold: {
  (input: Tensor, kernelSize: Pair, options?: WindowOptions): Tensor;
  (input: Tensor, kernelSize: Pair, dilation: Pair, padding?: Pair, stride?: Pair): Tensor;
} = callable(
  'unfold',
  { input: tensorKind, ...windows },
  ({ input, kernelSize, dilation, padding, stride }) =>
    im2col(input, kernelSize, dilation, padding, stride),
);

/**
 * Puts windows together into an image of `outputSize`, summed where they overlap: `(N, C·kH·kW, windows)` → `(N, C,
 * H, W)`. Options by name, or in the order `dilation, padding, stride`. Mirrors `torch.nn.functional.fold`.
 *
 * @example
 * nn.functional.fold(torch.ones(1, 2, 2), [1, 3], [1, 2]); // → tensor([[[[1., 2., 1.]]]])
 */
export const fold: {
  (input: Tensor, outputSize: Pair, kernelSize: Pair, options?: WindowOptions): Tensor;
  (
    input: Tensor,
    outputSize: Pair,
    kernelSize: Pair,
    dilation: Pair,
    padding?: Pair,
    stride?: Pair,
  ): Tensor;
} = callable(
  'fold',
  { input: tensorKind, outputSize: pair(1), ...windows },
  ({ input, outputSize, kernelSize, dilation, padding, stride }) =>
    col2im(input, outputSize, kernelSize, dilation, padding, stride),
);

/**
 * Moves channels into pixels: `(…, C·r², H, W)` → `(…, C, H·r, W·r)`. Mirrors `torch.nn.functional.pixel_shuffle`.
 *
 * @example
 * nn.functional.pixelShuffle(torch.tensor([[[1]], [[2]], [[3]], [[4]]]), 2); // → tensor([[[1., 2.], [3., 4.]]])
 */
export const pixelShuffle =
  bindFunction<(input: Tensor, upscaleFactor: number) => Tensor>('pixel_shuffle');

/**
 * Moves pixels into channels: `(…, C, H·r, W·r)` → `(…, C·r², H, W)`. Mirrors `torch.nn.functional.pixel_unshuffle`.
 *
 * @example
 * nn.functional.pixelUnshuffle(torch.tensor([[[1, 2], [3, 4]]]), 2).flatten(1); // → tensor([[1.], [2.], [3.], [4.]])
 */
export const pixelUnshuffle =
  bindFunction<(input: Tensor, downscaleFactor: number) => Tensor>('pixel_unshuffle');

/**
 * Takes a channel of each group in turn: `(N, C, …)` → the same shape. Mirrors `torch.nn.functional.channel_shuffle`.
 *
 * @example
 * nn.functional.channelShuffle(torch.tensor([[[1], [2], [3], [4]]]), 2).flatten(); // → tensor([1., 3., 2., 4.])
 */
export const channelShuffle =
  bindFunction<(input: Tensor, groups: number) => Tensor>('channel_shuffle');

/**
 * {@link channelShuffle} with a kernel of its own on the CPU, without a gradient there. Mirrors
 * `torch.native_channel_shuffle`.
 *
 * Shape: `(N, C, …)` → the same.
 *
 * @example
 * const x = torch.arange(6).reshape(1, 6, 1, 1).float();
 * nn.functional.nativeChannelShuffle(x, 3).flatten(); // → tensor([0., 2., 4., 1., 3., 5.])
 */
export const nativeChannelShuffle =
  bindFunction<(input: Tensor, groups: number) => Tensor>('native_channel_shuffle');
