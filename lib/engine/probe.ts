import { asGiven, type InMemory } from '../data/loader/inMemory.js';
import type { Tensor } from '../tensor/index.js';

/** The first images of a data set, as the loader would give them: to see what a model does with them. */
export function probe(data: InMemory, most = 3): Tensor {
  return asGiven(data, data.images.narrow(0, 0, Math.min(most, data.images.shape[0]!)));
}
