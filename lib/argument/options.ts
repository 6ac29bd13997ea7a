import { invalidArgument } from '../error.js';
import { describe } from './describe.js';
import type { Setting } from './kind.js';
import { nearest } from './nearest.js';

/** The options of one function, by name. */
// biome-ignore lint/suspicious/noExplicitAny: each option has a type of its own
export type Spec = Readonly<Record<string, Setting<any, any>>>;

/** A spec that has every option of an interface, and no other. */
export type SpecOf<Options> = {
  // biome-ignore lint/suspicious/noExplicitAny: what is made of it is the function's own business
  readonly [Name in keyof Required<Options>]: Setting<Exclude<Options[Name], undefined>, any>;
};

/** All options as they have been read. */
export type ValuesOf<S extends Spec> = {
  readonly [Name in keyof S]: S[Name] extends Setting<infer _Given, infer Value> ? Value : never;
};

/**
 * Reads an options object, the same way for every function of the package: only names that the spec has,
 * each value of its kind, defaults for what is not given or `undefined`.
 *
 * @param what - The function's name, for messages.
 * @throws {TypeError} `ERR_INVALID_ARG` for anything but a plain object, an unknown name or a misfit.
 */
export function readOptions<S extends Spec>(what: string, spec: S, options: unknown): ValuesOf<S> {
  const values: Record<string, unknown> = {};
  for (const name in spec) values[name] = spec[name]!.initial;
  if (options === undefined) return values as ValuesOf<S>;
  if (!isPlain(options)) throw noOptions(what, options, exampleFor(spec, options));
  for (const [name, given] of Object.entries(options)) {
    if (!Object.hasOwn(spec, name)) {
      if (given === undefined) continue;
      throw unknownOption(what, name, Object.keys(spec));
    }
    if (given !== undefined) values[name] = spec[name]!.kind.read(`${what}: ${name}`, given);
  }
  return values as ValuesOf<S>;
}

/**
 * {@link readOptions} where the function reads the values elsewhere: only names are looked at.
 * @param example - Of options, for messages.
 */
export function requireKnown(
  what: string,
  names: readonly string[],
  options: unknown,
  example = '',
): void {
  if (!isPlain(options)) throw noOptions(what, options, example);
  for (const [name, given] of Object.entries(options)) {
    if (given !== undefined && !names.includes(name)) throw unknownOption(what, name, names);
  }
}

/**
 * Whether something is an object of names and values, and not of a class. Test runners load packages
 * into contexts of their own, with another `Object.prototype`.
 */
export function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

// The option that the value would have been is the best hint.
function exampleFor(spec: Spec, given: unknown): string {
  const fits = (name: string): boolean => spec[name]!.kind.convert(given) !== undefined;
  const name = given === null ? undefined : Object.keys(spec).find(fits);
  return name === undefined ? '' : `{ ${name}: ${describe(given)} }`;
}

function noOptions(what: string, given: unknown, example: string): TypeError {
  const such = example === '' ? '' : ` such as ${example}`;
  return invalidArgument(`${what}: options: expected an object${such}, got ${describe(given)}`);
}

function unknownOption(what: string, name: string, names: readonly string[]): TypeError {
  const near = nearest(name, names);
  const hint = near === undefined ? `there are ${names.join(', ')}` : `did you mean '${near}'?`;
  return invalidArgument(`${what}: unknown option '${name}'; ${hint}`);
}
