import { Tensor } from '../../tensor/index.js';

/** The tensors in a result: itself, or those in arrays, maps, sets and objects of names and values, each once. */
export function tensorsOf(value: unknown, seen = new Set<unknown>()): Tensor[] {
  if (typeof value !== 'object' || value === null || seen.has(value)) return [];
  seen.add(value);
  if (value instanceof Tensor) return [value];
  const parts: Iterable<unknown> =
    value instanceof Map || Array.isArray(value) || value instanceof Set
      ? value.values()
      : Object.values(value);
  return [...parts].flatMap((part) => tensorsOf(part, seen));
}
