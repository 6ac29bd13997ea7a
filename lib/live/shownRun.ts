import type { EpochResult } from '../engine/epoch.js';
import type { Module } from '../nn/index.js';
import type { RunConfig } from '../run/config.js';
import type { Examples } from './examples.js';
import type { Losses } from './losses.js';
import type { Trained } from './networks.js';
import type { Detail, Progress, Summary } from './page/contract.js';
import type { Weights } from './weights.js';

/** How a run that somebody looks at can be steered. */
export interface Steered {
  /** Stops after the step that is under way, with a checkpoint. */
  stop(): void;
  /** Goes on; with so many epochs more than there were to be. */
  continue(epochs: number): void;
}

/** A run as the page shows it, whoever trains it. */
export interface ShownRun {
  readonly name: string;
  readonly dir: string;
  readonly losses: Losses;
  readonly config: RunConfig | undefined;
  readonly history: readonly EpochResult[];
  readonly kept: readonly number[];
  readonly summary: Summary;
  readonly progress: Progress;
  /** Who steers it, where this process does. */
  readonly steered: Steered | undefined;
  /** Why it failed. */
  readonly message: string | undefined;
  readonly trained: Trained;
  /**
   * What it is tested with.
   * @param net - One like the run's, which may say what it takes.
   * @throws {TorchError} `ERR_DATA_NOT_FOUND`; `ERR_NOT_FOUND` where the images are not known here.
   */
  examples(net: Module): Examples;
  /**
   * Weights of an epoch's end; without a number the newest that are known.
   * @throws {TorchError} `ERR_NOT_FOUND` for an epoch whose weights are not kept.
   */
  weights(epoch: number | undefined): Promise<Weights>;
  close(): void;
}

/** What of a run is told with the answers about it alone. */
export function detailOf(
  run: ShownRun,
  shapes: Pick<Detail, 'input' | 'images' | 'classes'>,
): Detail {
  const { summary, config, progress, history, kept, message } = run;
  return {
    ...summary,
    configuration: (config ?? {}) as unknown as Record<string, unknown>,
    progress,
    history: history.map(({ epoch, loss, trainAcc, testAcc, seconds }) => ({
      epoch,
      loss,
      trainAcc,
      testAcc,
      seconds,
    })),
    kept,
    ...shapes,
    ...(message !== undefined && { message }),
  };
}
