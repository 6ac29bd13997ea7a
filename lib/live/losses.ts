import type { ScalarSink } from '../run/events/reader.js';

/** Losses with their steps, as answers have them. */
export interface ThinnedLosses {
  readonly steps: number[];
  readonly losses: number[];
}

/** The loss of each step of a run, in the order of steps. */
export class Losses implements ScalarSink {
  #steps = new Float64Array(1024);
  #losses = new Float32Array(1024);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** The last step that there is a loss of; 0 where there is none. */
  get lastStep(): number {
    return this.#length === 0 ? 0 : this.#steps[this.#length - 1]!;
  }

  /** Steps come in their order: one that is there already is taken anew, with those behind it gone. */
  add(step: number, loss: number): void {
    if (step <= this.lastStep) this.cut(step);
    if (this.#length === this.#steps.length) this.#grow();
    this.#steps[this.#length] = step;
    this.#losses[this.#length++] = loss;
  }

  cut(firstStep: number): void {
    while (this.#length > 0 && this.#steps[this.#length - 1]! >= firstStep) this.#length--;
  }

  /** Puts those of earlier steps, which others have, before its own. */
  precede(earlier: Losses): void {
    const own = this.thinned(Number.POSITIVE_INFINITY);
    const before = earlier.thinned(Number.POSITIVE_INFINITY);
    const first = own.steps[0] ?? Number.POSITIVE_INFINITY;
    this.#length = 0;
    before.steps.forEach((step, i) => {
      if (step < first) this.add(step, before.losses[i]!);
    });
    own.steps.forEach((step, i) => {
      this.add(step, own.losses[i]!);
    });
  }

  #grow(): void {
    const steps = new Float64Array(2 * this.#length);
    const losses = new Float32Array(2 * this.#length);
    steps.set(this.#steps);
    losses.set(this.#losses);
    this.#steps = steps;
    this.#losses = losses;
  }

  /**
   * At most so many of them: all, or the least and the largest of as many stretches of one length, so that no peak is
   * lost, and the last one, where there is room for a third. A stretch with a loss that is no finite number is shown by that.
   *
   * @param points - Integer ≥ 2.
   * @param after - Those of later steps only.
   */
  thinned(points: number, after = 0): ThinnedLosses {
    const first = after > 0 ? this.#indexAfter(after) : 0;
    const count = this.#length - first;
    const chosen: number[] = [];
    if (count <= points) {
      for (let i = first; i < this.#length; i++) chosen.push(i);
    } else {
      const buckets = Math.max(1, Math.floor((points - 1) / 2));
      for (let bucket = 0; bucket < buckets; bucket++) {
        const begin = first + Math.floor((bucket * count) / buckets);
        const end = first + Math.floor(((bucket + 1) * count) / buckets);
        chosen.push(...this.#extremes(begin, end));
      }
      const last = this.#length - 1;
      if (chosen.at(-1) !== last && chosen.length < points) chosen.push(last);
    }
    return {
      steps: chosen.map((i) => this.#steps[i]!),
      losses: chosen.map((i) => this.#losses[i]!),
    };
  }

  #indexAfter(step: number): number {
    let [low, high] = [0, this.#length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#steps[middle]! <= step) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #extremes(begin: number, end: number): number[] {
    let [least, most] = [begin, begin];
    for (let i = begin; i < end; i++) {
      const loss = this.#losses[i]!;
      if (!Number.isFinite(loss)) return [i];
      if (loss < this.#losses[least]!) least = i;
      if (loss > this.#losses[most]!) most = i;
    }
    if (least === most) return [least];
    return least < most ? [least, most] : [most, least];
  }
}
