import { objectiveOf } from '../engine/objective.js';
import type { Module } from '../nn/index.js';
import { tensor } from '../tensor/index.js';
import { tidy } from '../tensor/scope.js';

/** A network's outputs for one image, read. */
export interface Scores {
  /** Softmax of the scores: sums to 1. */
  readonly probabilities: readonly number[];
  /** The class with the largest score. */
  readonly predicted: number;
}

/** Reads one image's outputs, one number per class. */
export function scoresOf(net: Module, outputs: Float32Array): Scores {
  return tidy(() => {
    const scores = objectiveOf(net).scores(tensor(outputs).unsqueeze(0)).squeeze(0);
    return {
      probabilities: scores.softmax(0).tolist() as number[],
      predicted: Number(scores.argmax({ dim: 0 }).item()),
    };
  });
}
