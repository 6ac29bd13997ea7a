import { type Args, type ArgsOf, type OptionsOf, Signature } from './arguments.js';
import type { Setting } from './kind.js';
import type { Spec, ValuesOf } from './options.js';

type None = Record<never, never>;

/** What a function takes: by position in this order, or by name from any place on, and what only has a name. */
export interface Takes<A extends Args = Args, O extends Spec = Spec> {
  readonly args: A;
  readonly options?: O;
}

// An intersection with what has no names would take any.
type Named<A extends Args, O extends Spec> = [keyof O] extends [never]
  ? Optional<A>
  : Optional<A> & OptionsOf<O>;

type Optional<A extends Args> = {
  [Name in keyof A as A[Name] extends Setting<unknown> ? Name : never]?: A[Name] extends Setting<
    infer Given,
    infer _Value
  >
    ? Given | undefined
    : never;
};

// Some of what may be left out by position, the rest by name.
type Mixed<Before extends unknown[], More extends unknown[], Rest> = number extends More['length']
  ? never
  : More extends [_?: infer Next, ...others: infer Others]
    ? Others extends []
      ? never
      : [...Before, Next, Rest] | Mixed<[...Before, Next], Others, Rest>
    : never;

type AsList<T> = T extends unknown[] ? T : never;

/** The ways to give what is needed and what may be left out: by position, by name, or some of both. */
export type GivenTo<Needed extends unknown[], More extends unknown[], A extends Args> =
  | [...Needed, ...More]
  | [...Needed, options: Named<A, None>]
  | AsList<Mixed<Needed, More, Named<A, None>>>;

/** A function of PyTorch's: `elu(x, 1, true)`, `elu(x, { inplace: true })` and `elu(x, 1, { inplace: true })`. */
export interface Ordered<
  Needed extends unknown[],
  More extends unknown[],
  A extends Args,
  O extends Spec,
  Result,
> {
  (
    ...given: [...Needed, ...More, ...([keyof O] extends [never] ? [] : [named?: OptionsOf<O>])]
  ): Result;
  (...given: [...Needed, options: Named<A, O>]): Result;
  (...given: AsList<Mixed<Needed, More, Named<A, O>>>): Result;
}

const taken = new WeakMap<object, Takes>();

/** What a function made by {@link ordered} takes; `undefined` for any other. */
export const takenBy = (made: object): Takes | undefined => taken.get(made);

/**
 * A function that takes its arguments as Python does: `ordered<[input: Tensor], [p?: number]>()('dropout', …)` with the
 * types of what has to be given and of what may be. Everything is checked; nothing else is taken.
 */
export function ordered<Needed extends unknown[], More extends unknown[] = []>() {
  return <A extends Args, Result, O extends Spec = None>(
    name: string,
    takes: Takes<A, O>,
    // What a body takes must not say what there is: a spec without names would become one with any.
    body: (given: ArgsOf<A> & ValuesOf<NoInfer<O>>) => Result,
  ): Ordered<Needed, More, A, O, Result> => {
    const { args, options } = takes;
    const signature = new Signature(name, args, options ?? {});
    const made = (...given: unknown[]): Result => {
      const values = {};
      const named = signature.read(given, values);
      return body((options ? Object.assign(values, named) : values) as ArgsOf<A> & ValuesOf<O>);
    };
    Object.defineProperty(made, 'name', { value: name });
    taken.set(made, takes as unknown as Takes);
    return made as unknown as Ordered<Needed, More, A, O, Result>;
  };
}
