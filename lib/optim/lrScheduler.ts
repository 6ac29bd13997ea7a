import { inspect } from 'node:util';

import { invalidArgument } from '../error.js';
import type { Optimizer } from './optimizer.js';

/** State of a {@link StepLR}. */
export interface StepLRState {
  stepSize: number;
  gamma: number;
  lastEpoch: number;
  baseLrs: number[];
  lastLr: number[];
}

/**
 * Multiplies the learning rate of each group by `gamma` every `stepSize` epochs; mirrors
 * `torch.optim.lr_scheduler.StepLR`. Call `step()` after each epoch.
 *
 * @param stepSize - Epochs, integer ≥ 1.
 * @param options.gamma - Default 0.1.
 * @throws {TypeError} `ERR_INVALID_ARG` when a value is out of range.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.StepLR.html
 */
export class StepLR {
  readonly optimizer: Optimizer<{ lr: number }>;
  #state: StepLRState;

  constructor(
    optimizer: Optimizer<{ lr: number }>,
    stepSize: number,
    options: { gamma?: number } = {},
  ) {
    const { gamma = 0.1 } = options;
    if (!Number.isInteger(stepSize) || stepSize < 1) {
      throw invalidArgument(`StepLR: stepSize: expected an integer ≥ 1, got ${inspect(stepSize)}`);
    }
    if (typeof gamma !== 'number') {
      throw invalidArgument(`StepLR: gamma: expected a number, got ${inspect(gamma)}`);
    }
    if (!Array.isArray(optimizer?.paramGroups)) {
      throw invalidArgument('StepLR: optimizer: expected an Optimizer');
    }
    this.optimizer = optimizer;
    const baseLrs = optimizer.paramGroups.map(({ lr }) => lr);
    this.#state = { stepSize, gamma, lastEpoch: 0, baseLrs, lastLr: [...baseLrs] };
  }

  /** Says that an epoch is over. */
  step(): void {
    const state = this.#state;
    state.lastEpoch++;
    if (state.lastEpoch % state.stepSize === 0) {
      for (const group of this.optimizer.paramGroups) group.lr *= state.gamma;
    }
    state.lastLr = this.optimizer.paramGroups.map(({ lr }) => lr);
  }

  /** The learning rate of each group since the last step. */
  getLastLr(): number[] {
    return [...this.#state.lastLr];
  }

  stateDict(): StepLRState {
    return structuredClone(this.#state);
  }

  loadStateDict(state: StepLRState): void {
    this.#state = structuredClone(state);
  }
}
