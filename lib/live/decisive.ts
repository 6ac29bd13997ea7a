import { enableGrad, noGrad } from '../context/autograd.js';
import { numbers } from '../draw/bitmap.js';
import { objectiveOf } from '../engine/objective.js';
import { turn } from '../engine/turn.js';
import type { Module } from '../nn/index.js';
import { inEvalMode } from '../observe/mode.js';
import type { Tensor } from '../tensor/index.js';
import { tidy } from '../tensor/scope.js';

/** How much each pixel of the network's input had to do with the class that won. */
export interface Decisive {
  /** `[H, W]` */
  readonly shape: readonly [number, number];
  readonly values: Float32Array;
  readonly predicted: number;
  /** Its probability. */
  readonly score: number;
}

/**
 * The gradient of the winning score by the input, added up over channels: positive where a brighter pixel makes the score
 * larger.
 *
 * @param image - `(1, C, H, W)`
 */
export function gradientOf(net: Module, image: Tensor): Decisive {
  return tidy(() =>
    enableGrad(() => {
      const input = image.detach().to('float32').clone();
      input.requiresGrad = true;
      const scores = inEvalMode(net, () => objectiveOf(net).scores(net.forward(input)));
      const predicted = Number(scores.argmax({ dim: 1 }).item());
      scores.select(1, predicted).sum().backward();
      const [, , height, width] = input.shape as [number, number, number, number];
      return {
        shape: [height, width],
        values: Float32Array.from(numbers(input.grad!.sum({ dim: 1 }))),
        ...winnerOf(scores.detach()),
      };
    }),
  );
}

// A patch of so many pixels; images of one forward pass.
const patch = 5;
const together = 128;

/**
 * By how much the winner's probability falls when a patch of 5×5 around a pixel is covered with the image's darkest value.
 *
 * @param image - `(1, C, H, W)`
 */
export async function occlusionOf(net: Module, image: Tensor): Promise<Decisive> {
  const [, channels, height, width] = image.shape as [number, number, number, number];
  const base = image.detach().to('float32').clone().keep();
  try {
    const least = Number(base.min().item());
    const winner = noGrad(() => tidy(() => winnerOf(scoresFor(net, base))));
    const values = new Float32Array(height * width);
    for (let first = 0; first < values.length; first += together) {
      const count = Math.min(together, values.length - first);
      noGrad(() =>
        tidy(() => {
          const covered = base.expand(count, channels, height, width).clone();
          for (let i = 0; i < count; i++) {
            const at = first + i;
            const [top, rows] = spanAround(Math.floor(at / width), height);
            const [left, columns] = spanAround(at % width, width);
            covered.select(0, i).narrow(1, top, rows).narrow(2, left, columns).fill_(least);
          }
          const shares = numbers(scoresFor(net, covered).softmax(1).select(1, winner.predicted));
          shares.forEach((share, i) => {
            values[first + i] = winner.score - share;
          });
        }),
      );
      // A training in this process has its turn in between.
      await turn();
    }
    return { shape: [height, width], values, ...winner };
  } finally {
    base.dispose();
  }
}

function spanAround(middle: number, length: number): [start: number, count: number] {
  const start = Math.max(0, middle - (patch >> 1));
  return [start, Math.min(length, middle + (patch >> 1) + 1) - start];
}

const scoresFor = (net: Module, images: Tensor): Tensor =>
  inEvalMode(net, () => objectiveOf(net).scores(net.forward(images)));

function winnerOf(scores: Tensor): { predicted: number; score: number } {
  const predicted = Number(scores.argmax({ dim: 1 }).item());
  return { predicted, score: Number(scores.softmax(1).select(1, predicted).item()) };
}
