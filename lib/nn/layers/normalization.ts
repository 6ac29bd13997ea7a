import { flag, integer, number, orNull } from '../../argument/kind.js';
import { readOptions, type SpecOf } from '../../argument/options.js';
import { noGrad } from '../../context/autograd.js';
import { invalidArgument } from '../../error.js';
import { ones, type Tensor, zeros } from '../../tensor/index.js';
import { tensorKind } from '../../tensor/kinds.js';
import { normalize } from '../functional/normalization.js';
import { ones_, zeros_ } from '../init.js';
import { Module } from '../module/module.js';
import {
  emptyParameter,
  type Parameter,
  type ParameterOptions,
  placed,
} from '../module/parameter.js';
import { pythonText } from '../module/repr.js';

/** Options of {@link BatchNorm2d}. */
export interface BatchNorm2dOptions extends ParameterOptions {
  /** Added to the variance, ≥ 0. Default 1e-5. */
  eps?: number;
  /** Share of a batch in the running statistics; `null` means their plain mean. Default 0.1. */
  momentum?: number | null;
  /** Whether a scale and an offset are learned. Default true. */
  affine?: boolean;
  /** Whether running statistics are kept for evaluation. Default true. */
  trackRunningStats?: boolean;
}

const spec = {
  eps: number(0).or(1e-5),
  momentum: orNull(number()).or(0.1),
  affine: flag.or(true),
  trackRunningStats: flag.or(true),
  ...placed,
} satisfies SpecOf<BatchNorm2dOptions>;

/**
 * Normalises each channel over a batch; mirrors `torch.nn.BatchNorm2d`. In training by the batch's
 * mean and variance, in evaluation by the running ones.
 *
 * Shape: `(N, C, H, W)` → the same. In the state dict the buffers have Python's names: `running_mean`,
 * `running_var`, `num_batches_tracked`.
 *
 * @param numFeatures - C, integer ≥ 1.
 * @throws {TypeError} `ERR_INVALID_ARG` for an option out of range, or an input without 4 dimensions.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.BatchNorm2d.html
 */
export class BatchNorm2d extends Module {
  readonly numFeatures: number;
  readonly eps: number;
  readonly momentum: number | null;
  readonly affine: boolean;
  readonly trackRunningStats: boolean;
  /** Scale `(C)` */
  weight: Parameter | null;
  /** Offset `(C)` */
  bias: Parameter | null;
  // The names are the keys of the state dict.
  declare private running_mean: Tensor | null;
  declare private running_var: Tensor | null;
  declare private num_batches_tracked: Tensor | null;

  constructor(numFeatures: number, options?: BatchNorm2dOptions) {
    super();
    this.numFeatures = integer(1).read('BatchNorm2d: numFeatures', numFeatures);
    const read = readOptions('BatchNorm2d', spec, options);
    const { affine, trackRunningStats, dtype, device } = read;
    this.eps = read.eps;
    this.momentum = read.momentum;
    this.affine = affine;
    this.trackRunningStats = trackRunningStats;
    this.weight = affine ? emptyParameter([numFeatures], { dtype, device }) : null;
    this.bias = affine ? emptyParameter([numFeatures], { dtype, device }) : null;
    const tracked = (make: () => Tensor): Tensor | null => (trackRunningStats ? make() : null);
    this.registerBuffer(
      'running_mean',
      tracked(() => zeros([numFeatures], { dtype, device })),
    );
    this.registerBuffer(
      'running_var',
      tracked(() => ones([numFeatures], { dtype, device })),
    );
    this.registerBuffer(
      'num_batches_tracked',
      tracked(() => zeros([], { dtype: 'int64', device })),
    );
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
    this.resetRunningStats();
    if (this.weight !== null) ones_(this.weight);
    if (this.bias !== null) zeros_(this.bias);
  }

  resetRunningStats(): void {
    this.running_mean?.zero_();
    this.running_var?.fill_(1);
    this.num_batches_tracked?.zero_();
  }

  forward(input: Tensor): Tensor {
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

  override extraRepr(): string {
    const { numFeatures, eps, momentum, affine, trackRunningStats } = this;
    return (
      `${numFeatures}, eps=${pythonText(eps)}, momentum=${pythonText(momentum)}, ` +
      `affine=${pythonText(affine)}, track_running_stats=${pythonText(trackRunningStats)}`
    );
  }
}
