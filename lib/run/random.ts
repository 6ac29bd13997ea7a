import { type BatchIterable, DataLoader } from '../data/dataloader.js';
import { defaultGenerator, type Generator } from '../random.js';
import type { Tensor } from '../tensor/index.js';

/** States of several generators, by name: uint8 tensors, kept. */
export type RandomStates = Record<string, Tensor>;

/** The generators that a training draws from: the default one, and what its loaders were given. */
export class RandomSources {
  readonly #sources = new Map<string, Generator>([['default', defaultGenerator]]);

  constructor(trainIter: BatchIterable, testIter: BatchIterable) {
    for (const [name, batches] of Object.entries({ train: trainIter, test: testIter })) {
      if (!(batches instanceof DataLoader) || batches.generator === undefined) continue;
      this.#sources.set(name, batches.generator);
    }
  }

  states(): RandomStates {
    const entries = [...this.#sources].map(([name, generator]) => [
      name,
      generator.getState().keep(),
    ]);
    return Object.fromEntries(entries);
  }

  restore(states: RandomStates): void {
    for (const [name, state] of Object.entries(states)) this.#sources.get(name)?.setState(state);
  }
}

export function disposeStates(states: RandomStates | undefined): void {
  for (const state of Object.values(states ?? {})) state.dispose();
}
