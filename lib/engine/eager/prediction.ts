import type { Module } from '../../nn/index.js';
import { cat, type Tensor } from '../../tensor/index.js';
import { tidy } from '../../tensor/scope.js';
import type { Prediction } from '../engine.js';
import { scores } from './passes.js';

/** A model's own forward pass. */
export class EagerPrediction implements Prediction {
  // How long it takes is not known: other tasks run between two passes.
  readonly atOnce = 0;
  readonly #net: Module;

  constructor(net: Module) {
    this.#net = net;
  }

  holds(): boolean {
    return true;
  }

  answer(): undefined {
    return undefined;
  }

  takesPixels(): boolean {
    return false;
  }

  answerPixels(): undefined {
    return undefined;
  }

  /** One pass for all. */
  run(images: readonly Tensor[]): readonly Tensor[] {
    return tidy(() => {
      if (images.length === 1) return [scores(this.#net, images[0]!).keep()];
      const all = scores(this.#net, cat(images));
      let end = 0;
      return images.map(({ shape: [count = 0] }) => {
        end += count;
        return all.narrow(0, end - count, count).keep();
      });
    });
  }

  dispose(): void {}
}
