import type { LaterBatches } from '../data/loader/dataloader.js';
import { lengthOf } from '../data/loader/position.js';

/** How far an epoch is. */
export interface Progress {
  /** From 1. */
  epoch: number;
  /** Steps since the last call. */
  steps: number;
  /** Steps done in this epoch. */
  done: number;
  /** Steps of this epoch; `undefined` where the iterable has no length. */
  total: number | undefined;
  /** Images trained in this epoch. */
  images: number;
}

const intervalMs = 1000 / 30;

/** Gathers steps into at most 30 calls a second; none is lost. */
export class ProgressMeter {
  #epoch = 0;
  readonly #total: number | undefined;
  readonly #report: (progress: Progress) => void;
  #last = Number.NEGATIVE_INFINITY;
  #reported = 0;
  #done = 0;
  #images = 0;

  constructor(batches: LaterBatches, report: (progress: Progress) => void) {
    this.#total = lengthOf(batches);
    this.#report = report;
  }

  /**
   * Says that an epoch begins; what was not told of the last one goes with the next call.
   * @param done - Steps that were done before, with so many images: a resumed epoch.
   */
  begin(epoch: number, done = 0, images = 0): void {
    this.#epoch = epoch;
    this.#reported += done - this.#done;
    this.#done = done;
    this.#images = images;
  }

  /** Says that steps are done. @param images - Trained in this epoch so far. */
  step(images: number, steps = 1): void {
    this.#done += steps;
    this.#images = images;
    if (performance.now() - this.#last >= intervalMs) this.flush();
  }

  /** Reports the steps that no call has told of. */
  flush(): void {
    if (this.#done === this.#reported) return;
    this.#last = performance.now();
    const steps = this.#done - this.#reported;
    this.#reported = this.#done;
    this.#report({
      epoch: this.#epoch,
      steps,
      done: this.#done,
      total: this.#total,
      images: this.#images,
    });
  }
}
