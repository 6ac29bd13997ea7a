import { atMost } from '../../argument/atMost.js';
import { flag, integer, number, orNull } from '../../argument/kind.js';
import { noGrad } from '../../context/autograd.js';
import { invalidArgument } from '../../error.js';
import { type Tensor, zeros } from '../../tensor/index.js';
import { tensorKind } from '../../tensor/kinds.js';
import { normalize } from '../functional/normalization.js';
import { ones_, zeros_ } from '../init.js';
import { type LayerOptions, layer } from '../layer.js';
import { type Arithmetic, perUnit } from '../module/arithmetic.js';
import { type ParameterOptions, placed } from '../module/parameter.js';

const declaration = {
  args: {
    /** C, integer ≥ 1. */
    numFeatures: integer(1),
  },
  options: {
    /** Added to the variance, ≥ 0. Default 1e-5. */
    eps: number(0).or(1e-5),
    /** Share of a batch in the running statistics; `null` means their plain mean. Default 0.1. */
    momentum: orNull(number()).or(0.1),
    /** Whether a scale and an offset are learned. Default true. */
    affine: flag.or(true),
    /** Whether running statistics are kept for evaluation. Default true. */
    trackRunningStats: flag.or(true),
  },
  making: placed,
  repr:
    '{numFeatures}, eps={eps}, momentum={momentum}, affine={affine}, ' +
    'track_running_stats={trackRunningStats}',
};

/** Options of {@link BatchNorm2d}. */
export interface BatchNorm2dOptions extends LayerOptions<typeof declaration> {}

/**
 * Normalises each channel over a batch; mirrors `torch.nn.BatchNorm2d`. In training by the batch's
 * mean and variance, in evaluation by the running ones.
 *
 * Shape: `(N, C, H, W)` → the same. In the state dict the buffers have Python's names: `running_mean`,
 * `running_var`, `num_batches_tracked`.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for an option out of range, or an input without 4 dimensions.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.BatchNorm2d.html
 */
export class BatchNorm2d extends layer('BatchNorm2d', declaration) {
  /** Scale `(C)` */
  weight = this.affine ? this.learned(this.numFeatures) : null;
  /** Offset `(C)` */
  bias = this.affine ? this.learned(this.numFeatures) : null;
  // The names are the keys of the state dict.
  declare private running_mean: Tensor | null;
  declare private running_var: Tensor | null;
  declare private num_batches_tracked: Tensor | null;

  constructor(numFeatures: number, options?: BatchNorm2dOptions);
  constructor(...given: unknown[]) {
    super(...given);
    const { numFeatures, trackRunningStats, making } = this;
    const tracked = (name: string, shape: readonly number[], place: ParameterOptions): void =>
      this.registerBuffer(name, trackRunningStats ? zeros(shape, place) : null);
    tracked('running_mean', [numFeatures], making);
    tracked('running_var', [numFeatures], making);
    tracked('num_batches_tracked', [], { ...making, dtype: 'int64' });
    this.resetParameters();
    this.guardMembers();
  }

  /** Mean of each channel, `(C)`; `null` where none is kept. */
  get runningMean(): Tensor | null {
    return this.running_mean;
  }

  /** Variance of each channel, `(C)`; `null` where none is kept. */
  get runningVar(): Tensor | null {
    return this.running_var;
  }

  /** Batches seen in training, int64; `null` where they are not counted. */
  get numBatchesTracked(): Tensor | null {
    return this.num_batches_tracked;
  }

  protected override isSpared(name: string): boolean {
    return name === 'num_batches_tracked';
  }

  /** Begins anew: scale 1, offset 0, running mean 0 and variance 1. */
  resetParameters(): void {
    atMost('resetParameters', 0, arguments.length);
    this.resetRunningStats();
    if (this.weight !== null) ones_(this.weight);
    if (this.bias !== null) zeros_(this.bias);
  }

  resetRunningStats(): void {
    atMost('resetRunningStats', 0, arguments.length);
    this.running_mean?.zero_();
    this.running_var?.fill_(1);
    this.num_batches_tracked?.zero_();
  }

  override arithmetic(units: number): Arithmetic {
    atMost('arithmetic', 1, arguments.length);
    return perUnit(units, 2, 1);
  }

  forward(input: Tensor): Tensor {
    atMost('BatchNorm2d.forward', 1, arguments.length);
    if (tensorKind.read('BatchNorm2d: input', input).ndim !== 4) {
      throw invalidArgument(`BatchNorm2d: expected 4D input (got ${input.ndim}D input)`);
    }
    const tracks = !this.training || this.trackRunningStats;
    return normalize(input, tracks ? this.running_mean : null, tracks ? this.running_var : null, {
      weight: this.weight,
      bias: this.bias,
      training: this.training || (this.running_mean === null && this.running_var === null),
      momentum: this.#countBatch(),
      eps: this.eps,
    });
  }

  // The share of this batch in the running statistics.
  #countBatch(): number {
    const count = this.num_batches_tracked;
    if (!this.training || !this.trackRunningStats || count === null) return this.momentum ?? 0;
    noGrad(() => count.add_(1));
    return this.momentum ?? 1 / Number(count.item());
  }
}
