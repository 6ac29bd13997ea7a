import { atMost } from './atMost.js';
import { type Kind, Setting } from './kind.js';
import { readOptions, type Spec, type ValuesOf } from './options.js';

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
 * What a function takes: arguments by position, then one object of options where there are any. Made once per
 * function, so that a call looks nothing up.
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
    const values = target as Record<string, unknown>;
    for (let i = 0; i < this.#args.length; i++) {
      const [name, label, kind, setting] = this.#args[i]!;
      const value = given[i];
      values[name] =
        value === undefined && setting !== undefined ? setting.initial : kind.read(label, value);
    }
    const named = given[this.#args.length];
    return named === undefined ? this.#defaults : readOptions(this.#what, this.#options, named);
  }
}
