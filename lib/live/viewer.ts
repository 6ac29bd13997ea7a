import type { Module } from '../nn/index.js';
import { type MakeNetwork, makeLike, type Trained } from './networks.js';
import type { Weights } from './weights.js';

/**
 * A network of one's own, like the one that a run trains, which is given the weights of whatever epoch is looked at: the
 * training's own is left alone. Works one look after the other.
 */
export class Viewer {
  readonly #trained: () => Trained;
  readonly #make: MakeNetwork | undefined;
  #net: Module | undefined;
  #key = '';
  #last: Promise<unknown> = Promise.resolve();

  constructor(trained: () => Trained, make: MakeNetwork | undefined) {
    this.#trained = trained;
    this.#make = make;
  }

  /**
   * Looks with some weights.
   * @throws {TorchError} `ERR_NOT_FOUND` where no such network can be made.
   */
  look<T>(weights: Weights, work: (net: Module) => T | Promise<T>): Promise<T> {
    const result = this.#last.then(() => work(this.#netWith(weights)));
    this.#last = result.catch(() => {});
    return result;
  }

  #netWith(weights: Weights): Module {
    this.#net ??= makeLike(this.#trained(), weights.metadata, this.#make);
    if (this.#key !== weights.key) {
      // Half-loaded ones are nobody's.
      this.#key = '';
      weights.load(this.#net);
      this.#key = weights.key;
    }
    return this.#net;
  }
}
