import { inspect } from 'node:util';
import { atMost } from '../../argument/atMost.js';
import { entriesOf } from '../../argument/dict.js';
import { flag, integer, Kind, number } from '../../argument/kind.js';
import { noGrad } from '../../context/autograd.js';
import { invalidArgument } from '../../error.js';
import { Tensor } from '../../tensor/index.js';
import { Optimizer } from '../optimizer.js';
import { numberOf } from '../settings.js';

/** Any optimizer with a learning rate. */
export type Scheduled = Optimizer<{ lr: number }>;

export type Group = { lr: number; initialLr?: number } & Record<string, unknown>;

/** What a schedule remembers, by Python's names: what it can be, and what it is at first. */
// biome-ignore lint/suspicious/noExplicitAny: each has a type of its own
export type Fields<Own> = { [Name in keyof Own]: readonly [Kind<any, any>, unknown] };

const camelCase = (name: string): string =>
  name.replace(/(?<=\w)_(\w)/g, (_, letter: string) => letter.toUpperCase()).replace(/^_/, '');

export function requireOptimizer(what: string, optimizer: unknown): asserts optimizer is Scheduled {
  if (optimizer instanceof Optimizer) return;
  throw invalidArgument(`${what}: optimizer: expected an Optimizer, got ${inspect(optimizer)}`);
}

/** A list of numbers, for each group of an optimizer. */
export const numberEach = (groups: number): Kind<number[]> =>
  new Kind(`${groups} numbers`, (given) => {
    if (!Array.isArray(given) || given.length !== groups) return undefined;
    const all = given.map((each) => (each instanceof Tensor ? Number(each.item()) : each));
    return all.every((each) => number().convert(each) !== undefined) ? all : undefined;
  });

/** One number for all groups, or one for each; a list. */
export const numberOrEach = (groups: number): Kind<number | readonly number[], number[]> =>
  new Kind(`a number or ${groups} of them`, (given) =>
    number().convert(given) === undefined
      ? numberEach(groups).convert(given)
      : Array<number>(groups).fill(given as number),
  );

// What Python has besides, now or in older versions, and what says nothing of the next step.
const idle = ['_is_initial', '_get_lr_called_within_step', 'verbose'];

/**
 * Base class of schedules; mirrors `torch.optim.lr_scheduler.LRScheduler`. Call `step()` after each epoch (or step of the
 * optimizer, for schedules that are meant so).
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for anything but an optimizer.
 * @see https://docs.pytorch.org/docs/stable/optim.html#how-to-adjust-learning-rate
 * @example
 * const schedule: optim.lrScheduler.LRScheduler = new optim.lrScheduler.ExponentialLR(optimizer, 0.5);
 * schedule.step();
 * schedule.getLastLr(); // → [ 0.0005 ]
 * schedule.stateDict().last_epoch; // → 1
 */
export abstract class LRScheduler<Own extends object = object> {
  readonly optimizer: Scheduled;
  /** By Python's names. */
  protected readonly own: Own;
  readonly #fields: Fields<Own>;

  constructor(optimizer: Scheduled, fields: Fields<Own>) {
    atMost('LRScheduler', 2, arguments.length);
    requireOptimizer(new.target.name, optimizer);
    this.optimizer = optimizer;
    this.#fields = fields;
    const entries = Object.entries<readonly [Kind<unknown>, unknown]>(fields);
    this.own = Object.fromEntries(
      entries.map(([key, [kind, value]]) => [
        key,
        kind.read(`${new.target.name}: ${camelCase(key)}`, value),
      ]),
    ) as Own;
  }

  protected get groups(): Group[] {
    return this.optimizer.paramGroups as unknown as Group[];
  }

  /** Says that an epoch is over, and sets the rates for the next one. */
  abstract step(...given: unknown[]): void;

  /** The step that making a schedule is. @internal */
  begin(): void {
    this.step();
  }

  /** Takes back one step's count, of each schedule within. @internal */
  undo(): void {
    const own = this.own as { last_epoch?: number };
    if (own.last_epoch !== undefined) own.last_epoch--;
  }

  /** As another schedule's beginning in the midst: from the rates at the beginning. @internal */
  restart(): void {
    throw invalidArgument(`${this.constructor.name}: it can be the first of a sequence alone`);
  }

  /** The learning rate of each group since the last step. */
  getLastLr(): number[] {
    atMost('getLastLr', 0, arguments.length);
    return [...(this.own as { _last_lr: number[] })._last_lr];
  }

  /** As Python's `state_dict()`. */
  stateDict(): Record<string, unknown> {
    atMost('stateDict', 0, arguments.length);
    const entries = Object.entries(this.own);
    return Object.fromEntries(
      entries.map(([key, value]) => [key, Array.isArray(value) ? [...value] : value]),
    );
  }

  /**
   * Takes over what {@link stateDict} gave, here or in Python. The rates themselves are the optimizer's: load its
   * state too.
   *
   * @throws {TypeError} `ERR_INVALID_ARG` for anything else; nothing has changed then.
   */
  loadStateDict(state: object): void {
    atMost('loadStateDict', 1, arguments.length);
    Object.assign(this.own, this.#read(state));
  }

  #read(state: unknown): Partial<Own> {
    const { name } = this.constructor;
    const what = `${name}: loadStateDict`;
    const names = new Map(Object.keys(this.#fields).map((key) => [camelCase(key), key]));
    const found = new Map<string, unknown>();
    for (const [given, value] of entriesOf(what, state)) {
      const key = names.get(given as string) ?? (given as string);
      if (!Object.hasOwn(this.#fields, key)) {
        if (idle.includes(key) || key === '_step_count') continue;
        throw invalidArgument(`${what}: '${String(given)}' is nothing that ${name} remembers`);
      }
      if (found.has(key)) throw invalidArgument(`${what}: '${key}' is there under two names`);
      found.set(key, value);
    }
    this.complete(found);
    const read: Record<string, unknown> = {};
    for (const [key, [kind]] of Object.entries<readonly [Kind<unknown>, unknown]>(this.#fields)) {
      const value = found.get(key);
      read[key] = kind.read(
        `${what}: ${key}`,
        value instanceof Tensor ? numberOf(`${what}: ${key}`, value) : value,
      );
    }
    return read as Partial<Own>;
  }

  /** Adds what older states lack. */
  protected complete(_state: Map<string, unknown>): void {}
}

/** What all schedules by epochs remember besides. */
export interface Counted {
  base_lrs: number[];
  last_epoch: number;
  _step_count: number;
  _is_initial: boolean;
  _get_lr_called_within_step: boolean;
  _last_lr: number[];
}

/**
 * Schedules whose rates follow from those before, or from those at the beginning. Groups keep the rate they began with
 * as `initialLr`.
 */
export abstract class EpochScheduler<Own extends object = object> extends LRScheduler<
  Own & Counted
> {
  /** @param prepare - What else is to be done before the first step, which is made here. */
  constructor(
    optimizer: Scheduled,
    lastEpoch: number,
    fields: Fields<Own>,
    prepare?: (self: object) => void,
  ) {
    atMost('EpochScheduler', 4, arguments.length);
    const { name } = new.target;
    requireOptimizer(name, optimizer);
    integer(-1).read(`${name}: lastEpoch`, lastEpoch);
    const groups = optimizer.paramGroups as unknown as Group[];
    const baseLrs = groups.map((group, i) => {
      if (lastEpoch === -1) group.initialLr ??= rateOf(group);
      if (group.initialLr !== undefined) return group.initialLr;
      throw invalidArgument(
        `${name}: param 'initialLr' is not specified in paramGroups[${i}] when resuming with ` +
          `lastEpoch ${lastEpoch}`,
      );
    });
    const each = numberEach(groups.length);
    super(optimizer, {
      ...fields,
      base_lrs: [each, baseLrs],
      last_epoch: [integer(-1), lastEpoch],
      _step_count: [integer(0), 0],
      _is_initial: [flag, false],
      _get_lr_called_within_step: [flag, false],
      _last_lr: [each, groups.map(rateOf)],
    } as Fields<Own & Counted>);
    prepare?.(this);
    this.begin();
  }

  /** The next rates. @param isInitial - In the step that making a schedule is. */
  protected abstract rates(isInitial: boolean): number[];

  /** The rates as they follow from the beginning alone; left out where {@link rates} is the same. */
  protected closedRates?(): number[];

  /** @internal */
  override begin(): void {
    this.own._step_count = 0;
    this.#advance(undefined, true);
  }

  /** @internal */
  override restart(): void {
    this.setRates(0);
  }

  /**
   * Says that an epoch is over: from what the rates are now. With a number, that so many are over, and from what the
   * rates were at the beginning.
   */
  override step(epoch?: number): void {
    atMost('step', 1, arguments.length);
    if (epoch !== undefined) integer().read(`${this.constructor.name}.step: epoch`, epoch);
    this.#advance(epoch, false);
  }

  #advance(epoch: number | undefined, isInitial: boolean): void {
    this.own._step_count++;
    this.setRates(epoch, isInitial);
  }

  protected setRates(epoch: number | undefined, isInitial = false): void {
    this.own.last_epoch = epoch ?? this.own.last_epoch + 1;
    const rates =
      epoch !== undefined && this.closedRates ? this.closedRates() : this.rates(isInitial);
    this.groups.forEach((group, i) => {
      setRate(group, rates[i]!);
    });
    this.own._last_lr = this.groups.map(rateOf);
  }

  /** The rates as they are. */
  protected get now(): number[] {
    return this.groups.map(rateOf);
  }

  /** Epochs that are over. */
  get lastEpoch(): number {
    return this.own.last_epoch;
  }

  protected override complete(state: Map<string, unknown>): void {
    const { own } = this;
    for (const key of ['_is_initial', '_get_lr_called_within_step'] as const) {
      state.set(key, false);
    }
    if (!state.has('_step_count')) state.set('_step_count', Number(state.get('last_epoch')) + 1);
    if (!state.has('_last_lr')) state.set('_last_lr', state.get('base_lrs') ?? own.base_lrs);
  }
}

export function rateOf(group: Group): number {
  return numberOf('lr', group.lr);
}

/** A rate that is a tensor stays the same tensor, as in Python. */
export function setRate(group: Group, rate: number): void {
  const { lr } = group as { lr: unknown };
  if (lr instanceof Tensor) noGrad(() => lr.fill_(rate));
  else group.lr = rate;
}
