import { atMost } from '../../argument/atMost.js';
import { integer, Kind } from '../../argument/kind.js';
import { readOptions } from '../../argument/options.js';
import { invalidArgument } from '../../error.js';
import { type LastEpochOption, lastEpoch } from './decay.js';
import { ReduceLROnPlateau } from './plateau.js';
import {
  type Fields,
  LRScheduler,
  numberEach,
  rateOf,
  requireOptimizer,
  type Scheduled,
  setRate,
} from './scheduler.js';

interface Composed {
  _last_lr: number[];
  _schedulers: Record<string, unknown>[];
}

const states = new Kind<Record<string, unknown>[]>('an array of states', (given) =>
  Array.isArray(given) ? given : undefined,
);

function requireSchedulers(
  what: string,
  schedulers: unknown,
  optimizer?: Scheduled,
): asserts schedulers is readonly LRScheduler[] {
  if (!Array.isArray(schedulers) || schedulers.length === 0) {
    throw invalidArgument(`${what}: schedulers: expected an array of schedulers`);
  }
  schedulers.forEach((each, i) => {
    if (!(each instanceof LRScheduler) || each instanceof ReduceLROnPlateau) {
      const why = each instanceof ReduceLROnPlateau ? ', whose step takes no number' : '';
      throw invalidArgument(`${what}: schedulers[${i}]: expected a scheduler${why}`);
    }
    if (each.optimizer !== (optimizer ?? schedulers[0].optimizer)) {
      throw invalidArgument(`${what}: schedulers[${i}]: it is of another optimizer`);
    }
  });
}

abstract class ComposedScheduler<Own extends object = object> extends LRScheduler<Own & Composed> {
  protected readonly schedulers: readonly LRScheduler[];

  constructor(optimizer: Scheduled, schedulers: readonly LRScheduler[], fields: Fields<Own>) {
    super(optimizer, {
      ...fields,
      _last_lr: [
        numberEach(optimizer.paramGroups.length),
        (optimizer.paramGroups as { lr: number }[]).map((group) => rateOf(group as never)),
      ],
      _schedulers: [states, []],
    } as Fields<Own & Composed>);
    this.schedulers = schedulers;
  }

  /** @internal */
  override undo(): void {
    for (const each of this.schedulers) each.undo();
  }

  override stateDict(): Record<string, unknown> {
    atMost('stateDict', 0, arguments.length);
    const _schedulers = this.schedulers.map((each) => each.stateDict());
    return { ...super.stateDict(), _schedulers };
  }

  override loadStateDict(state: object): void {
    atMost('loadStateDict', 1, arguments.length);
    const before = this.stateDict();
    super.loadStateDict(state);
    const parts = this.own._schedulers;
    this.own._schedulers = [];
    try {
      if (parts.length !== this.schedulers.length) {
        const { name } = this.constructor;
        throw invalidArgument(
          `${name}: loadStateDict: expected the states of ${this.schedulers.length} schedulers, got ${parts.length}`,
        );
      }
      this.schedulers.forEach((each, i) => {
        each.loadStateDict(parts[i]!);
      });
    } catch (error) {
      const { _schedulers, ...own } = before;
      Object.assign(this.own, own);
      this.schedulers.forEach((each, i) => {
        each.loadStateDict((_schedulers as object[])[i]!);
      });
      throw error;
    }
  }
}

/**
 * Schedules one after the other; mirrors `torch.optim.lr_scheduler.SequentialLR`.
 *
 * @param milestones - The epochs at which the next one begins: one less than schedules.
 * @throws {TypeError} `ERR_INVALID_ARG` for anything but schedulers of this optimizer, and for `ReduceLROnPlateau`.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.SequentialLR.html
 * @example
 * const { ConstantLR, ExponentialLR, SequentialLR } = optim.lrScheduler;
 * const sgd = new optim.SGD(net.parameters(), { lr: 1 });
 * const first = new ConstantLR(sgd, { factor: 0.5, totalIters: 9 });
 * const schedule = new SequentialLR(sgd, [first, new ExponentialLR(sgd, 0.5)], [2]);
 * const rates = [];
 * for (let epoch = 0; epoch < 5; epoch++, schedule.step()) rates.push(sgd.paramGroups[0]!.lr);
 * rates; // → [ 0.5, 0.5, 1, 0.5, 0.25 ]
 */
export class SequentialLR extends ComposedScheduler<{ _milestones: number[]; last_epoch: number }> {
  constructor(
    optimizer: Scheduled,
    schedulers: readonly LRScheduler[],
    milestones: readonly number[],
    options?: LastEpochOption,
  ) {
    atMost('SequentialLR', 4, arguments.length);
    requireOptimizer('SequentialLR', optimizer);
    const read = readOptions('SequentialLR', { lastEpoch }, options);
    requireSchedulers('SequentialLR', schedulers, optimizer);
    const { length } = schedulers;
    const epochs = new Kind<number[]>(`${length - 1} integers`, (given) =>
      Array.isArray(given) && given.length === length - 1 && given.every(Number.isSafeInteger)
        ? given
        : undefined,
    );
    super(optimizer, [...schedulers], {
      _milestones: [epochs, milestones],
      last_epoch: [integer(-1), read.lastEpoch + 1],
    });
    for (const group of this.groups) setRate(group, group.initialLr!);
    this.undo();
    this.schedulers[0]!.begin();
    this.own._last_lr = this.schedulers[0]!.getLastLr();
  }

  /** Says that an epoch is over. */
  override step(): void {
    atMost('step', 0, arguments.length);
    const { own } = this;
    own.last_epoch++;
    const over = own._milestones.filter((epoch) => epoch <= own.last_epoch).length;
    const scheduler = this.schedulers[over]!;
    if (over > 0 && own._milestones[over - 1] === own.last_epoch) scheduler.restart();
    else scheduler.step();
    own._last_lr = scheduler.getLastLr();
  }

  /** Epochs that are over. */
  get lastEpoch(): number {
    return this.own.last_epoch;
  }
}

/** Options of {@link ChainedScheduler}. */
export interface ChainedSchedulerOptions {
  /** Default: the first schedule's. */
  optimizer?: Scheduled | undefined;
}

/**
 * Schedules of one optimizer at the same time; mirrors `torch.optim.lr_scheduler.ChainedScheduler`.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for anything but schedulers of one optimizer, and for `ReduceLROnPlateau`.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.ChainedScheduler.html
 * @example
 * const { ChainedScheduler, ConstantLR, ExponentialLR } = optim.lrScheduler;
 * const sgd = new optim.SGD(net.parameters(), { lr: 1 });
 * const warmup = new ConstantLR(sgd, { factor: 0.5, totalIters: 2 });
 * const both = new ChainedScheduler([warmup, new ExponentialLR(sgd, 0.5)]);
 * const rates = [];
 * for (let epoch = 0; epoch < 4; epoch++, both.step()) rates.push(sgd.paramGroups[0]!.lr);
 * rates; // → [ 0.5, 0.25, 0.25, 0.125 ]
 */
export class ChainedScheduler extends ComposedScheduler {
  constructor(schedulers: readonly LRScheduler[], options?: ChainedSchedulerOptions) {
    atMost('ChainedScheduler', 2, arguments.length);
    const any = new Kind<Scheduled>('an Optimizer', (given) => given as Scheduled);
    const read = readOptions('ChainedScheduler', { optimizer: any.optional() }, options);
    if (read.optimizer !== undefined) requireOptimizer('ChainedScheduler', read.optimizer);
    requireSchedulers('ChainedScheduler', schedulers, read.optimizer);
    super(schedulers[0]!.optimizer, [...schedulers], {});
  }

  /** Says that an epoch is over. */
  override step(): void {
    atMost('step', 0, arguments.length);
    for (const each of this.schedulers) each.step();
    this.own._last_lr = this.groups.map(rateOf);
  }
}
