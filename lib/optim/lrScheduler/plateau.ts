import { atMost } from '../../argument/atMost.js';
import { integer, Kind, number, oneOf, orNull } from '../../argument/kind.js';
import { readOptions } from '../../argument/options.js';
import { invalidArgument } from '../../error.js';
import { Tensor } from '../../tensor/index.js';
import {
  type Group,
  LRScheduler,
  numberEach,
  numberOrEach,
  rateOf,
  requireOptimizer,
  type Scheduled,
  setRate,
} from './scheduler.js';

/** Options of {@link ReduceLROnPlateau}. */
export interface ReduceLROnPlateauOptions {
  /** Whether less or more is better. Default 'min'. */
  mode?: 'min' | 'max' | undefined;
  /** What rates are multiplied by, below 1. Default 0.1. */
  factor?: number | undefined;
  /** Epochs without progress that are waited. Default 10. */
  patience?: number | undefined;
  /** What counts as progress. Default 1e-4. */
  threshold?: number | undefined;
  /** Of the best number so far, or absolute. Default 'rel'. */
  thresholdMode?: 'rel' | 'abs' | undefined;
  /** Epochs after a reduction in which nothing is counted. Default 0. */
  cooldown?: number | undefined;
  /** The smallest rate, for all groups or for each. Default 0. */
  minLr?: number | readonly number[] | undefined;
  /** Smaller changes are not made. Default 1e-8. */
  eps?: number | undefined;
}

const modes = oneOf('min', 'max');
const thresholds = oneOf('rel', 'abs');
const below1 = new Kind<number>('a number < 1', (given) =>
  typeof given === 'number' && given < 1 ? given : undefined,
);

interface Plateau {
  factor: number;
  default_min_lr: number | null;
  min_lrs: number[];
  patience: number;
  cooldown: number;
  eps: number;
  last_epoch: number;
  _last_lr: number[];
  mode_worse: number;
  mode: 'min' | 'max';
  threshold: number;
  threshold_mode: 'rel' | 'abs';
  best: number;
  cooldown_counter: number;
  num_bad_epochs: number;
}

/**
 * Makes the rates smaller when a number has stopped to become better; mirrors
 * `torch.optim.lr_scheduler.ReduceLROnPlateau`. Call `step(loss)` after each epoch.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for an option out of range.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.ReduceLROnPlateau.html
 * @example
 * const sgd = new optim.SGD(net.parameters(), { lr: 1 });
 * const schedule = new optim.lrScheduler.ReduceLROnPlateau(sgd, { factor: 0.5, patience: 1 });
 * for (const testLoss of [3, 2, 2, 2]) schedule.step(testLoss);
 * schedule.getLastLr(); // → [ 0.5 ]
 */
export class ReduceLROnPlateau extends LRScheduler<Plateau> {
  constructor(optimizer: Scheduled, options?: ReduceLROnPlateauOptions) {
    atMost('ReduceLROnPlateau', 2, arguments.length);
    requireOptimizer('ReduceLROnPlateau', optimizer);
    const { length } = optimizer.paramGroups;
    const spec = {
      mode: modes.or('min'),
      factor: below1.or(0.1),
      patience: integer().or(10),
      threshold: number().or(1e-4),
      thresholdMode: thresholds.or('rel'),
      cooldown: integer().or(0),
      minLr: numberOrEach(length).or(0),
      eps: number().or(1e-8),
    };
    const read = readOptions('ReduceLROnPlateau', spec, options);
    const worst = read.mode === 'min' ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
    const rates = (optimizer.paramGroups as unknown as Group[]).map(rateOf);
    const shared = Array.isArray(options?.minLr) ? null : (options?.minLr ?? 0);
    super(optimizer, {
      factor: [below1, read.factor],
      default_min_lr: [orNull(number()), shared],
      min_lrs: [numberEach(length), read.minLr],
      patience: [integer(), read.patience],
      cooldown: [integer(), read.cooldown],
      eps: [number(), read.eps],
      last_epoch: [integer(0), 0],
      _last_lr: [numberEach(length), rates],
      mode_worse: [number(), worst],
      mode: [modes, read.mode],
      threshold: [number(), read.threshold],
      threshold_mode: [thresholds, read.thresholdMode],
      best: [number(), worst],
      cooldown_counter: [integer(0), 0],
      num_bad_epochs: [integer(0), 0],
    });
  }

  /** Says that an epoch is over, and how good it was. @param metrics - A number, or a tensor of one element. */
  override step(metrics?: number | Tensor): void {
    atMost('step', 1, arguments.length);
    const current = metrics instanceof Tensor ? Number(metrics.item()) : metrics;
    if (typeof current !== 'number') {
      throw invalidArgument('ReduceLROnPlateau.step: metrics: expected a number');
    }
    const { own } = this;
    own.last_epoch++;
    if (this.#isBetter(current)) [own.best, own.num_bad_epochs] = [current, 0];
    else own.num_bad_epochs++;
    if (own.cooldown_counter > 0) {
      own.cooldown_counter--;
      own.num_bad_epochs = 0;
    }
    if (own.num_bad_epochs > own.patience) {
      this.groups.forEach((group, i) => {
        const old = rateOf(group);
        const least = own.min_lrs[i] ?? own.default_min_lr ?? 0;
        const rate = Math.max(old * own.factor, least);
        if (old - rate > own.eps) setRate(group, rate);
      });
      own.cooldown_counter = own.cooldown;
      own.num_bad_epochs = 0;
    }
    own._last_lr = this.groups.map(rateOf);
  }

  #isBetter(current: number): boolean {
    const { mode, threshold, threshold_mode, best } = this.own;
    if (mode === 'min') {
      return current < (threshold_mode === 'rel' ? best * (1 - threshold) : best - threshold);
    }
    return current > (threshold_mode === 'rel' ? best * (threshold + 1) : best + threshold);
  }

  /** Epochs that are over. */
  get lastEpoch(): number {
    return this.own.last_epoch;
  }
}
