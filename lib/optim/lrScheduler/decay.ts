import { atMost } from '../../argument/atMost.js';
import { integer, Kind, number } from '../../argument/kind.js';
import { readOptions } from '../../argument/options.js';
import { EpochScheduler, type Scheduled } from './scheduler.js';

/** Options of all schedules by epochs. */
export interface LastEpochOption {
  /** Epochs that are over already; −1 for a new start. Default −1. */
  lastEpoch?: number | undefined;
}

export const lastEpoch = integer(-1).or(-1);

const share = new Kind<number>('a number between 0 and 1', (given) =>
  typeof given === 'number' && given >= 0 && given <= 1 ? given : undefined,
);
const positiveShare = new Kind<number>('a number > 0 and ≤ 1', (given) =>
  given === 0 ? undefined : share.convert(given),
);

/** Options of {@link StepLR}. */
export interface StepLROptions extends LastEpochOption {
  /** Default 0.1. */
  gamma?: number | undefined;
}

/**
 * Multiplies the learning rate of each group by `gamma` every `stepSize` epochs; mirrors
 * `torch.optim.lr_scheduler.StepLR`.
 *
 * @param stepSize - Epochs, integer ≥ 1.
 * @throws {TypeError} `ERR_INVALID_ARG` when a value is out of range, or when `lastEpoch` is given and a group has no
 *   `initialLr`.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.StepLR.html
 * @example
 * const sgd = new optim.SGD(net.parameters(), { lr: 1 });
 * const schedule = new optim.lrScheduler.StepLR(sgd, 2, { gamma: 0.5 });
 * const rates = [];
 * for (let epoch = 0; epoch < 5; epoch++, schedule.step()) rates.push(sgd.paramGroups[0]!.lr);
 * rates; // → [ 1, 1, 0.5, 0.5, 0.25 ]
 */
export class StepLR extends EpochScheduler<{ step_size: number; gamma: number }> {
  constructor(optimizer: Scheduled, stepSize: number, options?: StepLROptions) {
    atMost('StepLR', 3, arguments.length);
    const read = readOptions('StepLR', { gamma: number().or(0.1), lastEpoch }, options);
    const fields = { step_size: [integer(1), stepSize], gamma: [number(), read.gamma] } as const;
    super(optimizer, read.lastEpoch, fields);
  }

  protected override rates(): number[] {
    const { last_epoch, step_size, gamma } = this.own;
    const { now } = this;
    if (last_epoch === 0 || last_epoch % step_size !== 0) return now;
    return now.map((lr) => lr * gamma);
  }

  protected override closedRates(): number[] {
    const { last_epoch, step_size, gamma, base_lrs } = this.own;
    return base_lrs.map((lr) => lr * gamma ** Math.floor(last_epoch / step_size));
  }
}

type Milestones = ReadonlyMap<number, number>;

// How often each epoch is one: with fields too, as JSON wants them.
function counted(entries: Iterable<readonly [number, number]>): Milestones {
  const map = new Map(entries);
  return Object.assign(map, Object.fromEntries(map));
}

const milestonesKind = new Kind<unknown, Milestones>('integers with their counts', (given) => {
  if (typeof given !== 'object' || given === null) return undefined;
  const entries = given instanceof Map ? [...given] : Object.entries(given);
  const pairs = entries.map(([key, count]) => [Number(key), Number(count)] as const);
  return pairs.flat().every(Number.isSafeInteger) ? counted(pairs) : undefined;
});

/**
 * Multiplies the rates by `gamma` at each of some epochs; mirrors `torch.optim.lr_scheduler.MultiStepLR`.
 *
 * @param milestones - Epochs; one that is there twice counts twice.
 * @throws {TypeError} `ERR_INVALID_ARG` for a value out of range, and for a `lastEpoch` of groups without `initialLr`.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.MultiStepLR.html
 * @example
 * const sgd = new optim.SGD(net.parameters(), { lr: 1 });
 * const schedule = new optim.lrScheduler.MultiStepLR(sgd, [1, 3], { gamma: 0.5 });
 * const rates = [];
 * for (let epoch = 0; epoch < 5; epoch++, schedule.step()) rates.push(sgd.paramGroups[0]!.lr);
 * rates; // → [ 1, 0.5, 0.5, 0.25, 0.25 ]
 */
export class MultiStepLR extends EpochScheduler<{ milestones: Milestones; gamma: number }> {
  constructor(optimizer: Scheduled, milestones: Iterable<number>, options?: StepLROptions) {
    atMost('MultiStepLR', 3, arguments.length);
    const read = readOptions('MultiStepLR', { gamma: number().or(0.1), lastEpoch }, options);
    const counts = new Map<number, number>();
    const isList = typeof (milestones as unknown[] | undefined)?.[Symbol.iterator] === 'function';
    for (const epoch of isList ? milestones : [Number.NaN]) {
      integer().read('MultiStepLR: milestones', epoch);
      counts.set(epoch, (counts.get(epoch) ?? 0) + 1);
    }
    const fields = { milestones: [milestonesKind, counts], gamma: [number(), read.gamma] } as const;
    super(optimizer, read.lastEpoch, fields);
  }

  protected override rates(): number[] {
    const { last_epoch, milestones, gamma } = this.own;
    const times = milestones.get(last_epoch);
    return times === undefined ? this.now : this.now.map((lr) => lr * gamma ** times);
  }

  protected override closedRates(): number[] {
    const { last_epoch, milestones, gamma, base_lrs } = this.own;
    const over = [...milestones].filter(([epoch]) => epoch <= last_epoch);
    const times = over.reduce((sum, [, count]) => sum + count, 0);
    return base_lrs.map((lr) => lr * gamma ** times);
  }
}

/** Options of {@link ConstantLR}. */
export interface ConstantLROptions extends LastEpochOption {
  /** Between 0 and 1. Default 1/3. */
  factor?: number | undefined;
  /** Default 5. */
  totalIters?: number | undefined;
}

/**
 * Multiplies the rates by `factor` until `totalIters` epochs are over; mirrors `torch.optim.lr_scheduler.ConstantLR`.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for a value out of range, and for a `lastEpoch` of groups without `initialLr`.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.ConstantLR.html
 * @example
 * const sgd = new optim.SGD(net.parameters(), { lr: 1 });
 * const schedule = new optim.lrScheduler.ConstantLR(sgd, { factor: 0.5, totalIters: 2 });
 * const rates = [];
 * for (let epoch = 0; epoch < 4; epoch++, schedule.step()) rates.push(sgd.paramGroups[0]!.lr);
 * rates; // → [ 0.5, 0.5, 1, 1 ]
 */
export class ConstantLR extends EpochScheduler<{ factor: number; total_iters: number }> {
  constructor(optimizer: Scheduled, options?: ConstantLROptions) {
    atMost('ConstantLR', 2, arguments.length);
    const spec = { factor: share.or(1 / 3), totalIters: integer().or(5), lastEpoch };
    const read = readOptions('ConstantLR', spec, options);
    super(optimizer, read.lastEpoch, {
      factor: [share, read.factor],
      total_iters: [integer(), read.totalIters],
    });
  }

  protected override rates(): number[] {
    const { last_epoch, factor, total_iters } = this.own;
    if (last_epoch === 0) return this.now.map((lr) => lr * factor);
    return last_epoch === total_iters ? this.now.map((lr) => lr * (1 / factor)) : this.now;
  }

  protected override closedRates(): number[] {
    const { last_epoch, factor, total_iters, base_lrs } = this.own;
    const rest = last_epoch >= total_iters ? 1 - factor : 0;
    return base_lrs.map((lr) => lr * (factor + rest));
  }
}

/** Options of {@link LinearLR}. */
export interface LinearLROptions extends LastEpochOption {
  /** Above 0, at most 1. Default 1/3. */
  startFactor?: number | undefined;
  /** Between 0 and 1. Default 1. */
  endFactor?: number | undefined;
  /** Default 5. */
  totalIters?: number | undefined;
}

/**
 * Changes the rates' factor evenly from one to another; mirrors `torch.optim.lr_scheduler.LinearLR`.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for a value out of range, and for a `lastEpoch` of groups without `initialLr`.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.LinearLR.html
 * @example
 * const sgd = new optim.SGD(net.parameters(), { lr: 1 });
 * const schedule = new optim.lrScheduler.LinearLR(sgd, { startFactor: 0.5, totalIters: 2 });
 * const rates = [];
 * for (let epoch = 0; epoch < 4; epoch++, schedule.step()) rates.push(sgd.paramGroups[0]!.lr);
 * rates; // → [ 0.5, 0.75, 1, 1 ]
 */
export class LinearLR extends EpochScheduler<{
  start_factor: number;
  end_factor: number;
  total_iters: number;
}> {
  constructor(optimizer: Scheduled, options?: LinearLROptions) {
    atMost('LinearLR', 2, arguments.length);
    const spec = {
      startFactor: positiveShare.or(1 / 3),
      endFactor: share.or(1),
      totalIters: integer().or(5),
      lastEpoch,
    };
    const read = readOptions('LinearLR', spec, options);
    super(optimizer, read.lastEpoch, {
      start_factor: [positiveShare, read.startFactor],
      end_factor: [share, read.endFactor],
      total_iters: [integer(), read.totalIters],
    });
  }

  protected override rates(isInitial: boolean): number[] {
    const { last_epoch, start_factor, end_factor, total_iters } = this.own;
    if (last_epoch === 0) return this.now.map((lr) => lr * start_factor);
    if (isInitial || last_epoch > total_iters) return this.now;
    const rise = end_factor - start_factor;
    const factor = 1 + rise / (total_iters * start_factor + (last_epoch - 1) * rise);
    return this.now.map((lr) => lr * factor);
  }

  protected override closedRates(): number[] {
    const { last_epoch, start_factor, end_factor, total_iters, base_lrs } = this.own;
    const done = Math.min(total_iters, last_epoch);
    const factor = start_factor + ((end_factor - start_factor) * done) / total_iters;
    return base_lrs.map((lr) => lr * factor);
  }
}

/**
 * Multiplies the rates by `gamma` every epoch; mirrors `torch.optim.lr_scheduler.ExponentialLR`.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for a value out of range, and for a `lastEpoch` of groups without `initialLr`.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.ExponentialLR.html
 * @example
 * const sgd = new optim.SGD(net.parameters(), { lr: 1 });
 * const schedule = new optim.lrScheduler.ExponentialLR(sgd, 0.5);
 * const rates = [];
 * for (let epoch = 0; epoch < 4; epoch++, schedule.step()) rates.push(sgd.paramGroups[0]!.lr);
 * rates; // → [ 1, 0.5, 0.25, 0.125 ]
 */
export class ExponentialLR extends EpochScheduler<{ gamma: number }> {
  constructor(optimizer: Scheduled, gamma: number, options?: LastEpochOption) {
    atMost('ExponentialLR', 3, arguments.length);
    const read = readOptions('ExponentialLR', { lastEpoch }, options);
    super(optimizer, read.lastEpoch, { gamma: [number(), gamma] });
  }

  protected override rates(isInitial: boolean): number[] {
    return isInitial ? this.now : this.now.map((lr) => lr * this.own.gamma);
  }

  protected override closedRates(): number[] {
    const { last_epoch, gamma, base_lrs } = this.own;
    return base_lrs.map((lr) => lr * gamma ** last_epoch);
  }
}

/** Options of {@link PolynomialLR}. */
export interface PolynomialLROptions extends LastEpochOption {
  /** Default 5. */
  totalIters?: number | undefined;
  /** Default 1. */
  power?: number | undefined;
}

/**
 * Lets the rates fall to 0 as a power of the epochs that are left; mirrors `torch.optim.lr_scheduler.PolynomialLR`.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for a value out of range, and for a `lastEpoch` of groups without `initialLr`.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.PolynomialLR.html
 * @example
 * const sgd = new optim.SGD(net.parameters(), { lr: 1 });
 * const schedule = new optim.lrScheduler.PolynomialLR(sgd, { totalIters: 4, power: 2 });
 * const rates = [];
 * for (let epoch = 0; epoch < 5; epoch++, schedule.step()) rates.push(sgd.paramGroups[0]!.lr.toFixed(4));
 * rates; // → [ '1.0000', '0.5625', '0.2500', '0.0625', '0.0000' ]
 */
export class PolynomialLR extends EpochScheduler<{ total_iters: number; power: number }> {
  constructor(optimizer: Scheduled, options?: PolynomialLROptions) {
    atMost('PolynomialLR', 2, arguments.length);
    const spec = { totalIters: integer().or(5), power: number().or(1), lastEpoch };
    const read = readOptions('PolynomialLR', spec, options);
    super(optimizer, read.lastEpoch, {
      total_iters: [integer(), read.totalIters],
      power: [number(), read.power],
    });
  }

  protected override rates(isInitial: boolean): number[] {
    const { last_epoch, total_iters, power } = this.own;
    if (isInitial || last_epoch > total_iters) return this.now;
    const left = 1 - last_epoch / total_iters;
    const factor = (left / (1 - (last_epoch - 1) / total_iters)) ** power;
    return this.now.map((lr) => lr * factor);
  }

  protected override closedRates(): number[] {
    const { last_epoch, total_iters, power, base_lrs } = this.own;
    const left = 1 - Math.min(total_iters, last_epoch) / total_iters;
    return base_lrs.map((lr) => lr * left ** power);
  }
}
