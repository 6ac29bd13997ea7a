import type { Dimensions, Sizes } from '../../argument/sizes.js';
import type { Tensor } from '../../tensor/index.js';
import { bindFunction } from '../../tensor/method.js';

type Optional = Tensor | null | undefined;

/** Options of {@link conv1d}, {@link conv2d} and {@link conv3d}. */
export interface ConvFunctionOptions<D extends Dimensions> {
  /** Step in pixels. Default 1. */
  stride?: Sizes<D>;
  /** Zeros around the image in pixels, or `'valid'` (none), or `'same'` (output as large). Default 0. */
  padding?: Sizes<D> | 'same' | 'valid';
  /** Distance in pixels between the kernel's points. Default 1. */
  dilation?: Sizes<D>;
  /** Parts into which channels are split. Default 1. */
  groups?: number;
}

/** A convolution: options by name, or in the order `stride, padding, dilation, groups`. */
export interface ConvFunction<D extends Dimensions> {
  (input: Tensor, weight: Tensor, bias?: Optional, options?: ConvFunctionOptions<D>): Tensor;
  (
    input: Tensor,
    weight: Tensor,
    bias: Optional,
    stride: Sizes<D>,
    padding?: Sizes<D> | 'same' | 'valid',
    dilation?: Sizes<D>,
    groups?: number,
  ): Tensor;
}

/**
 * Convolution of `(N, Cin, L)`, or `(Cin, L)`, with `weight` `(Cout, Cin / groups, kL)` and `bias` `(Cout)`. Mirrors
 * `torch.nn.functional.conv1d`.
 *
 * Gives `(N, Cout, Lout)`, sizes `⌊(size + 2·padding − dilation·(kernel − 1) − 1) / stride⌋ + 1`.
 *
 * @example
 * const x = torch.tensor([[1, 2, 3, 4]]);
 * nn.functional.conv1d(x, torch.tensor([[[1, -1]]])); // → tensor([[-1., -1., -1.]])
 * nn.functional.conv1d(x, torch.tensor([[[1, -1]]]), null, { stride: 2, padding: 1 }); // → tensor([[-1., -1., 4.]])
 */
export const conv1d = bindFunction<ConvFunction<1>>('conv1d', 'conv1d.padding');

/**
 * Convolution of `(N, Cin, H, W)`, or one image without N, with `weight` `(Cout, Cin / groups, kH, kW)` and `bias`
 * `(Cout)`. Options by name, or in the order `stride, padding, dilation, groups`. Mirrors
 * `torch.nn.functional.conv2d`.
 *
 * Gives `(N, Cout, Hout, Wout)`, sizes `⌊(size + 2·padding − dilation·(kernel − 1) − 1) / stride⌋ + 1`.
 *
 * @example
 * nn.functional.conv2d(torch.ones(1, 3, 3), torch.ones(1, 1, 2, 2)); // → tensor([[[4., 4.], [4., 4.]]])
 * const [images, weight] = [torch.ones(1, 3, 28, 28), torch.ones(8, 3, 5, 5)];
 * nn.functional.conv2d(images, weight, null, { padding: 'same' }).shape; // → [ 1, 8, 28, 28 ]
 */
export const conv2d = bindFunction<ConvFunction<2>>('conv2d', 'conv2d.padding');

/**
 * Convolution of `(N, Cin, D, H, W)` with `weight` `(Cout, Cin / groups, kD, kH, kW)` and `bias` `(Cout)`. Mirrors
 * `torch.nn.functional.conv3d`.
 *
 * Gives `(N, Cout, Dout, Hout, Wout)`, sizes `⌊(size + 2·padding − dilation·(kernel − 1) − 1) / stride⌋ + 1`.
 *
 * @example
 * nn.functional.conv3d(torch.ones(1, 4, 5, 6, 7), torch.ones(2, 4, 1, 2, 3)).shape; // → [ 1, 2, 5, 5, 5 ]
 */
export const conv3d = bindFunction<ConvFunction<3>>('conv3d', 'conv3d.padding');

/** Options of {@link convTranspose1d}, {@link convTranspose2d} and {@link convTranspose3d}. */
export interface ConvTransposeFunctionOptions<D extends Dimensions> {
  /** Distance in pixels between what two input pixels add to. Default 1. */
  stride?: Sizes<D>;
  /** Pixels that are cut off around the output. Default 0. */
  padding?: Sizes<D>;
  /** Pixels that are added to the output's end, where a stride leaves its size open. Default 0. */
  outputPadding?: Sizes<D>;
  /** Parts into which channels are split. Default 1. */
  groups?: number;
  /** Distance in pixels between the kernel's points. Default 1. */
  dilation?: Sizes<D>;
}

/** A transposed convolution: options by name, or in the order `stride, padding, outputPadding, groups, dilation`. */
export interface ConvTransposeFunction<D extends Dimensions> {
  (
    input: Tensor,
    weight: Tensor,
    bias?: Optional,
    options?: ConvTransposeFunctionOptions<D>,
  ): Tensor;
  (
    input: Tensor,
    weight: Tensor,
    bias: Optional,
    stride: Sizes<D>,
    padding?: Sizes<D>,
    outputPadding?: Sizes<D>,
    groups?: number,
    dilation?: Sizes<D>,
  ): Tensor;
}

/**
 * Transposed convolution of `(N, Cin, L)` with `weight` `(Cin, Cout / groups, kL)` and `bias` `(Cout)`. Mirrors
 * `torch.nn.functional.conv_transpose1d`.
 *
 * Gives `(N, Cout, Lout)`, sizes `(size − 1)·stride − 2·padding + dilation·(kernel − 1) + outputPadding + 1`.
 *
 * @example
 * const [x, weight] = [torch.tensor([[1, 2]]), torch.ones(1, 1, 3)];
 * nn.functional.convTranspose1d(x, weight); // → tensor([[1., 3., 3., 2.]])
 * nn.functional.convTranspose1d(x, weight, null, { stride: 3 }); // → tensor([[1., 1., 1., 2., 2., 2.]])
 */
export const convTranspose1d = bindFunction<ConvTransposeFunction<1>>('conv_transpose1d');

/**
 * Transposed convolution of `(N, Cin, H, W)` with `weight` `(Cin, Cout / groups, kH, kW)` and `bias` `(Cout)`.
 * Mirrors `torch.nn.functional.conv_transpose2d`.
 *
 * Gives `(N, Cout, Hout, Wout)`, sizes `(size − 1)·stride − 2·padding + dilation·(kernel − 1) + outputPadding + 1`.
 *
 * @example
 * const weight = torch.ones(1, 1, 2, 2);
 * nn.functional.convTranspose2d(torch.tensor([[[1, 2]]]), weight); // → tensor([[[1., 3., 2.], [1., 3., 2.]]])
 */
export const convTranspose2d = bindFunction<ConvTransposeFunction<2>>('conv_transpose2d.input');

/**
 * Transposed convolution of `(N, Cin, D, H, W)` with `weight` `(Cin, Cout / groups, kD, kH, kW)`. Mirrors
 * `torch.nn.functional.conv_transpose3d`.
 *
 * Gives `(N, Cout, Dout, Hout, Wout)`, sizes `(size − 1)·stride − 2·padding + dilation·(kernel − 1) + outputPadding +
 * 1`.
 *
 * @example
 * const [x, weight] = [torch.ones(1, 4, 5, 5, 5), torch.ones(4, 2, 2, 2, 2)];
 * nn.functional.convTranspose3d(x, weight, null, { stride: 2 }).shape; // → [ 1, 2, 10, 10, 10 ]
 */
export const convTranspose3d = bindFunction<ConvTransposeFunction<3>>('conv_transpose3d.input');

/**
 * Convolution of sequences with time first: `(T, N, Cin)`, `weight` `(kT, Cin, Cout)`, `bias` `(Cout)` → `(T', N,
 * Cout)`. Mirrors `torch.conv_tbc`.
 *
 * @param pad - Zeros before and after. Default 0.
 * @example
 * const x = torch.ones(5, 2, 3); // time, batch, channels
 * nn.functional.convTbc(x, torch.ones(3, 3, 4), torch.zeros(4)).shape; // → [ 3, 2, 4 ]
 * nn.functional.convTbc(x, torch.ones(3, 3, 4), torch.zeros(4), 1).shape; // → [ 5, 2, 4 ]
 */
export const convTbc =
  bindFunction<(input: Tensor, weight: Tensor, bias: Tensor, pad?: number) => Tensor>('conv_tbc');

type Convolve = (
  input: Tensor,
  weight: Tensor,
  bias: Tensor | null,
  ...settings: (string | number | readonly number[])[]
) => Tensor;

/** By dimensions, for layers that are written once for all of them. @internal */
export const convolve = { 1: conv1d, 2: conv2d, 3: conv3d } as unknown as Readonly<
  Record<Dimensions, Convolve>
>;

/** @internal */
export const convolveTransposed = {
  1: convTranspose1d,
  2: convTranspose2d,
  3: convTranspose3d,
} as unknown as Readonly<Record<Dimensions, Convolve>>;
