import type { ProgressMeter } from './progress.js';

/** Sums over one pass of the training data. */
export interface PassSums {
  /** Of the batches' mean losses, added up in their order. */
  loss: number;
  correct: number;
  count: number;
  batches: number;
}

export function emptySums(): PassSums {
  return { loss: 0, correct: 0, count: 0, batches: 0 };
}

/** How many of a pass's examples a model gets right, and of how many. */
export interface Counts {
  readonly correct: number;
  readonly count: number;
}

/** The engines that there are, by name. */
export const engineNames = ['eager', 'fused', 'graph'] as const;
export type EngineName = (typeof engineNames)[number];

/** Which engine trains an epoch, and why. */
export interface EngineUsed {
  engine: EngineName;
  /** Why that one: for `'eager'`, what the others do not support. */
  engineReason: string;
}

/** Who notes how far a training is, so that it can be gone on with. */
export interface PassKeeper {
  /** Set where this pass was begun by an earlier process; to be called when the order has been drawn. */
  readonly drawn: (() => void) | undefined;
  /** Whether a checkpoint may be due at any time, so that {@link stepped} has to be called often. */
  readonly isTimed: boolean;
  /** Whether a checkpoint is due by the clock. Among processes one alone has a clock, and all are told of it. */
  readonly isLate: boolean;
  /** To be called before the first step. @throws {TorchError} When another engine has begun this pass. */
  useEngine(used: EngineUsed): void;
  /** Steps until a checkpoint is due; `Infinity` where none is. */
  stepsToGo(): number;
  /**
   * To be called between two steps, when the parameters and the optimizer are up to date.
   * @param losses - Mean losses of the batches since the last call.
   */
  stepped(losses: ArrayLike<number>): Promise<void>;
  /** Writes a checkpoint of where the training is, between two steps. */
  save(): Promise<void>;
}

/** What a pass tells of its steps, and what stops it. */
export interface PassWatch {
  readonly meter: ProgressMeter | undefined;
  readonly signal: AbortSignal | undefined;
  readonly keeper: PassKeeper | undefined;
}
