import { numbers } from '../draw/bitmap.js';
import { objectiveOf } from '../engine/objective.js';
import { turn } from '../engine/turn.js';
import type { Module } from '../nn/index.js';
import { tidy } from '../tensor/scope.js';
import { predict } from '../training/predict.js';
import type { Examples } from './examples.js';
import { nameOf } from './features.js';
import type { Cell, Confusion } from './page/contract.js';

/** What a network says of all test images. */
export interface Tested {
  readonly labels: Int32Array;
  readonly predicted: Int32Array;
  /** The predicted class's probability. */
  readonly scores: Float32Array;
  readonly classes: number;
}

const together = 1000;
const mostMistakes = 60;
const mostOfCell = 200;

/** Has a network look at all test images; other tasks run in between. */
export async function testAll(net: Module, examples: Examples): Promise<Tested> {
  const { count } = examples;
  const labels = new Int32Array(count);
  const predicted = new Int32Array(count);
  const scores = new Float32Array(count);
  let classes = 0;
  for (let first = 0; first < count; first += together) {
    const size = Math.min(together, count - first);
    const indices = Array.from({ length: size }, (_, i) => first + i);
    const { images, labels: right } = tidy(() => {
      const batch = examples.batch(indices);
      return { ...batch, images: batch.images.keep() };
    });
    const outputs = await predict(net, images).finally(() => images.dispose());
    labels.set(right, first);
    classes = Math.max(classes, outputs.shape[1]!, ...right.map((label) => label + 1));
    tidy(() => {
      const all = objectiveOf(net).scores(outputs);
      const winners = all.argmax({ dim: 1 });
      predicted.set(Array.from(winners.data(), Number), first);
      scores.set(numbers(all.softmax(1).gather(1, winners.unsqueeze(1))), first);
    });
    outputs.dispose();
    await turn();
  }
  return { labels, predicted, scores, classes };
}

/** Counts, row = right class, column = predicted one; and the mistakes that the network is surest of. */
export function confusionOf(tested: Tested, names: readonly string[]): Confusion {
  const { labels, predicted, scores, classes } = tested;
  const counts = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  const wrong: number[] = [];
  labels.forEach((label, index) => {
    counts[label]![predicted[index]!]!++;
    if (label !== predicted[index]) wrong.push(index);
  });
  wrong.sort((a, b) => scores[b]! - scores[a]! || a - b);
  const mistakes = wrong.slice(0, mostMistakes).map((index) => ({
    index,
    actual: labels[index]!,
    predicted: predicted[index]!,
    score: scores[index]!,
  }));
  return { classes: counts.map((_, i) => nameOf(names, i)), counts, mistakes };
}

/** The images of one class that were taken for another (or the same), the surest first. */
export function cellOf({ labels, predicted, scores }: Tested, actual: number, taken: number): Cell {
  const images = Array.from(labels.keys())
    .filter((index) => labels[index] === actual && predicted[index] === taken)
    .map((index) => ({ index, score: scores[index]! }))
    .sort((a, b) => b.score - a.score || a.index - b.index);
  return { images: images.slice(0, mostOfCell) };
}
