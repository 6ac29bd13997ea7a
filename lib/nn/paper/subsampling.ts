import { atMost } from '../../argument/atMost.js';
import { integer } from '../../argument/kind.js';
import { area, type Pair, pair } from '../../argument/sizes.js';
import { invalidArgument } from '../../error.js';
import { bind } from '../../native/ops.js';
import type { Tensor } from '../../tensor/index.js';
import { tensorKind } from '../../tensor/kinds.js';
import { squash, squashKind } from '../functional/squash.js';
import { fanInUniform_ } from '../init.js';
import { type LayerOptions, layer } from '../layer.js';
import { type Arithmetic, perUnit } from '../module/arithmetic.js';
import { placed } from '../module/parameter.js';
import type { Portrait } from '../module/portrait.js';

const addcmul = bind<(a: Tensor, b: Tensor, c: Tensor) => Tensor>('addcmul');

const declaration = {
  args: {
    /** C, integer ≥ 1. */
    channels: integer(1),
    /** The window in pixels, integer ≥ 1, or `[height, width]`. Default 2. */
    kernelSize: pair(1).or(2),
  },
  options: {
    /** What the result goes through, see `nn.functional.squash`. Default `'sigmoid'`. */
    squash: squashKind.or('sigmoid'),
  },
  making: placed,
  repr: '{channels}, kernel_size={kernelSize}, squash={squash}',
};

/** Options of {@link TrainableSubsampling}. */
export interface TrainableSubsamplingOptions extends LayerOptions<typeof declaration> {}

/**
 * Subsampling with a learned coefficient and bias per channel, as S2 and S4 of the 1998 network:
 * `squash(w · Σ + b)`, Σ the sum of the window's pixels. Windows do not overlap.
 *
 * Shape: `(N, C, H, W)` → `(N, C, ⌊H / kernelSize⌋, ⌊W / kernelSize⌋)`.
 *
 * Parameters are drawn evenly from `±2.4 / F`, F the number of the window's pixels.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` when a value is not an integer in range, for another squash, and
 *   for an input of another shape.
 * @example
 * new nn.TrainableSubsampling(6).forward(torch.zeros(1, 6, 28, 28)).shape; // → [ 1, 6, 14, 14 ]
 */
export class TrainableSubsampling extends layer('TrainableSubsampling', declaration) {
  /** Coefficient `(C)` */
  weight = this.learned(this.channels);
  /** `(C)` */
  bias = this.learned(this.channels);

  constructor(
    channels: number,
    kernelSize?: Pair | (TrainableSubsamplingOptions & { kernelSize?: Pair }),
    options?: TrainableSubsamplingOptions,
  );
  constructor(...given: unknown[]) {
    super(...given);
    this.resetParameters();
    this.guardMembers();
  }

  /** Draws new parameters from the default generator: weight, then bias. */
  resetParameters(): void {
    atMost('resetParameters', 0, arguments.length);
    const fanIn = this.kernelSize[0] * this.kernelSize[1];
    fanInUniform_(this.weight, fanIn);
    fanInUniform_(this.bias, fanIn);
  }

  override arithmetic(units: number): Arithmetic {
    atMost('arithmetic', 1, arguments.length);
    return perUnit(units, area(this.kernelSize) + 1, 1);
  }

  override portrait(): Portrait {
    atMost('portrait', 0, arguments.length);
    const { kernelSize: window, squash } = this;
    const activation = { sigmoid: 'sigmoid', tanh: 'scaled tanh', none: undefined }[squash];
    return { kind: 'subsampling', verb: 'subsampling', window, activation };
  }

  forward(input: Tensor): Tensor {
    atMost('TrainableSubsampling.forward', 1, arguments.length);
    const sums = windowSums(this, input);
    const weight = this.weight.view(-1, 1, 1);
    const bias = this.bias.view(-1, 1, 1);
    return squash(addcmul(bias, sums, weight), this.squash);
  }
}

// One dimension after the other: half the time of avg_pool2d and its gradient.
function windowSums(layer: TrainableSubsampling, input: Tensor): Tensor {
  const [down, across] = layer.kernelSize;
  tensorKind.read('TrainableSubsampling: input', input);
  const [count, channels, height = 0, width = 0] = input.shape;
  const [rows, columns] = [Math.floor(height / down), Math.floor(width / across)];
  if (input.ndim !== 4 || channels !== layer.channels || rows < 1 || columns < 1) {
    throw invalidArgument(
      `TrainableSubsampling: expected an input (N, ${layer.channels}, H ≥ ${down}, W ≥ ${across}), ` +
        `got (${input.shape.join(', ')})`,
    );
  }
  const covered = input.narrow(2, 0, rows * down).narrow(3, 0, columns * across);
  const lines = covered.reshape(count!, channels, rows, down, columns * across).sum(3);
  return lines.reshape(count!, channels, rows, columns, across).sum(4);
}
