import type { Module } from '../nn/index.js';
import { tidy } from '../scope.js';
import { type Tensor, tensor } from '../tensor/index.js';

/** A network's outputs for one image, read. */
export interface Scores {
  /** Softmax of the scores: sums to 1. */
  readonly probabilities: readonly number[];
  /** The class with the largest score. */
  readonly predicted: number;
}

// A network may say how its outputs are read: LeNet5's smallest one wins.
interface WithObjective {
  readonly objective?: { scores?(output: Tensor): Tensor };
}

/** What is largest for the predicted class: the outputs themselves, unless the network says otherwise. */
export function readScores(net: Module, outputs: Tensor): Tensor {
  const { objective } = net as WithObjective;
  return objective?.scores?.(outputs) ?? outputs;
}

/** Reads one image's outputs, one number per class. */
export function scoresOf(net: Module, outputs: Float32Array): Scores {
  return tidy(() => {
    const scores = readScores(net, tensor(outputs).unsqueeze(0)).squeeze(0);
    return {
      probabilities: scores.softmax(0).tolist() as number[],
      predicted: Number(scores.argmax({ dim: 0 }).item()),
    };
  });
}
