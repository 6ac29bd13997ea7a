import { isPlain } from '../../argument/options.js';
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

/**
 * The same result with other tensors in it: itself, or in arrays and plain objects. What is of a class stays, as in
 * Python.
 */
export function replaceTensors<T>(value: T, others: ReadonlyMap<unknown, Tensor>): T {
  if (value instanceof Tensor) return (others.get(value) ?? value) as T;
  if (Array.isArray(value)) return value.map((each) => replaceTensors(each, others)) as T;
  if (!isPlain(value)) return value;
  const parts = Object.entries(value).map(([name, part]) => [name, replaceTensors(part, others)]);
  return Object.fromEntries(parts);
}
