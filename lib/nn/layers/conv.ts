import { atMost } from '../../argument/atMost.js';
import { describe } from '../../argument/describe.js';
import { area, either, integer, oneOf, type Pair, pair } from '../../argument/kind.js';
import { invalidArgument } from '../../error.js';
import type { Tensor } from '../../tensor/index.js';
import { conv2d } from '../functional/functional.js';
import { resetWeightAndBias } from '../init.js';
import { type LayerOptions, layer } from '../layer.js';
import { type Arithmetic, weighted } from '../module/arithmetic.js';
import { biased, type Parameter } from '../module/parameter.js';
import type { Portrait } from '../module/portrait.js';

const declaration = {
  args: {
    /** Cin, integer ≥ 1. */
    inChannels: integer(1),
    /** Cout, integer ≥ 1. */
    outChannels: integer(1),
    /** Pixels, integer ≥ 1, or `[height, width]`. */
    kernelSize: pair(1),
  },
  options: {
    /** Step in pixels, integer ≥ 1. Default 1. */
    stride: pair(1).or(1),
    /** Zeros around the image in pixels, or `'valid'` (none), or `'same'` (output as large). Default 0. */
    padding: either(oneOf('same', 'valid'), pair(0)).or(0),
    /** Distance in pixels between the kernel's points. Default 1. */
    dilation: pair(1).or(1),
    /** Parts into which channels are split; divides Cin and Cout. Default 1. */
    groups: integer(1).or(1),
    /** What is around the image; only zeros are supported. Default `'zeros'`. */
    paddingMode: oneOf('zeros').or('zeros'),
  },
  making: biased,
  repr:
    '{inChannels}, {outChannels}, kernel_size={kernelSize}, stride={stride}[, padding={padding}]' +
    '[, dilation={dilation}][, groups={groups}][, bias={bias}]',
};

/** Options of {@link Conv2d}. */
export interface Conv2dOptions extends LayerOptions<typeof declaration> {}

/**
 * Convolves a batch of images with learned filters; mirrors `torch.nn.Conv2d`.
 *
 * Shape: `(N, Cin, H, W)` → `(N, Cout, Hout, Wout)`,
 * `Hout = ⌊(H + 2·padding − dilation·(kernelSize − 1) − 1) / stride⌋ + 1`, `Wout` likewise.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` when a value is not an integer in range.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.Conv2d.html
 */
export class Conv2d extends layer('Conv2d', declaration) {
  /** `(Cout, Cin / groups, kernel height, kernel width)` */
  weight: Parameter;
  /** `(Cout)` */
  bias: Parameter | null;

  constructor(inChannels: number, outChannels: number, kernelSize: Pair, options?: Conv2dOptions);
  constructor(...given: unknown[]) {
    super(...given);
    const { inChannels, outChannels, groups, kernelSize } = this;
    requirePadding(this);
    requireGroups(this);
    this.weight = this.learned(outChannels, inChannels / groups, ...kernelSize);
    this.bias = this.making.bias ? this.learned(outChannels) : null;
    this.resetParameters();
    this.guardMembers();
  }

  /** Draws new parameters from the default generator: weight, then bias. */
  resetParameters(): void {
    atMost('resetParameters', 0, arguments.length);
    resetWeightAndBias(this.weight, this.bias);
  }

  override arithmetic(units: number): Arithmetic {
    atMost('arithmetic', 1, arguments.length);
    const { inChannels, groups, kernelSize, bias } = this;
    return weighted(units, (inChannels / groups) * area(kernelSize), bias);
  }

  override portrait(): Portrait {
    atMost('portrait', 0, arguments.length);
    const { inChannels, outChannels, groups, kernelSize, weight } = this;
    const [ins, outs] = [inChannels / groups, outChannels / groups];
    const table = Array.from({ length: outChannels }, (_, output) =>
      Array.from({ length: ins }, (_, i) => Math.floor(output / outs) * ins + i),
    );
    const connections = { inputs: inChannels, table };
    return { kind: 'convolution', verb: 'convolution', window: kernelSize, weight, connections };
  }

  forward(input: Tensor): Tensor {
    atMost('Conv2d.forward', 1, arguments.length);
    const { weight, bias, stride, padding, dilation, groups } = this;
    return conv2d(input, weight, bias, stride, padding, dilation, groups);
  }
}

function requirePadding({ padding, stride }: Conv2d): void {
  if (padding !== 'same' || String(stride) === '1,1') return;
  throw invalidArgument(
    `Conv2d: padding: 'same' needs a stride of 1, got a stride of ${describe(stride)}`,
  );
}

function requireGroups({ groups, inChannels, outChannels }: Conv2d): void {
  if (inChannels % groups === 0 && outChannels % groups === 0) return;
  throw invalidArgument(
    `Conv2d: groups: expected a divisor of ${inChannels} and ${outChannels}, got ${groups}`,
  );
}
