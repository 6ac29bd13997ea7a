import { invalidArgument } from '../error.js';
import type { Tensor } from '../tensor/index.js';
import {
  describe,
  type Pair,
  requireBoolean,
  requireInteger,
  requireOneOf,
  requireOptions,
  requirePair,
  toPair,
} from './argument.js';
import { type Conv2dFunctionalOptions, conv2d } from './functional.js';
import { resetWeightAndBias } from './init.js';
import { Module } from './module.js';
import { emptyParameter, type Parameter, type ParameterOptions } from './parameter.js';
import { pythonText } from './repr.js';

/** Options of {@link Conv2d}. */
export interface Conv2dOptions extends Conv2dFunctionalOptions, ParameterOptions {
  /** Whether a learned number is added to each output channel. Default true. */
  bias?: boolean;
  /** What is around the image; only zeros are supported. Default `'zeros'`. */
  paddingMode?: 'zeros';
}

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

  constructor(
    inChannels: number,
    outChannels: number,
    kernelSize: Pair,
    options: Conv2dOptions = {},
  ) {
    super();
    requireOptions('Conv2d: options', options);
    this.inChannels = requireInteger('Conv2d: inChannels', inChannels, 1);
    this.outChannels = requireInteger('Conv2d: outChannels', outChannels, 1);
    this.kernelSize = toPair(requirePair('Conv2d: kernelSize', kernelSize, 1));
    this.stride = toPair(requirePair('Conv2d: stride', options.stride ?? 1, 1));
    this.padding = readPadding(options.padding ?? 0, this.stride);
    this.dilation = toPair(requirePair('Conv2d: dilation', options.dilation ?? 1, 1));
    this.groups = readGroups(options.groups ?? 1, inChannels, outChannels);
    requireOneOf('Conv2d: paddingMode', options.paddingMode ?? 'zeros', ['zeros']);
    const shape = [outChannels, inChannels / this.groups, ...this.kernelSize];
    this.weight = emptyParameter(shape, options);
    const hasBias = requireBoolean('Conv2d: bias', options.bias ?? true);
    this.bias = hasBias ? emptyParameter([outChannels], options) : null;
    this.resetParameters();
  }

  /** Draws new parameters from the default generator: weight, then bias. */
  resetParameters(): void {
    resetWeightAndBias(this.weight, this.bias);
  }

  forward(input: Tensor): Tensor {
    return conv2d(input, this.weight, this.bias, this);
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

function readPadding(
  padding: Pair | 'same' | 'valid',
  stride: readonly [number, number],
): readonly [number, number] | 'same' | 'valid' {
  if (typeof padding !== 'string') return toPair(requirePair('Conv2d: padding', padding, 0));
  requireOneOf('Conv2d: padding', padding, ['same', 'valid']);
  if (padding === 'same' && String(stride) !== '1,1') {
    throw invalidArgument(
      `Conv2d: padding: 'same' needs a stride of 1, got a stride of ${describe(stride)}`,
    );
  }
  return padding;
}

function readGroups(groups: number, inChannels: number, outChannels: number): number {
  requireInteger('Conv2d: groups', groups, 1);
  if (inChannels % groups !== 0 || outChannels % groups !== 0) {
    throw invalidArgument(
      `Conv2d: groups: expected a divisor of ${inChannels} and ${outChannels}, got ${groups}`,
    );
  }
  return groups;
}
