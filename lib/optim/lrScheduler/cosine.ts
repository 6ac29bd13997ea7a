import { atMost } from '../../argument/atMost.js';
import { integer, Kind, number } from '../../argument/kind.js';
import { readOptions } from '../../argument/options.js';
import { invalidArgument } from '../../error.js';
import { type LastEpochOption, lastEpoch } from './decay.js';
import { EpochScheduler, type Scheduled } from './scheduler.js';

/** Options of {@link CosineAnnealingLR}. */
export interface CosineAnnealingLROptions extends LastEpochOption {
  /** The smallest rate. Default 0. */
  etaMin?: number | undefined;
}

const half = (part: number): number => (1 + Math.cos(Math.PI * part)) / 2;

/**
 * Lets the rates fall along a cosine; mirrors `torch.optim.lr_scheduler.CosineAnnealingLR`.
 *
 * @param TMax - Epochs until the smallest rate, integer ≥ 1.
 * @throws {TypeError} `ERR_INVALID_ARG` for a value out of range, and for a `lastEpoch` of groups without `initialLr`.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.CosineAnnealingLR.html
 * @example
 * const sgd = new optim.SGD(net.parameters(), { lr: 1 });
 * const schedule = new optim.lrScheduler.CosineAnnealingLR(sgd, 4);
 * const rates = [];
 * for (let epoch = 0; epoch < 5; epoch++, schedule.step()) rates.push(sgd.paramGroups[0]!.lr.toFixed(3));
 * rates; // → [ '1.000', '0.854', '0.500', '0.146', '0.000' ]
 */
export class CosineAnnealingLR extends EpochScheduler<{ T_max: number; eta_min: number }> {
  constructor(optimizer: Scheduled, TMax: number, options?: CosineAnnealingLROptions) {
    atMost('CosineAnnealingLR', 3, arguments.length);
    const read = readOptions('CosineAnnealingLR', { etaMin: number().or(0), lastEpoch }, options);
    super(optimizer, read.lastEpoch, {
      T_max: [integer(1), TMax],
      eta_min: [number(), read.etaMin],
    });
  }

  protected override rates(isInitial: boolean): number[] {
    const { last_epoch: t, T_max: most, eta_min: least, base_lrs, _step_count } = this.own;
    const { now } = this;
    if (isInitial) return now;
    if (_step_count === 1 && t > 0) return this.closedRates();
    if ((t - 1 - most) % (2 * most) === 0) {
      const rise = (1 - Math.cos(Math.PI / most)) / 2;
      return now.map((lr, i) => lr + (base_lrs[i]! - least) * rise);
    }
    const factor =
      (1 + Math.cos((Math.PI * t) / most)) / (1 + Math.cos((Math.PI * (t - 1)) / most));
    return now.map((lr) => factor * (lr - least) + least);
  }

  protected override closedRates(): number[] {
    const { last_epoch: t, T_max: most, eta_min: least, base_lrs } = this.own;
    return base_lrs.map((lr) => least + (lr - least) * half(t / most));
  }
}

/** Options of {@link CosineAnnealingWarmRestarts}. */
export interface CosineAnnealingWarmRestartsOptions extends CosineAnnealingLROptions {
  /** How many times as long each fall is as the one before, integer ≥ 1. Default 1. */
  TMult?: number | undefined;
}

interface Restarts {
  T_0: number;
  T_i: number;
  T_mult: number;
  eta_min: number;
  T_cur: number;
}

/**
 * Lets the rates fall along a cosine again and again; mirrors `torch.optim.lr_scheduler.CosineAnnealingWarmRestarts`.
 *
 * @param T0 - Epochs until the first restart, integer ≥ 1.
 * @throws {TypeError} `ERR_INVALID_ARG` for a value out of range, and for a `lastEpoch` of groups without `initialLr`.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.CosineAnnealingWarmRestarts.html
 * @example
 * const sgd = new optim.SGD(net.parameters(), { lr: 1 });
 * const schedule = new optim.lrScheduler.CosineAnnealingWarmRestarts(sgd, 2, { TMult: 2 });
 * const rates = [];
 * for (let epoch = 0; epoch < 7; epoch++, schedule.step()) rates.push(sgd.paramGroups[0]!.lr.toFixed(2));
 * rates; // → [ '1.00', '0.50', '1.00', '0.85', '0.50', '0.15', '1.00' ]
 */
export class CosineAnnealingWarmRestarts extends EpochScheduler<Restarts> {
  constructor(optimizer: Scheduled, T0: number, options?: CosineAnnealingWarmRestartsOptions) {
    atMost('CosineAnnealingWarmRestarts', 3, arguments.length);
    const spec = { TMult: integer(1).or(1), etaMin: number().or(0), lastEpoch };
    const read = readOptions('CosineAnnealingWarmRestarts', spec, options);
    super(optimizer, read.lastEpoch, {
      T_0: [integer(1), T0],
      T_i: [integer(1), T0],
      T_mult: [integer(1), read.TMult],
      eta_min: [number(), read.etaMin],
      T_cur: [number(), read.lastEpoch],
    });
  }

  protected override rates(): number[] {
    const { eta_min: least, T_cur, T_i, base_lrs } = this.own;
    return base_lrs.map((lr) => least + (lr - least) * half(T_cur / T_i));
  }

  /** Says that an epoch is over. With a number, that so many are over, parts of one too. */
  override step(epoch?: number): void {
    atMost('step', 1, arguments.length);
    if (epoch !== undefined) number(0).read('CosineAnnealingWarmRestarts.step: epoch', epoch);
    this.advance(epoch);
  }

  /** @internal */
  override begin(): void {
    this.own._step_count = 0;
    this.advance();
  }

  // No `#`: it is called while the base class is made.
  private advance(given?: number): void {
    const { own } = this;
    const epoch = given ?? (own.last_epoch < 0 ? 0 : undefined);
    if (epoch === undefined) {
      own.T_cur++;
      if (own.T_cur >= own.T_i) {
        own.T_cur %= own.T_i;
        own.T_i *= own.T_mult;
      }
    } else if (epoch < own.T_0) [own.T_i, own.T_cur] = [own.T_0, epoch];
    else if (own.T_mult === 1) own.T_cur = epoch % own.T_0;
    else {
      const { T_0: first, T_mult: times } = own;
      const round = Math.trunc(Math.log((epoch / first) * (times - 1) + 1) / Math.log(times));
      own.T_cur = epoch - (first * (times ** round - 1)) / (times - 1);
      own.T_i = first * times ** round;
    }
    this.setRates(Math.floor(epoch ?? own.last_epoch + 1));
  }
}

const strategy = new Kind<'cos' | 'linear'>("one of 'cos', 'linear'", (given) =>
  given === 'cos' || given === 'linear' ? given : undefined,
);

/** How rates go from one to another. */
export const annealStrategy = strategy;

/** A rate between two, `part` of the way. */
export function between(how: 'cos' | 'linear', start: number, end: number, part: number): number {
  if (how === 'linear') return (end - start) * part + start;
  return end + ((start - end) / 2) * (Math.cos(Math.PI * part) + 1);
}

/** Refuses momentum for an optimizer without. */
export function momentumOf(what: string, { defaults }: Scheduled): 'betas' | 'momentum' {
  if ('betas' in defaults) return 'betas';
  if ('momentum' in defaults) return 'momentum';
  throw invalidArgument(
    `${what}: cycleMomentum: expected an optimizer with momentum or betas, or false`,
  );
}
