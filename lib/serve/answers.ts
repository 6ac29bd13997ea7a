import type { Rows } from './servedModel.js';

// Scores are given to a millionth.
const digits = 1_000_000;

/** Writes the classes of images as JSON, the likeliest first: `[{ "label", "score" }, …]`. */
export class Answers {
  readonly #beginnings: readonly string[];

  constructor(classes: readonly string[]) {
    this.#beginnings = classes.map((label) => `{"label":${JSON.stringify(label)},"score":`);
  }

  get classes(): number {
    return this.#beginnings.length;
  }

  /**
   * One image's classes.
   * @param rows - What is largest for the likeliest class; `softmax` makes scores of it.
   * @param top - How many are given.
   */
  one(rows: Rows, row: number, top: number): string {
    const count = this.#beginnings.length;
    const offset = row * count;
    let largest = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < count; i++) largest = Math.max(largest, rows[offset + i]!);
    const scores = new Float64Array(count);
    let sum = 0;
    for (let i = 0; i < count; i++) {
      const score = Math.exp(rows[offset + i]! - largest);
      scores[i] = score;
      sum += score;
    }
    // Numbers that JSON lacks are texts, as in all JSON of this package.
    if (Number.isNaN(sum)) return this.#written(Array(top).fill('"NaN"'), firsts(top));
    const best = this.#best(scores, top);
    const texts = best.map((label) => String(Math.round((scores[label]! / sum) * digits) / digits));
    return this.#written(texts, best);
  }

  /** Several images' classes: a list of lists. */
  several(rows: Rows, images: number, top: number): string {
    const each = Array.from({ length: images }, (_, row) => this.one(rows, row, top));
    return `[${each.join(',')}]`;
  }

  // Few are asked for of few: picking is faster than sorting.
  #best(scores: Float64Array, top: number): number[] {
    const best: number[] = [];
    for (let k = 0; k < top; k++) {
      let winner = -1;
      for (let i = 0; i < scores.length; i++) {
        if (scores[i]! >= 0 && (winner < 0 || scores[i]! > scores[winner]!)) winner = i;
      }
      best.push(winner);
      scores[winner] = -1 - scores[winner]!;
    }
    for (const label of best) scores[label] = -1 - scores[label]!;
    return best;
  }

  #written(scores: readonly string[], labels: readonly number[]): string {
    let text = '[';
    for (let k = 0; k < labels.length; k++) {
      text += `${k === 0 ? '' : ','}${this.#beginnings[labels[k]!]}${scores[k]}}`;
    }
    return `${text}]`;
  }
}

const firsts = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
