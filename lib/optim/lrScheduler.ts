import { inspect } from 'node:util';

import { invalidArgument } from '../error.js';
import { Optimizer } from './optimizer.js';

/** State of a {@link StepLR}. */
export interface StepLRState {
  stepSize: number;
  gamma: number;
  /** Epochs that are over. */
  lastEpoch: number;
  /** The learning rate of each group at the beginning. */
  baseLrs: number[];
  /** The learning rate of each group since the last step. */
  lastLr: number[];
}

/** Options of {@link StepLR}. */
export interface StepLROptions {
  /** Default 0.1. */
  gamma?: number;
  /** Epochs that are over already; −1 for a new start. Default −1. */
  lastEpoch?: number;
}

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
  #state: StepLRState;

  constructor(optimizer: Optimizer<{ lr: number }>, stepSize: number, options: StepLROptions = {}) {
    const { gamma = 0.1, lastEpoch = -1 } = options;
    if (!(optimizer instanceof Optimizer)) {
      throw invalidArgument(`StepLR: optimizer: expected an Optimizer, got ${inspect(optimizer)}`);
    }
    if (!Number.isInteger(stepSize) || stepSize < 1) {
      throw invalidArgument(`StepLR: stepSize: expected an integer ≥ 1, got ${inspect(stepSize)}`);
    }
    if (typeof gamma !== 'number' || Number.isNaN(gamma)) {
      throw invalidArgument(`StepLR: gamma: expected a number, got ${inspect(gamma)}`);
    }
    if (!Number.isInteger(lastEpoch) || lastEpoch < -1) {
      throw invalidArgument(
        `StepLR: lastEpoch: expected an integer ≥ -1, got ${inspect(lastEpoch)}`,
      );
    }
    this.optimizer = optimizer;
    const baseLrs = this.#groups().map((group, i) => {
      if (lastEpoch === -1) group.initialLr ??= group.lr;
      if (group.initialLr !== undefined) return group.initialLr;
      throw invalidArgument(
        `StepLR: param 'initialLr' is not specified in paramGroups[${i}] when resuming with ` +
          `lastEpoch ${lastEpoch}`,
      );
    });
    this.#state = { stepSize, gamma, lastEpoch, baseLrs, lastLr: [] };
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
    const state = this.#state;
    const { stepSize, gamma } = state;
    state.lastEpoch = epoch ?? state.lastEpoch + 1;
    const { lastEpoch } = state;
    this.#groups().forEach((group, i) => {
      if (epoch !== undefined) {
        group.lr = (state.baseLrs[i] as number) * gamma ** Math.floor(epoch / stepSize);
      } else if (lastEpoch !== 0 && lastEpoch % stepSize === 0) {
        group.lr *= gamma;
      }
    });
    state.lastLr = this.#groups().map(({ lr }) => lr);
  }

  /** Epochs that are over. */
  get lastEpoch(): number {
    return this.#state.lastEpoch;
  }

  /** The learning rate of each group since the last step. */
  getLastLr(): number[] {
    return [...this.#state.lastLr];
  }

  stateDict(): StepLRState {
    return structuredClone(this.#state);
  }

  loadStateDict(state: StepLRState): void {
    this.#state = structuredClone({ ...this.#state, ...state });
  }
}
