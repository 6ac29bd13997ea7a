import { integer, type Pair, pair } from '../../argument/kind.js';
import { readOptions, type SpecOf } from '../../argument/options.js';
import { invalidArgument } from '../../error.js';
import { bind } from '../../native/ops.js';
import type { Tensor } from '../../tensor/index.js';
import { tensorKind } from '../../tensor/kinds.js';
import { type Squash, squash, squashKind } from '../functional/squash.js';
import { fanInUniform_ } from '../init.js';
import { Module } from '../module/module.js';
import {
  emptyParameter,
  type Parameter,
  type ParameterOptions,
  placed,
} from '../module/parameter.js';
import { pythonText } from '../module/repr.js';

const addcmul = bind<(a: Tensor, b: Tensor, c: Tensor) => Tensor>('addcmul');

/** Options of {@link TrainableSubsampling}. */
export interface TrainableSubsamplingOptions extends ParameterOptions {
  /** What the result goes through, see `nn.functional.squash`. Default `'sigmoid'`. */
  squash?: Squash;
}

const spec = {
  squash: squashKind.or('sigmoid'),
  ...placed,
} satisfies SpecOf<TrainableSubsamplingOptions>;

/**
 * Subsampling with a learned coefficient and bias per channel, as S2 and S4 of the 1998 network:
 * `squash(w · Σ + b)`, Σ the sum of the window's pixels. Windows do not overlap.
 *
 * Shape: `(N, C, H, W)` → `(N, C, ⌊H / kernelSize⌋, ⌊W / kernelSize⌋)`.
 *
 * Parameters are drawn evenly from `±2.4 / F`, F the number of the window's pixels.
 *
 * @param channels - C, integer ≥ 1.
 * @param kernelSize - The window in pixels, integer ≥ 1, or `[height, width]`. Default 2.
 * @param options.squash - `'sigmoid'`, `'tanh'` (1.7159 · tanh(2x / 3)) or `'none'`. Default `'sigmoid'`.
 * @throws {TypeError} `ERR_INVALID_ARG` when a value is not an integer in range, for another squash, and
 *   for an input of another shape.
 */
export class TrainableSubsampling extends Module {
  readonly channels: number;
  readonly kernelSize: readonly [number, number];
  readonly squash: Squash;
  /** Coefficient `(C)` */
  weight: Parameter;
  /** `(C)` */
  bias: Parameter;

  constructor(channels: number, kernelSize: Pair = 2, options?: TrainableSubsamplingOptions) {
    super();
    this.channels = integer(1).read('TrainableSubsampling: channels', channels);
    this.kernelSize = pair(1).read('TrainableSubsampling: kernelSize', kernelSize);
    const { squash, ...place } = readOptions('TrainableSubsampling', spec, options);
    this.squash = squash;
    this.weight = emptyParameter([channels], place);
    this.bias = emptyParameter([channels], place);
    this.resetParameters();
    this.guardMembers();
  }

  /** Draws new parameters from the default generator: weight, then bias. */
  resetParameters(): void {
    const fanIn = this.kernelSize[0] * this.kernelSize[1];
    fanInUniform_(this.weight, fanIn);
    fanInUniform_(this.bias, fanIn);
  }

  forward(input: Tensor): Tensor {
    const sums = this.#windowSums(input);
    const weight = this.weight.view(-1, 1, 1);
    const bias = this.bias.view(-1, 1, 1);
    return squash(addcmul(bias, sums, weight), this.squash);
  }

  // One dimension after the other: half the time of avg_pool2d and its gradient.
  #windowSums(input: Tensor): Tensor {
    const [down, across] = this.kernelSize;
    tensorKind.read('TrainableSubsampling: input', input);
    const [count, channels, height = 0, width = 0] = input.shape;
    const [rows, columns] = [Math.floor(height / down), Math.floor(width / across)];
    if (input.ndim !== 4 || channels !== this.channels || rows < 1 || columns < 1) {
      throw invalidArgument(
        `TrainableSubsampling: expected an input (N, ${this.channels}, H ≥ ${down}, W ≥ ${across}), ` +
          `got (${input.shape.join(', ')})`,
      );
    }
    const covered = input.narrow(2, 0, rows * down).narrow(3, 0, columns * across);
    const lines = covered.reshape(count!, channels, rows, down, columns * across).sum(3);
    return lines.reshape(count!, channels, rows, columns, across).sum(4);
  }

  override extraRepr(): string {
    return `${this.channels}, kernel_size=${pythonText(this.kernelSize)}, squash=${this.squash}`;
  }
}
