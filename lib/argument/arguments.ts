import { atMost } from './atMost.js';
import { type Kind, Setting } from './kind.js';
import { isPlain, readOptions, type Spec, type ValuesOf } from './options.js';

/** What is given by position, in its order: a kind is required, a setting has a default. */
// biome-ignore lint/suspicious/noExplicitAny: each argument has a type of its own
export type Args = Readonly<Record<string, Kind<any, any> | Setting<any, any>>>;

/** The values of arguments as they have been read. */
export type ArgsOf<A extends Args> = {
  readonly [Name in keyof A]: A[Name] extends
    | Setting<infer _Given, infer Value>
    | Kind<infer _Given, infer Value>
    ? Value
    : never;
};

/** The options object that a spec takes; `undefined` means the default. */
export type OptionsOf<S extends Spec> = {
  [Name in keyof S]?:
    | (S[Name] extends Setting<infer Given, infer _Value> ? Given : never)
    | undefined;
};

/**
 * What a function takes: arguments by position, then one object of options, in which arguments may stand too that were
 * not given by position. Made once per function, so that a call looks nothing up.
 */
export class Signature<A extends Args, S extends Spec> {
  readonly #what: string;
  readonly #args: readonly (readonly [
    name: string,
    label: string,
    Kind<unknown>,
    Setting<unknown>?,
  ])[];
  readonly #options: S;
  readonly #defaults: ValuesOf<S>;
  readonly #most: number;
  /** From each argument on: what may be given by name. */
  readonly #byName: readonly Spec[];

  /** @param what - The function's name, for messages. */
  constructor(what: string, args: A, options: S) {
    this.#what = what;
    this.#args = Object.entries(args).map(([name, kind]) => [
      name,
      `${what}: ${name}`,
      ...(kind instanceof Setting ? ([kind.kind, kind] as const) : ([kind] as const)),
    ]);
    this.#options = options;
    this.#defaults = Object.freeze(readOptions(what, options, undefined));
    this.#most = this.#args.length + (Object.keys(options).length > 0 ? 1 : 0);
    this.#byName = this.#args.map((_, i) => ({ ...settingsFrom(this.#args.slice(i)), ...options }));
  }

  /**
   * Reads what a call was given.
   *
   * @param target - Gets the arguments by position under their names.
   * @returns The options.
   * @throws {TypeError} `ERR_INVALID_ARG` for a value that does not fit, an unknown option, an argument too many.
   */
  read(given: readonly unknown[], target: object): ValuesOf<S> {
    atMost(this.#what, this.#most, given.length);
    const last = given.length - 1;
    if (last >= 0 && last < this.#args.length && isPlain(given[last])) {
      return this.#readNamed(given.slice(0, last), given[last], target);
    }
    return this.#readInOrder(given, target);
  }

  // `new Dropout({ inplace: true })`: what comes after the last argument by position stands in the object.
  #readNamed(given: readonly unknown[], named: object, target: object): ValuesOf<S> {
    const values: Record<string, unknown> = readOptions(
      this.#what,
      this.#byName[given.length]!,
      named,
    );
    const isGiven = ([name]: readonly [string, ...unknown[]]) => Object.hasOwn(named, name);
    const rest = this.#args.slice(given.length);
    const inOrder = rest.map((arg) => (isGiven(arg) ? Reflect.get(named, arg[0]) : undefined));
    this.#readInOrder([...given, ...inOrder], target);
    for (const [name] of rest) delete values[name];
    return values as ValuesOf<S>;
  }

  #readInOrder(given: readonly unknown[], target: object): ValuesOf<S> {
    const values = target as Record<string, unknown>;
    for (let i = 0; i < this.#args.length; i++) {
      const [name, label, kind, setting] = this.#args[i]!;
      const value = given[i];
      if (value !== undefined || setting === undefined) values[name] = kind.read(label, value);
      else values[name] = setting.like === undefined ? setting.initial : values[setting.like];
    }
    const named = given[this.#args.length];
    return named === undefined ? this.#defaults : readOptions(this.#what, this.#options, named);
  }
}

function settingsFrom(
  args: readonly (readonly [string, string, Kind<unknown>, Setting<unknown>?])[],
): Spec {
  return Object.fromEntries(args.map(([name, , kind]) => [name, kind.optional()]));
}
