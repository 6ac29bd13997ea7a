import { inspect } from 'node:util';

import { Kind, number, type Setting } from '../argument/kind.js';
import type { Spec, ValuesOf } from '../argument/options.js';
import { getDefaultDtype } from '../context/defaultDtype.js';
import { invalidArgument } from '../error.js';
import { Tensor } from '../tensor/index.js';

/** The settings of a group, which may be changed between steps. */
export type Settings<S extends Spec> = { -readonly [Name in keyof ValuesOf<S>]: ValuesOf<S>[Name] };

/** What may be given for them. */
export type Given<S extends Spec> = {
  // biome-ignore lint/suspicious/noExplicitAny: whatever is made of it
  [Name in keyof S]?: S[Name] extends Setting<infer Taken, any> ? Taken | undefined : never;
};

/**
 * A learning rate, ≥ 0. A tensor of one element stays that tensor, as in Python, and counts as its number: the type
 * is that of who gives numbers.
 */
export const rate = new Kind<number | Tensor, number>('a number ≥ 0', (given) => {
  const value = given instanceof Tensor && given.numel() === 1 ? Number(given.item()) : given;
  return number(0).convert(value) === undefined ? undefined : (given as number);
});

/** Two shares for means over time, each in [0, 1); a copy. */
export const betas = new Kind<readonly [number, number], [number, number]>(
  'two numbers, each ≥ 0 and < 1',
  (given) => {
    const fits = (each: unknown) => typeof each === 'number' && each >= 0 && each < 1;
    if (!Array.isArray(given) || given.length !== 2 || !given.every(fits)) return undefined;
    return [given[0], given[1]];
  },
);

/** Two numbers; a copy. */
export const twoNumbers = new Kind<readonly [number, number], [number, number]>(
  'two numbers',
  (given) => {
    const fits = (each: unknown) => number().convert(each) !== undefined;
    if (!Array.isArray(given) || given.length !== 2 || !given.every(fits)) return undefined;
    return [given[0], given[1]];
  },
);

/** Options without those that are `undefined`, which are not given. */
export function given<T extends object>(options: T): T {
  const entries = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as T;
}

/**
 * A number of a group as it is now: groups may be changed between steps. A tensor of one element counts as
 * its number, as in Python.
 *
 * @param what - `'Adam: lr'`
 * @throws {TypeError} `ERR_INVALID_ARG` for anything else, and for NaN.
 */
export function numberOf(what: string, value: unknown): number {
  const number = value instanceof Tensor && value.numel() === 1 ? Number(value.item()) : value;
  if (typeof number === 'number' && !Number.isNaN(number)) return number;
  throw invalidArgument(`${what}: expected a number, got ${inspect(value)}`);
}

/** Of what is one number of a parameter. In half precision, counts would end at 2048. */
export const scalarDtype = (): 'float32' | 'float64' =>
  getDefaultDtype() === 'float64' ? 'float64' : 'float32';

function switchOf(what: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw invalidArgument(`${what}: expected a boolean, got ${inspect(value)}`);
}

/**
 * A group's settings as they are now, tensors as their numbers. Of the kinds that they have from the beginning; ranges
 * are not looked at again, as in Python.
 *
 * @throws {TypeError} `ERR_INVALID_ARG`
 */
export function settingsNow<S extends Spec>(name: string, spec: S, group: object): Settings<S> {
  const now: Record<string, unknown> = {};
  for (const key in spec) {
    const { kind, initial } = spec[key]!;
    const value = (group as Record<string, unknown>)[key];
    const what = `${name}: ${key}`;
    if (typeof initial === 'number') now[key] = numberOf(what, value);
    else if (typeof initial === 'boolean') now[key] = switchOf(what, value);
    else if (Array.isArray(initial) && initial.every((each) => typeof each === 'number')) {
      now[key] = initial.map((_, i) => numberOf(what, (value as unknown[] | undefined)?.[i]));
    } else now[key] = value === undefined ? undefined : kind.read(what, value);
  }
  return now as Settings<S>;
}
