import { atMost } from '../../argument/atMost.js';
import { describe } from '../../argument/describe.js';
import { either, integer, oneOf } from '../../argument/kind.js';
import { type Dimensions, type Pair, pointsOf, type Sizes, sizes } from '../../argument/sizes.js';
import { invalidArgument } from '../../error.js';
import type { Tensor } from '../../tensor/index.js';
import { convolve } from '../functional/conv.js';
import { pad } from '../functional/padding.js';
import { resetWeightAndBias } from '../init.js';
import { type LayerClass, type LayerOptions, layer, type With } from '../layer.js';
import { type Arithmetic, weighted } from '../module/arithmetic.js';
import { biased, type Parameter } from '../module/parameter.js';
import type { Portrait } from '../module/portrait.js';

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
    /** Step in pixels, integer ≥ 1. Default 1. */
    stride: sizes(dimensions, 1).or(1),
    /** What is added around the image in pixels, or `'valid'` (none), or `'same'` (output as large). Default 0. */
    padding: either(oneOf('same', 'valid'), sizes(dimensions, 0)).or(0),
    /** Distance in pixels between the kernel's points. Default 1. */
    dilation: sizes(dimensions, 1).or(1),
    /** Parts into which channels are split; divides Cin and Cout. Default 1. */
    groups: integer(1).or(1),
    /** What is around the image: zeros, the image mirrored, its edge, or its other side. Default `'zeros'`. */
    paddingMode: oneOf('zeros', 'reflect', 'replicate', 'circular').or('zeros'),
  },
  making: biased,
  repr:
    '{inChannels}, {outChannels}, kernel_size={kernelSize}, stride={stride}[, padding={padding}]' +
    '[, dilation={dilation}][, groups={groups}][, bias={bias}][, padding_mode={paddingMode}]',
});

type Declared<D extends Dimensions> = ReturnType<typeof declare<D>>;

/** What convolutions have in common. */
export interface Convolution {
  /** `(Cout, Cin / groups, …kernelSize)` */
  weight: Parameter;
  /** `(Cout)` */
  bias: Parameter | null;
  /** Draws new parameters from the default generator: weight, then bias. */
  resetParameters(): void;
  forward(input: Tensor): Tensor;
}

function convolution<D extends Dimensions>(
  name: string,
  dimensions: D,
): With<
  LayerClass<Declared<D>['args'], Declared<D>['options'], Declared<D>['making']>,
  Convolution
> {
  abstract class Convolving
    extends layer(name, declare<Dimensions>(dimensions))
    implements Convolution
  {
    weight: Parameter;
    bias: Parameter | null;

    constructor(...given: unknown[]) {
      super(...given);
      const { inChannels, outChannels, groups, kernelSize, padding, stride } = this;
      requireStride(name, padding, stride);
      requireGroups(name, groups, inChannels, outChannels);
      this.weight = this.learned(outChannels, inChannels / groups, ...kernelSize);
      this.bias = this.making.bias ? this.learned(outChannels) : null;
      this.resetParameters();
      this.guardMembers();
    }

    resetParameters(): void {
      atMost('resetParameters', 0, arguments.length);
      resetWeightAndBias(this.weight, this.bias);
    }

    override arithmetic(units: number): Arithmetic {
      atMost('arithmetic', 1, arguments.length);
      const { inChannels, groups, kernelSize, bias } = this;
      return weighted(units, (inChannels / groups) * pointsOf(kernelSize, dimensions), bias);
    }

    override portrait(): Portrait {
      atMost('portrait', 0, arguments.length);
      const { inChannels, outChannels, groups, kernelSize, weight } = this;
      const verb = 'convolution';
      if (dimensions !== 2) return { kind: 'convolution', verb };
      const [ins, outs] = [inChannels / groups, outChannels / groups];
      const table = Array.from({ length: outChannels }, (_, output) =>
        Array.from({ length: ins }, (_, i) => Math.floor(output / outs) * ins + i),
      );
      const [connections, window] = [{ inputs: inChannels, table }, kernelSize as Pair];
      return { kind: 'convolution', verb, window, weight, connections };
    }

    forward(input: Tensor): Tensor {
      atMost(`${name}.forward`, 1, arguments.length);
      const { weight, bias, stride, padding, dilation, groups, paddingMode } = this;
      const conv = convolve[dimensions];
      if (paddingMode === 'zeros') {
        return conv(input, weight, bias, stride, padding, dilation, groups);
      }
      const padded = pad(input, around(padding, this.kernelSize, dilation), paddingMode);
      return conv(padded, weight, bias, stride, 0, dilation, groups);
    }
  }
  return Convolving as unknown as With<
    LayerClass<Declared<D>['args'], Declared<D>['options'], Declared<D>['making']>,
    Convolution
  >;
}

// As `pad` wants it, the last direction first; of an odd sum for 'same', the larger half comes after.
function around(
  padding: string | readonly number[],
  kernelSize: readonly number[],
  dilation: readonly number[],
): number[] {
  const sides = kernelSize.map((size, i) => {
    if (typeof padding !== 'string') return [padding[i]!, padding[i]!];
    const total = padding === 'same' ? dilation[i]! * (size - 1) : 0;
    return [Math.floor(total / 2), Math.ceil(total / 2)];
  });
  return sides.reverse().flat();
}

function requireStride(
  name: string,
  padding: string | readonly number[],
  stride: readonly number[],
): void {
  if (padding !== 'same' || stride.every((step) => step === 1)) return;
  throw invalidArgument(
    `${name}: padding: 'same' needs a stride of 1, got a stride of ${describe(stride)}`,
  );
}

/** @internal */
export function requireGroups(name: string, groups: number, ins: number, outs: number): void {
  if (ins % groups === 0 && outs % groups === 0) return;
  throw invalidArgument(`${name}: groups: expected a divisor of ${ins} and ${outs}, got ${groups}`);
}

/** Options of {@link Conv1d}. */
export interface Conv1dOptions extends LayerOptions<Declared<1>> {}
/** Options of {@link Conv2d}. */
export interface Conv2dOptions extends LayerOptions<Declared<2>> {}
/** Options of {@link Conv3d}. */
export interface Conv3dOptions extends LayerOptions<Declared<3>> {}

/**
 * Convolves a batch of signals with learned filters; mirrors `torch.nn.Conv1d`.
 *
 * Shape: `(N, Cin, L)` or `(Cin, L)` → `(N, Cout, Lout)`,
 * `Lout = ⌊(L + 2·padding − dilation·(kernelSize − 1) − 1) / stride⌋ + 1`.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` when a value is not an integer in range.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.Conv1d.html
 * @example
 * new nn.Conv1d(4, 6, 3).forward(torch.zeros(2, 4, 9)).shape; // → [ 2, 6, 7 ]
 */
export class Conv1d extends convolution('Conv1d', 1) {
  constructor(
    inChannels: number,
    outChannels: number,
    kernelSize: Sizes<1>,
    options?: Conv1dOptions,
  );
  constructor(...given: unknown[]) {
    super(...given);
  }
}

/**
 * Convolves a batch of images with learned filters; mirrors `torch.nn.Conv2d`.
 *
 * Shape: `(N, Cin, H, W)` → `(N, Cout, Hout, Wout)`,
 * `Hout = ⌊(H + 2·padding − dilation·(kernelSize − 1) − 1) / stride⌋ + 1`, `Wout` likewise.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` when a value is not an integer in range.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.Conv2d.html
 * @example
 * const conv = new nn.Conv2d(1, 6, 5, { padding: 2 });
 * conv.forward(torch.zeros(8, 1, 28, 28)).shape; // → [ 8, 6, 28, 28 ]
 * conv; // → Conv2d(1, 6, kernel_size=(5, 5), stride=(1, 1), padding=(2, 2))
 */
export class Conv2d extends convolution('Conv2d', 2) {
  constructor(
    inChannels: number,
    outChannels: number,
    kernelSize: Sizes<2>,
    options?: Conv2dOptions,
  );
  constructor(...given: unknown[]) {
    super(...given);
  }
}

/**
 * Convolves a batch of volumes with learned filters; mirrors `torch.nn.Conv3d`.
 *
 * Shape: `(N, Cin, D, H, W)` or `(Cin, D, H, W)` → `(N, Cout, Dout, Hout, Wout)`, each as in {@link Conv2d}.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` when a value is not an integer in range.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.Conv3d.html
 * @example
 * new nn.Conv3d(1, 2, 3).forward(torch.zeros(1, 1, 5, 5, 5)).shape; // → [ 1, 2, 3, 3, 3 ]
 */
export class Conv3d extends convolution('Conv3d', 3) {
  constructor(
    inChannels: number,
    outChannels: number,
    kernelSize: Sizes<3>,
    options?: Conv3dOptions,
  );
  constructor(...given: unknown[]) {
    super(...given);
  }
}
