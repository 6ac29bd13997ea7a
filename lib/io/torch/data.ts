import { TorchError } from '../../error.js';
import { isGlobal, type Key, Tuple } from '../pickle/values.js';
import { unknownGlobal } from './globals.js';
import { Storage } from './tensors.js';

// Deeper data would overflow the stack of whoever walks through it.
export const deepest = 1000;

/**
 * What a pickle built, in JavaScript's words: dicts whose keys are all strings as objects, others as
 * `Map`s, tuples as frozen arrays, dtypes as their names. Shared parts stay shared, circles closed.
 */
export function toData(root: unknown, path: string): unknown {
  const known = new Map<unknown, unknown>();
  const convert = (value: unknown, depth: number): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    if (known.has(value)) return known.get(value);
    if (depth > deepest) {
      throw new TorchError('ERR_FILE_FORMAT', `${path}: it is nested more than ${deepest} deep`);
    }
    const inner = (each: unknown): unknown => convert(each, depth + 1);
    if (Array.isArray(value) || value instanceof Tuple) {
      const list: unknown[] = [];
      known.set(value, list);
      for (const each of Array.isArray(value) ? value : value.items) list.push(inner(each));
      return value instanceof Tuple ? Object.freeze(list) : list;
    }
    if (value instanceof Map) return convertDict(value, known, inner);
    if (value instanceof Storage) {
      throw new TorchError('ERR_FILE_FORMAT', `${path}: it holds a bare storage; save a tensor`);
    }
    if (isGlobal(value)) {
      if (value.value === undefined) throw unknownGlobal(path, value.name);
      return value.value;
    }
    return value;
  };
  return convert(root, 0);
}

function convertDict(
  dict: ReadonlyMap<Key, unknown>,
  known: Map<unknown, unknown>,
  inner: (value: unknown) => unknown,
): unknown {
  if ([...dict.keys()].every((key) => typeof key === 'string')) {
    const object: Record<string, unknown> = {};
    known.set(dict, object);
    for (const [key, value] of dict) {
      // Not by assignment, which would take '__proto__' for the prototype.
      Object.defineProperty(object, key as string, {
        value: inner(value),
        configurable: true,
        enumerable: true,
        writable: true,
      });
    }
    return object;
  }
  const map = new Map<Key, unknown>();
  known.set(dict, map);
  for (const [key, value] of dict) map.set(key, inner(value));
  return map;
}
