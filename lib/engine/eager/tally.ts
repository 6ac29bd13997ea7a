import { type Tensor, zeros } from '../../tensor/index.js';
import type { PassSums } from '../pass.js';

/**
 * Losses and right answers of a pass, added up where the model computes: reading a number from a GPU
 * waits for all that it was given. Losses are added in float64 and in their order, as the numbers
 * themselves would be.
 */
export class Tally {
  /** float64 `(2)`, to be read at once, and its halves. */
  readonly #sums: Tensor;
  readonly #loss: Tensor;
  readonly #correct: Tensor;

  constructor(device: string) {
    this.#sums = zeros([2], { dtype: 'float64', device }).keep();
    this.#loss = this.#sums.select(0, 0).keep();
    this.#correct = this.#sums.select(0, 1).keep();
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
    const [loss, correct] = this.#sums.tolist() as [number, number];
    sums.loss += loss;
    sums.correct += correct;
    this.#sums.zero_();
    return loss;
  }

  dispose(): void {
    for (const tensor of [this.#sums, this.#loss, this.#correct]) tensor.dispose();
  }
}
