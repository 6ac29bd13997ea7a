import { inspect } from 'node:util';
import { atMost } from '../argument/atMost.js';
import { entriesOf } from '../argument/dict.js';
import { integer, number } from '../argument/kind.js';
import { readOptions, type SpecOf } from '../argument/options.js';
import { noGrad } from '../context/autograd.js';
import { invalidArgument } from '../error.js';
import { Tensor } from '../tensor/index.js';
import { Optimizer } from './optimizer.js';
import { numberOf } from './settings.js';

/** State of a {@link StepLR}, as Python has it. */
export interface StepLRState {
  step_size: number;
  gamma: number;
  /** The learning rate of each group at the beginning. */
  base_lrs: number[];
  /** Epochs that are over. */
  last_epoch: number;
  /** Calls of `step`, the constructor's own among them. */
  _step_count: number;
  _is_initial: boolean;
  _get_lr_called_within_step: boolean;
  /** The learning rate of each group since the last step. */
  _last_lr: number[];
}

/** Options of {@link StepLR}. */
export interface StepLROptions {
  /** Default 0.1. */
  gamma?: number;
  /** Epochs that are over already; −1 for a new start. Default −1. */
  lastEpoch?: number;
}

const spec = {
  gamma: number().or(0.1),
  lastEpoch: integer(-1).or(-1),
} satisfies SpecOf<StepLROptions>;

type Group = { lr: number; initialLr?: number };

/**
 * Multiplies the learning rate of each group by `gamma` every `stepSize` epochs; mirrors
 * `torch.optim.lr_scheduler.StepLR`. Call `step()` after each epoch. Groups keep the rate they began
 * with as `initialLr`.
 *
 * @param stepSize - Epochs, integer ≥ 1.
 * @throws {TypeError} `ERR_INVALID_ARG` when a value is out of range, or when `lastEpoch` is given and
 *   a group has no `initialLr`.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.StepLR.html
 */
export class StepLR {
  readonly optimizer: Optimizer<{ lr: number }>;
  #state: OwnState;

  constructor(optimizer: Optimizer<{ lr: number }>, stepSize: number, options?: StepLROptions) {
    atMost('StepLR', 3, arguments.length);
    const { gamma, lastEpoch } = readOptions('StepLR', spec, options);
    if (!(optimizer instanceof Optimizer)) {
      throw invalidArgument(`StepLR: optimizer: expected an Optimizer, got ${inspect(optimizer)}`);
    }
    integer(1).read('StepLR: stepSize', stepSize);
    this.optimizer = optimizer;
    const baseLrs = this.#groups().map((group, i) => {
      if (lastEpoch === -1) group.initialLr ??= rateOf(group);
      if (group.initialLr !== undefined) return group.initialLr;
      throw invalidArgument(
        `StepLR: param 'initialLr' is not specified in paramGroups[${i}] when resuming with ` +
          `lastEpoch ${lastEpoch}`,
      );
    });
    this.#state = { stepSize, gamma, lastEpoch, baseLrs, stepCount: 0, lastLr: [] };
    this.step();
  }

  #groups(): Group[] {
    return this.optimizer.paramGroups;
  }

  /**
   * Says that an epoch is over: from what the rates are now. With a number, that so many are over, and
   * from what the rates were at the beginning.
   */
  step(epoch?: number): void {
    atMost('step', 1, arguments.length);
    if (epoch !== undefined) integer().read('StepLR.step: epoch', epoch);
    const state = this.#state;
    const { stepSize, gamma } = state;
    state.lastEpoch = epoch ?? state.lastEpoch + 1;
    state.stepCount++;
    const { lastEpoch } = state;
    this.#groups().forEach((group, i) => {
      if (epoch !== undefined) {
        setRate(group, (state.baseLrs[i] as number) * gamma ** Math.floor(epoch / stepSize));
      } else if (lastEpoch !== 0 && lastEpoch % stepSize === 0) {
        setRate(group, rateOf(group) * gamma);
      }
    });
    state.lastLr = this.#groups().map(rateOf);
  }

  /** Epochs that are over. */
  get lastEpoch(): number {
    return this.#state.lastEpoch;
  }

  /** The learning rate of each group since the last step. */
  getLastLr(): number[] {
    atMost('getLastLr', 0, arguments.length);
    return [...this.#state.lastLr];
  }

  /** As Python's `state_dict()`. */
  stateDict(): StepLRState {
    atMost('stateDict', 0, arguments.length);
    const { stepSize, gamma, baseLrs, lastEpoch, stepCount, lastLr } = this.#state;
    return {
      step_size: stepSize,
      gamma,
      base_lrs: [...baseLrs],
      last_epoch: lastEpoch,
      _step_count: stepCount,
      _is_initial: false,
      _get_lr_called_within_step: false,
      _last_lr: [...lastLr],
    };
  }

  /**
   * Takes over what {@link stateDict} gave, here or in Python; also what older versions of this package gave. The
   * rates themselves are the optimizer's: load its state too.
   *
   * @throws {TypeError} `ERR_INVALID_ARG` for anything else; nothing has changed then.
   */
  loadStateDict(state: object): void {
    atMost('loadStateDict', 1, arguments.length);
    this.#state = readState(state, this.#groups().length);
  }
}

function rateOf(group: Group): number {
  return numberOf('StepLR: lr', group.lr);
}

// A rate that is a tensor stays the same tensor, as in Python.
function setRate(group: Group, rate: number): void {
  const { lr } = group as { lr: unknown };
  if (lr instanceof Tensor) noGrad(() => lr.fill_(rate));
  else group.lr = rate;
}

interface OwnState {
  stepSize: number;
  gamma: number;
  lastEpoch: number;
  baseLrs: number[];
  stepCount: number;
  lastLr: number[];
}

// Our names, by Python's and by those that this package wrote first.
const names: ReadonlyMap<string, keyof OwnState> = new Map([
  ['step_size', 'stepSize'],
  ['stepSize', 'stepSize'],
  ['gamma', 'gamma'],
  ['base_lrs', 'baseLrs'],
  ['baseLrs', 'baseLrs'],
  ['last_epoch', 'lastEpoch'],
  ['lastEpoch', 'lastEpoch'],
  ['_step_count', 'stepCount'],
  ['_last_lr', 'lastLr'],
  ['lastLr', 'lastLr'],
]);
// What Python has besides, now or in older versions, and what says nothing of the next step.
const idle = ['_is_initial', '_get_lr_called_within_step', 'verbose'];

function readState(state: unknown, groups: number): OwnState {
  const what = 'StepLR: loadStateDict';
  const values = new Map<keyof OwnState, unknown>();
  for (const [key, value] of entriesOf(what, state)) {
    if (idle.includes(key as string)) continue;
    const name = names.get(key as string);
    if (name === undefined) {
      throw invalidArgument(`${what}: '${String(key)}' is nothing that StepLR remembers`);
    }
    if (values.has(name)) throw invalidArgument(`${what}: '${name}' is there under two names`);
    values.set(name, value);
  }
  const integer = (name: keyof OwnState, least: number, otherwise?: number): number => {
    const value = values.get(name) ?? otherwise;
    if (Number.isInteger(value) && (value as number) >= least) return value as number;
    throw invalidArgument(
      `${what}: ${name}: expected an integer ≥ ${least}, got ${inspect(value)}`,
    );
  };
  const rates = (name: keyof OwnState, otherwise?: number[]): number[] => {
    const value = values.get(name) ?? otherwise;
    if (Array.isArray(value) && value.length === groups) {
      return Array.from(value, (each) => numberOf(`${what}: ${name}`, each));
    }
    throw invalidArgument(`${what}: ${name}: expected ${groups} rates, got ${inspect(value)}`);
  };
  const lastEpoch = integer('lastEpoch', -1);
  const baseLrs = rates('baseLrs');
  return {
    stepSize: integer('stepSize', 1),
    gamma: numberOf(`${what}: gamma`, values.get('gamma')),
    baseLrs,
    lastEpoch,
    stepCount: integer('stepCount', 0, lastEpoch + 1),
    lastLr: rates('lastLr', baseLrs),
  };
}
