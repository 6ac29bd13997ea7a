import { invalidArgument } from '../error.js';
import { Tensor } from '../tensor/index.js';

// Words for what came instead of what was expected.
export function describe(value: unknown): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return `'${value}'`;
  if (Array.isArray(value)) return `[${value.map(describe).join(', ')}]`;
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value !== 'object') return typeof value === 'function' ? 'function' : String(value);
  return value instanceof Tensor ? 'Tensor' : (value.constructor?.name ?? 'object');
}

export function requireInteger(name: string, value: unknown, min: number): number {
  if (!Number.isSafeInteger(value) || (value as number) < min) {
    throw invalidArgument(`${name}: expected an integer ≥ ${min}, got ${describe(value)}`);
  }
  return value as number;
}

export function requireNumber(
  name: string,
  value: unknown,
  min = Number.NEGATIVE_INFINITY,
): number {
  if (typeof value !== 'number' || !(value >= min)) {
    const range = min === Number.NEGATIVE_INFINITY ? '' : ` ≥ ${min}`;
    throw invalidArgument(`${name}: expected a number${range}, got ${describe(value)}`);
  }
  return value;
}

export function requireBoolean(name: string, value: unknown): boolean {
  if (typeof value !== 'boolean') {
    throw invalidArgument(`${name}: expected a boolean, got ${describe(value)}`);
  }
  return value;
}

export function requireOneOf<T extends string>(name: string, value: T, allowed: readonly T[]): T {
  if (!allowed.includes(value)) {
    const names = allowed.map((each) => `'${each}'`).join(', ');
    throw invalidArgument(`${name}: expected one of ${names}, got ${describe(value)}`);
  }
  return value;
}

/** One number for both directions, or `[height, width]`. */
export type Pair = number | readonly [number, number];

export function requirePair(name: string, value: unknown, min: number): Pair {
  const numbers = Array.isArray(value) ? value : [value, value];
  const fits = (each: unknown): boolean => Number.isSafeInteger(each) && (each as number) >= min;
  if (numbers.length !== 2 || !numbers.every(fits)) {
    throw invalidArgument(
      `${name}: expected an integer ≥ ${min} or a pair of them, got ${describe(value)}`,
    );
  }
  return value as Pair;
}

export function toPair(value: Pair): [number, number] {
  return typeof value === 'number' ? [value, value] : [value[0], value[1]];
}

// An object given last holds options; anything else there is a mistake that would go unnoticed.
export function requireOptions(name: string, value: unknown): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalidArgument(`${name}: expected an object of options, got ${describe(value)}`);
  }
}
