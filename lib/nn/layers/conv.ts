import { describe } from '../../argument/describe.js';
import { either, integer, oneOf, type Pair, pair } from '../../argument/kind.js';
import { readOptions, type SpecOf } from '../../argument/options.js';
import { invalidArgument } from '../../error.js';
import type { Tensor } from '../../tensor/index.js';
import { type Conv2dFunctionalOptions, conv2d } from '../functional/functional.js';
import { resetWeightAndBias } from '../init.js';
import { Module } from '../module/module.js';
import {
  biased,
  emptyParameter,
  type Parameter,
  type ParameterOptions,
  placed,
} from '../module/parameter.js';
import { pythonText } from '../module/repr.js';

/** Options of {@link Conv2d}. */
export interface Conv2dOptions extends Conv2dFunctionalOptions, ParameterOptions {
  /** Whether a learned number is added to each output channel. Default true. */
  bias?: boolean;
  /** What is around the image; only zeros are supported. Default `'zeros'`. */
  paddingMode?: 'zeros';
}

const spec = {
  stride: pair(1).or(1),
  padding: either(oneOf('same', 'valid'), pair(0)).or(0),
  dilation: pair(1).or(1),
  groups: integer(1).or(1),
  ...biased,
  paddingMode: oneOf('zeros').or('zeros'),
  ...placed,
} satisfies SpecOf<Conv2dOptions>;

/**
 * Convolves a batch of images with learned filters; mirrors `torch.nn.Conv2d`.
 *
 * Shape: `(N, Cin, H, W)` → `(N, Cout, Hout, Wout)`,
 * `Hout = ⌊(H + 2·padding − dilation·(kernelSize − 1) − 1) / stride⌋ + 1`, `Wout` likewise.
 *
 * @param inChannels - Cin, integer ≥ 1.
 * @param outChannels - Cout, integer ≥ 1.
 * @param kernelSize - Pixels, integer ≥ 1, or `[height, width]`.
 * @param options.stride - Step in pixels, integer ≥ 1. Default 1.
 * @param options.padding - Zeros around the image in pixels, or `'same'`, `'valid'`. Default 0.
 * @param options.dilation - Distance in pixels between the kernel's points. Default 1.
 * @param options.groups - Divides Cin and Cout. Default 1.
 * @param options.bias - Default true.
 * @throws {TypeError} `ERR_INVALID_ARG` when a value is not an integer in range.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.Conv2d.html
 */
export class Conv2d extends Module {
  readonly inChannels: number;
  readonly outChannels: number;
  readonly kernelSize: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly padding: readonly [number, number] | 'same' | 'valid';
  readonly dilation: readonly [number, number];
  readonly groups: number;
  /** `(Cout, Cin / groups, kernel height, kernel width)` */
  weight: Parameter;
  /** `(Cout)` */
  bias: Parameter | null;

  constructor(inChannels: number, outChannels: number, kernelSize: Pair, options?: Conv2dOptions) {
    super();
    this.inChannels = integer(1).read('Conv2d: inChannels', inChannels);
    this.outChannels = integer(1).read('Conv2d: outChannels', outChannels);
    this.kernelSize = pair(1).read('Conv2d: kernelSize', kernelSize);
    const { stride, padding, dilation, groups, bias, dtype, device } = readOptions(
      'Conv2d',
      spec,
      options,
    );
    requirePadding(padding, stride);
    requireGroups(groups, inChannels, outChannels);
    this.stride = stride;
    this.padding = padding;
    this.dilation = dilation;
    this.groups = groups;
    const shape = [outChannels, inChannels / groups, ...this.kernelSize];
    this.weight = emptyParameter(shape, { dtype, device });
    this.bias = bias ? emptyParameter([outChannels], { dtype, device }) : null;
    this.resetParameters();
    this.guardMembers();
  }

  /** Draws new parameters from the default generator: weight, then bias. */
  resetParameters(): void {
    resetWeightAndBias(this.weight, this.bias);
  }

  forward(input: Tensor): Tensor {
    const { weight, bias, stride, padding, dilation, groups } = this;
    return conv2d(input, weight, bias, stride, padding, dilation, groups);
  }

  override extraRepr(): string {
    const { padding, dilation, groups } = this;
    let text =
      `${this.inChannels}, ${this.outChannels}, ` +
      `kernel_size=${pythonText(this.kernelSize)}, stride=${pythonText(this.stride)}`;
    if (String(padding) !== '0,0') text += `, padding=${pythonText(padding)}`;
    if (String(dilation) !== '1,1') text += `, dilation=${pythonText(dilation)}`;
    if (groups !== 1) text += `, groups=${groups}`;
    return this.bias === null ? `${text}, bias=False` : text;
  }
}

function requirePadding(padding: unknown, stride: readonly [number, number]): void {
  if (padding === 'same' && String(stride) !== '1,1') {
    throw invalidArgument(
      `Conv2d: padding: 'same' needs a stride of 1, got a stride of ${describe(stride)}`,
    );
  }
}

function requireGroups(groups: number, inChannels: number, outChannels: number): void {
  if (inChannels % groups !== 0 || outChannels % groups !== 0) {
    throw invalidArgument(
      `Conv2d: groups: expected a divisor of ${inChannels} and ${outChannels}, got ${groups}`,
    );
  }
}
