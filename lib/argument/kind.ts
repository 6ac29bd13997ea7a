import { invalidArgument } from '../error.js';
import { describe } from './describe.js';

/** What an argument can be: words for it, and what is made of it. */
export class Kind<Given, Value = Given> {
  readonly expected: string;
  /** `undefined` for what does not fit. */
  readonly convert: (given: unknown) => Value | undefined;
  // Only the type knows what is taken.
  declare protected readonly given: Given;

  constructor(expected: string, convert: (given: unknown) => Value | undefined) {
    this.expected = expected;
    this.convert = convert;
  }

  /** @throws {TypeError} `ERR_INVALID_ARG` @param name - `'Conv2d: stride'` */
  read(name: string, given: unknown): Value {
    const value = this.convert(given);
    if (value !== undefined) return value;
    throw invalidArgument(`${name}: expected ${this.expected}, got ${describe(given)}`);
  }

  /** As an option, with what it is where nothing is given. */
  or<Initial extends Given>(initial: Initial): Setting<Given, Value> {
    return new Setting(this, this.convert(initial));
  }

  /** As an argument that is the same as another one before it where nothing is given. */
  orLike(other: string): Setting<Given, Value> {
    return new Setting(this, undefined, other);
  }

  /** As an option that may be left out. */
  optional(): Setting<Given, Value | undefined> {
    return new Setting(this, undefined);
  }
}

/** A {@link Kind} for an option: `undefined` means not given. */
export class Setting<Given, Value = Given> {
  readonly kind: Kind<Given, Value>;
  readonly initial: Value | undefined;
  /** The name of the argument that it is the same as, if it is that. */
  readonly like: string | undefined;

  constructor(kind: Kind<Given, Value>, initial: Value | undefined, like?: string) {
    this.kind = kind;
    this.initial = initial;
    this.like = like;
  }
}

const when = <T>(expected: string, fits: (given: never) => boolean): Kind<T> =>
  new Kind(expected, (given) => (fits(given as never) ? (given as T) : undefined));

const atLeast = (least: number): string =>
  least === Number.NEGATIVE_INFINITY ? '' : ` ≥ ${least}`;

export const integer = (least = Number.NEGATIVE_INFINITY): Kind<number> =>
  when(
    `an integer${atLeast(least)}`,
    (given: number) => Number.isSafeInteger(given) && given >= least,
  );

/** No NaN. */
export const number = (least = Number.NEGATIVE_INFINITY): Kind<number> =>
  when(`a number${atLeast(least)}`, (given) => typeof given === 'number' && given >= least);

/** What tensors are filled with, NaN too. */
export const filler: Kind<number> = when('a number', (given) => typeof given === 'number');

export const probability: Kind<number> = when(
  'a probability between 0 and 1',
  (given) => typeof given === 'number' && given >= 0 && given <= 1,
);

export const flag: Kind<boolean> = when('a boolean', (given) => typeof given === 'boolean');

export const text: Kind<string> = when('a string', (given) => typeof given === 'string');

export const oneOf = <const T extends string>(...allowed: readonly T[]): Kind<T> =>
  when(`one of ${allowed.map((each) => `'${each}'`).join(', ')}`, (given: T) =>
    allowed.includes(given),
  );

// biome-ignore lint/suspicious/noExplicitAny: a function of any kind is asked for here
export const callback = <F extends (...args: any[]) => unknown>(expected = 'a function'): Kind<F> =>
  when(expected, (given) => typeof given === 'function');

/** An object of a class, or anything else that `Class`'s `instanceof` takes. */
export const instance = <T>(
  Class: { [Symbol.hasInstance](value: unknown): boolean },
  expected: string,
): Kind<T> => when(expected, (given) => Class[Symbol.hasInstance](given));

export const signalKind = instance<AbortSignal>(AbortSignal, 'an AbortSignal');

/** Checked further where it is used. */
export const anything = <T>(expected: string): Kind<T> => new Kind(expected, (given) => given as T);

/** `null` too. */
export const orNull = <Given, Value>(kind: Kind<Given, Value>): Kind<Given | null, Value | null> =>
  new Kind(`${kind.expected} or null`, (given) => (given === null ? null : kind.convert(given)));

/** Either of two kinds. */
export const either = <A, B, C, D>(one: Kind<A, B>, other: Kind<C, D>): Kind<A | C, B | D> =>
  new Kind<A | C, B | D>(
    `${one.expected} or ${other.expected}`,
    (given) => one.convert(given) ?? other.convert(given),
  );
