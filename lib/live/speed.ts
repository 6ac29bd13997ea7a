import type { Progress } from '../engine/progress.js';

// Of so long ago at most; of a shorter time nothing is said.
const windowMs = 5000;
const leastMs = 200;

/** How fast a training is: images per second over the last few seconds of an epoch. */
export class Speed {
  #epoch = 0;
  #marks: { readonly ms: number; readonly images: number }[] = [];

  note({ epoch, images }: Progress): void {
    const ms = performance.now();
    if (epoch !== this.#epoch) {
      this.#epoch = epoch;
      this.#marks = [];
    }
    this.#marks.push({ ms, images });
    while (this.#marks.length > 2 && ms - this.#marks[1]!.ms > windowMs) this.#marks.shift();
  }

  get imagesPerSecond(): number | null {
    const [first, last] = [this.#marks[0], this.#marks.at(-1)];
    if (first === undefined || last === undefined || last.ms - first.ms < leastMs) return null;
    return (1000 * (last.images - first.images)) / (last.ms - first.ms);
  }
}
