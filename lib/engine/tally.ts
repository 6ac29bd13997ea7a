import { type Tensor, zeros } from '../tensor/index.js';
import type { PassSums } from './pass.js';

/**
 * Losses and right answers of a pass, added up where the model computes: reading a number from a GPU
 * waits for all that it was given. Losses are added in float64 and in their order, as the numbers
 * themselves would be.
 */
export class Tally {
  readonly #loss: Tensor;
  readonly #correct: Tensor;

  constructor(device: string) {
    this.#loss = zeros([], { dtype: 'float64', device }).keep();
    this.#correct = zeros([], { dtype: 'int64', device }).keep();
  }

  /** float64 `()` and int64 `()`, for a captured step to add to. */
  get tensors(): { readonly loss: Tensor; readonly correct: Tensor } {
    return { loss: this.#loss, correct: this.#correct };
  }

  /** Adds a batch: its mean loss `()` and its number of right answers `()`. To be called without grad. */
  add(loss: Tensor | undefined, correct: Tensor): void {
    if (loss !== undefined) this.#loss.add_(loss);
    this.#correct.add_(correct);
  }

  /**
   * Waits for the device, adds what has come together to `sums`, and begins anew.
   * @returns The losses that came together.
   */
  moveTo(sums: Pick<PassSums, 'loss' | 'correct'>): number {
    const loss = Number(this.#loss.item());
    sums.loss += loss;
    sums.correct += Number(this.#correct.item());
    this.#loss.zero_();
    this.#correct.zero_();
    return loss;
  }

  dispose(): void {
    this.#loss.dispose();
    this.#correct.dispose();
  }
}
