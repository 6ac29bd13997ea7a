import { isPlain } from '../argument/options.js';
import { Tensor } from '../tensor/index.js';

/** The tensors in what a module was given or gave: it may be one, a list, an object, or nested. */
export function tensorsIn(value: unknown): Tensor[] {
  if (value instanceof Tensor) return value.isDisposed ? [] : [value];
  if (Array.isArray(value)) return value.flatMap(tensorsIn);
  return isPlain(value) ? Object.values(value).flatMap(tensorsIn) : [];
}
