import { atMost } from '../../argument/atMost.js';
import { flag, integer, number, orNull, type Setting } from '../../argument/kind.js';
import { noGrad } from '../../context/autograd.js';
import { type Tensor, zeros } from '../../tensor/index.js';
import { ones_, zeros_ } from '../init.js';
import { type LayerClass, layer } from '../layer.js';
import { type Arithmetic, perUnit } from '../module/arithmetic.js';
import type { Module } from '../module/module.js';
import { type Parameter, type ParameterOptions, type Placed, placed } from '../module/parameter.js';

const args = {
  /** C, integer ≥ 1. */
  numFeatures: integer(1),
};

type Shared = {
  /** Added to the variance, ≥ 0. Default 1e-5. */
  readonly eps: Setting<number>;
  /** Share of a batch in the running statistics; `null` means their plain mean. Default 0.1. */
  readonly momentum: Setting<number | null>;
};

/** The options of layers that normalise over a batch. */
export type OverBatch = Shared & {
  /** Whether a scale and an offset are learned. Default true. */
  readonly affine: Setting<boolean>;
  /** Whether running statistics are kept for evaluation. Default true. */
  readonly trackRunningStats: Setting<boolean>;
};

/** The options of layers that normalise each example. */
export type OverExample = Shared & {
  /** Whether a scale and an offset are learned. Default false. */
  readonly affine: Setting<boolean>;
  /** Whether running statistics are kept for evaluation. Default false. */
  readonly trackRunningStats: Setting<boolean>;
};

/** What those layers have. */
export interface Tracked {
  /** Scale `(C)` */
  weight: Parameter | null;
  /** Offset `(C)` */
  bias: Parameter | null;
  /** Mean of each channel, `(C)`; `null` where none is kept. */
  readonly runningMean: Tensor | null;
  /** Variance of each channel, `(C)`; `null` where none is kept. */
  readonly runningVar: Tensor | null;
  /** Batches seen in training, int64; `null` where they are not counted. */
  readonly numBatchesTracked: Tensor | null;
  /** Begins anew: scale 1, offset 0, running mean 0 and variance 1. */
  resetParameters(): void;
  resetRunningStats(): void;
  /** Counts a batch in training; gives its share in the running statistics. */
  countBatch(): number;
}

// biome-ignore lint/suspicious/noExplicitAny: what TypeScript takes for a mixin has these arguments
type Mixin = abstract new (...given: any[]) => Module & Tracked;

/** A class to derive such a layer from. */
export type TrackedClass<O extends OverBatch | OverExample> = LayerClass<typeof args, O, Placed> &
  Mixin;

const repr =
  '{numFeatures}, eps={eps}, momentum={momentum}, affine={affine}, ' +
  'track_running_stats={trackRunningStats}';

const optionsOf = (whether: boolean): OverBatch & OverExample => ({
  eps: number(0).or(1e-5),
  momentum: orNull(number()).or(0.1),
  affine: flag.or(whether),
  trackRunningStats: flag.or(whether),
});
export const overBatch: OverBatch = optionsOf(true);
export const overExample: OverExample = optionsOf(false);

/** A base class for a layer that normalises each channel and can keep running statistics. */
export function tracked<O extends OverBatch | OverExample>(
  name: string,
  options: O,
): TrackedClass<O> {
  const Base = layer(name, { args, options: options as OverBatch, making: placed, repr });

  abstract class Normalization extends Base implements Tracked {
    weight = this.affine ? this.learned(this.numFeatures) : null;
    bias = this.affine ? this.learned(this.numFeatures) : null;
    // The names are the keys of the state dict.
    declare running_mean: Tensor | null;
    declare running_var: Tensor | null;
    declare num_batches_tracked: Tensor | null;

    constructor(...given: unknown[]) {
      super(...given);
      const { numFeatures, trackRunningStats, making } = this;
      const keep = (key: string, shape: readonly number[], place: ParameterOptions): void =>
        this.registerBuffer(key, trackRunningStats ? zeros(shape, place) : null);
      keep('running_mean', [numFeatures], making);
      keep('running_var', [numFeatures], making);
      keep('num_batches_tracked', [], { ...making, dtype: 'int64' });
      this.resetParameters();
      this.guardMembers();
    }

    get runningMean(): Tensor | null {
      return this.running_mean;
    }

    get runningVar(): Tensor | null {
      return this.running_var;
    }

    get numBatchesTracked(): Tensor | null {
      return this.num_batches_tracked;
    }

    override isSpared(key: string): boolean {
      return key === 'num_batches_tracked';
    }

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

    countBatch(): number {
      atMost('countBatch', 0, arguments.length);
      const count = this.num_batches_tracked;
      if (!this.training || !this.trackRunningStats || count === null) return this.momentum ?? 0;
      noGrad(() => count.add_(1));
      return this.momentum ?? 1 / Number(count.item());
    }
  }
  return Normalization as unknown as TrackedClass<O>;
}
