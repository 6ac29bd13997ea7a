import type { TrainingListener } from '../engine/listener.js';
import type { Training } from '../run/config.js';
import type { Run } from '../run/run.js';

/** A stretch of a training that somebody may stop: from its beginning, or where it goes on, to its end. */
export interface GuidedStretch {
  /** Stops the training after the step that is under way. */
  readonly signal: AbortSignal;
  readonly listener: TrainingListener;
}

/**
 * Who may stop a training that is kept in a run, have it go on, and give it more epochs: the live page, as `torch.live`
 * makes it.
 */
export interface TrainingGuide {
  /** @internal */
  beginStretch(run: Run, training: Training): GuidedStretch;
  /**
   * Waits until the training is to go on, after it was stopped by the guide's signal; after its last epoch nothing is
   * waited for.
   *
   * @internal
   * @param signal - The caller's, whose end is the wait's.
   * @returns How many epochs there are to be in all; `undefined` when it does not go on.
   */
  nextStretch(signal: AbortSignal | undefined): Promise<number | undefined>;
  /** @internal Says that nothing more follows. @param error - Why, where it failed. */
  endStretches(error?: unknown): void;
}
