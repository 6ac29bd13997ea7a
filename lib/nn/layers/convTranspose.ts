import { atMost } from '../../argument/atMost.js';
import { byName } from '../../argument/byName.js';
import { describe } from '../../argument/describe.js';
import { integer, oneOf } from '../../argument/kind.js';
import { type Dimensions, type Sizes, sizes } from '../../argument/sizes.js';
import { invalidArgument } from '../../error.js';
import type { Tensor } from '../../tensor/index.js';
import { tensorKind } from '../../tensor/kinds.js';
import { convolveTransposed } from '../functional/conv.js';
import { type OutputSizeGiven, outputSizes } from '../functional/maxUnpool.js';
import { resetWeightAndBias } from '../init.js';
import { type LayerClass, type LayerOptions, layer, type With } from '../layer.js';
import { biased, type Parameter } from '../module/parameter.js';
import { requireGroups } from './conv.js';

const declare = <D extends Dimensions>(dimensions: D) => ({
  args: {
    /** Cin, integer ≥ 1. */
    inChannels: integer(1),
    /** Cout, integer ≥ 1. */
    outChannels: integer(1),
    /** Pixels, integer ≥ 1, or one for each direction, such as `[height, width]`. */
    kernelSize: sizes(dimensions, 1),
  },
  options: {
    /** Distance in pixels between what two input pixels add to, integer ≥ 1. Default 1. */
    stride: sizes(dimensions, 1).or(1),
    /** Pixels that are cut off around the output. Default 0. */
    padding: sizes(dimensions, 0).or(0),
    /** Pixels that are added to the output's end, where a stride leaves its size open. Default 0. */
    outputPadding: sizes(dimensions, 0).or(0),
    /** Parts into which channels are split; divides Cin and Cout. Default 1. */
    groups: integer(1).or(1),
    /** Distance in pixels between the kernel's points. Default 1. */
    dilation: sizes(dimensions, 1).or(1),
    /** What is around the image; as in Python, only zeros. Default `'zeros'`. */
    paddingMode: oneOf('zeros').or('zeros'),
  },
  making: biased,
  repr:
    '{inChannels}, {outChannels}, kernel_size={kernelSize}, stride={stride}[, padding={padding}]' +
    '[, dilation={dilation}][, output_padding={outputPadding}][, groups={groups}][, bias={bias}]',
});

type Declared<D extends Dimensions> = ReturnType<typeof declare<D>>;

/** What transposed convolutions have in common. */
export interface TransposedConvolution {
  /** `(Cin, Cout / groups, …kernelSize)` */
  weight: Parameter;
  /** `(Cout)` */
  bias: Parameter | null;
  /** Draws new parameters from the default generator: weight, then bias. */
  resetParameters(): void;
  /** @param outputSize - Sizes of the output, with or without N and C, in place of `outputPadding`. */
  forward(input: Tensor, outputSize?: OutputSizeGiven): Tensor;
}

function transposed<D extends Dimensions>(
  name: string,
  dimensions: D,
): With<
  LayerClass<Declared<D>['args'], Declared<D>['options'], Declared<D>['making']>,
  TransposedConvolution
> {
  const paddingFor = (
    layer: Readonly<Record<'stride' | 'padding' | 'kernelSize' | 'dilation', readonly number[]>>,
    input: Tensor,
    outputSize: unknown,
  ): number[] => {
    const { stride, padding, kernelSize, dilation } = layer;
    const own = tensorKind.read(`${name}: input`, input).shape.slice(-dimensions);
    const before = input.ndim === dimensions + 2 ? 2 : 1;
    const given = outputSizes.read(`${name}: outputSize`, outputSize);
    const wanted = given.length === before + dimensions ? given.slice(before) : given;
    const least = kernelSize.map(
      (size, i) =>
        ((own[i] ?? 0) - 1) * stride[i]! - 2 * padding[i]! + dilation[i]! * (size - 1) + 1,
    );
    const fits = (size: number, i: number): boolean =>
      size >= least[i]! && size < least[i]! + stride[i]!;
    if (wanted.length === dimensions && wanted.every(fits)) {
      return wanted.map((size, i) => size - least[i]!);
    }
    const most = least.map((size, i) => size + stride[i]! - 1);
    throw invalidArgument(
      `${name}: outputSize: expected sizes from [${least.join(', ')}] to [${most.join(', ')}], ` +
        `got ${describe(outputSize)}`,
    );
  };

  abstract class Transposed
    extends layer(name, declare<Dimensions>(dimensions))
    implements TransposedConvolution
  {
    weight: Parameter;
    bias: Parameter | null;

    constructor(...given: unknown[]) {
      super(...given);
      const { inChannels, outChannels, groups, kernelSize } = this;
      requireGroups(name, groups, inChannels, outChannels);
      this.weight = this.learned(inChannels, outChannels / groups, ...kernelSize);
      this.bias = this.making.bias ? this.learned(outChannels) : null;
      this.resetParameters();
      this.guardMembers();
    }

    resetParameters(): void {
      atMost('resetParameters', 0, arguments.length);
      resetWeightAndBias(this.weight, this.bias);
    }

    forward(input: Tensor, outputSize?: OutputSizeGiven): Tensor {
      atMost(`${name}.forward`, 2, arguments.length);
      const [, size] = byName(`${name}.forward`, [input, outputSize], 1, ['outputSize']);
      const { weight, bias, stride, padding, groups, dilation } = this;
      const outputPadding =
        size === undefined || size === null ? this.outputPadding : paddingFor(this, input, size);
      const conv = convolveTransposed[dimensions];
      return conv(input, weight, bias, stride, padding, outputPadding, groups, dilation);
    }
  }
  return Transposed as unknown as With<
    LayerClass<Declared<D>['args'], Declared<D>['options'], Declared<D>['making']>,
    TransposedConvolution
  >;
}

/** Options of {@link ConvTranspose1d}. */
export interface ConvTranspose1dOptions extends LayerOptions<Declared<1>> {}
/** Options of {@link ConvTranspose2d}. */
export interface ConvTranspose2dOptions extends LayerOptions<Declared<2>> {}
/** Options of {@link ConvTranspose3d}. */
export interface ConvTranspose3dOptions extends LayerOptions<Declared<3>> {}

/**
 * What a convolution of signals does to gradients, with learned filters; mirrors `torch.nn.ConvTranspose1d`.
 *
 * Shape: `(N, Cin, L)` or `(Cin, L)` → `(N, Cout, Lout)`,
 * `Lout = (L − 1)·stride − 2·padding + dilation·(kernelSize − 1) + outputPadding + 1`.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` when a value is not an integer in range.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.ConvTranspose1d.html
 * @example
 * new nn.ConvTranspose1d(4, 6, 3, { stride: 2 }).forward(torch.zeros(2, 4, 5)).shape; // → [ 2, 6, 11 ]
 */
export class ConvTranspose1d extends transposed('ConvTranspose1d', 1) {
  constructor(
    inChannels: number,
    outChannels: number,
    kernelSize: Sizes<1>,
    options?: ConvTranspose1dOptions,
  );
  constructor(...given: unknown[]) {
    super(...given);
  }
}

/**
 * What a convolution of images does to gradients, with learned filters; mirrors `torch.nn.ConvTranspose2d`.
 *
 * Shape: `(N, Cin, H, W)` or `(Cin, H, W)` → `(N, Cout, Hout, Wout)`,
 * `Hout = (H − 1)·stride − 2·padding + dilation·(kernelSize − 1) + outputPadding + 1`, the others likewise.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` when a value is not an integer in range.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.ConvTranspose2d.html
 * @example
 * const conv = new nn.ConvTranspose2d(6, 1, 4, { stride: 2, padding: 1 });
 * conv.forward(torch.zeros(2, 6, 7, 7)).shape; // → [ 2, 1, 14, 14 ]
 * conv.forward(torch.zeros(2, 6, 7, 7), [15, 14]).shape; // → [ 2, 1, 15, 14 ]
 */
export class ConvTranspose2d extends transposed('ConvTranspose2d', 2) {
  constructor(
    inChannels: number,
    outChannels: number,
    kernelSize: Sizes<2>,
    options?: ConvTranspose2dOptions,
  );
  constructor(...given: unknown[]) {
    super(...given);
  }
}

/**
 * What a convolution of volumes does to gradients, with learned filters; mirrors `torch.nn.ConvTranspose3d`.
 *
 * Shape: `(N, Cin, D, H, W)` or `(Cin, D, H, W)` → `(N, Cout, Dout, Hout, Wout)`,
 * `Dout = (D − 1)·stride − 2·padding + dilation·(kernelSize − 1) + outputPadding + 1`, the others likewise.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` when a value is not an integer in range.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.ConvTranspose3d.html
 * @example
 * new nn.ConvTranspose3d(4, 2, [1, 2, 3]).forward(torch.zeros(1, 4, 5, 5, 5)).shape; // → [ 1, 2, 5, 6, 7 ]
 */
export class ConvTranspose3d extends transposed('ConvTranspose3d', 3) {
  constructor(
    inChannels: number,
    outChannels: number,
    kernelSize: Sizes<3>,
    options?: ConvTranspose3dOptions,
  );
  constructor(...given: unknown[]) {
    super(...given);
  }
}
