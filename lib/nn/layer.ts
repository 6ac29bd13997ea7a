import { type Args, type ArgsOf, type OptionsOf, Signature } from '../argument/arguments.js';
import { Setting } from '../argument/kind.js';
import type { Spec, ValuesOf } from '../argument/options.js';
import { Module } from './module/module.js';
import { emptyParameter, type Parameter, type ParameterOptions } from './module/parameter.js';
import { pythonFloat, pythonFloats, pythonText } from './module/repr.js';

type None = Record<never, never>;

/** What a layer is made with: everything by name, with its kind and, where it may be left out, its default. */
export interface Declaration<A extends Args = Args, O extends Spec = Spec, M extends Spec = Spec> {
  /** Given by position, in this order; they become fields. */
  readonly args?: A;
  /** Given by name, in one object; they become fields. */
  readonly options?: O;
  /** Options that only say how the layer is made, such as a dtype: no fields. */
  readonly making?: M;
  /**
   * What Python prints between the parentheses: `{name}` stands for the field's value, `{name:float}` for that of a
   * number that Python keeps as a float (1.0), or several in parentheses, `{name:floats}` of several in brackets; of a
   * part of `making`, for whether the layer has the member of that name. `[…]` is left out where the value in it is the
   * default.
   */
  readonly repr?: string;
}

/** What a declared layer has beside its fields. */
export abstract class Layer<Making> extends Module {
  // Not enumerable: a module's enumerable fields are its members.
  #making: Making | undefined;

  /** The values of the declaration's `making`. */
  protected get making(): Making {
    return this.#making as Making;
  }

  protected set making(values: Making) {
    this.#making = values;
  }

  /** A parameter without values yet, of the dtype and on the device that the layer is made with. */
  protected learned(...shape: number[]): Parameter {
    return emptyParameter(shape, this.making as ParameterOptions);
  }
}

/** A class to derive a layer from. */
export type LayerClass<A extends Args, O extends Spec, M extends Spec> = abstract new (
  ...given: Given<A, O & M>
) => Layer<ValuesOf<M>> & ArgsOf<A> & ValuesOf<O>;

// No type can name arguments by position: a layer that takes some names them in a constructor of its own.
type Given<A extends Args, S extends Spec> = [keyof A, keyof S] extends [never, never]
  ? []
  : [keyof A] extends [never]
    ? [options?: { [Name in keyof S]?: OptionsOf<S>[Name] }]
    : readonly unknown[];

// biome-ignore lint/suspicious/noExplicitAny: what TypeScript asks of a class that is mixed into another
type Mixed<Members> = abstract new (...given: any[]) => Members;

/** A declared layer's class with members that several layers have in common. */
export type With<Class, Members> = Mixed<Members> & Class;

/** The options that a declaration leads to: `interface DropoutOptions extends LayerOptions<typeof dropout> {}`. */
export type LayerOptions<D extends Declaration> = OptionsOf<Part<D, 'options'> & Part<D, 'making'>>;

type Part<D, Name extends string> = D extends { readonly [N in Name]: infer S extends Spec }
  ? S
  : None;

/**
 * A base class for a layer, from all there is to say about its arguments: they are checked and kept when it is made,
 * anything else is refused, and it prints as in Python.
 *
 * @param name - The class's name, for messages: subclasses may have any other.
 */
export function layer<A extends Args = None, O extends Spec = None, M extends Spec = None>(
  name: string,
  declaration: Declaration<A, O, M> = {},
): LayerClass<A, O, M> {
  const { args = {} as A, options = {} as O, making = {} as M, repr = '' } = declaration;
  const all: Args = { ...args, ...options, ...making };
  const signature = new Signature(name, args, { ...options, ...making });
  const [named, unkept] = [Object.keys(options), Object.keys(making)];

  abstract class Declared extends Layer<ValuesOf<M>> {
    static readonly declaration: Declaration = declaration;

    constructor(...given: readonly unknown[]) {
      super();
      const values = signature.read(given, this);
      for (const each of named) (this as Record<string, unknown>)[each] = values[each];
      this.making = (unkept.length > 0 ? only(unkept, values) : {}) as ValuesOf<M>;
    }

    override extraRepr(): string {
      const textOf = (part: string, type?: string): string => {
        const value: unknown = Reflect.get(this, part);
        if (type !== undefined) return type === 'float' ? pythonFloat(value) : pythonFloats(value);
        return pythonText(Object.hasOwn(making, part) ? value !== null : value);
      };
      const isDefault = (part: string): boolean => {
        const kind = all[part];
        return kind instanceof Setting && textOf(part) === pythonText(kind.initial);
      };
      return repr
        .replaceAll(/\[(.*?\{(\w+)(?::floats?)?\}.*?)\]/g, (_, shown, part) =>
          isDefault(part) ? '' : shown,
        )
        .replaceAll(/\{(\w+)(?::(floats?))?\}/g, (_, part, type) => textOf(part, type));
    }
  }
  return Declared as unknown as LayerClass<A, O, M>;
}

function only(names: readonly string[], values: Readonly<Record<string, unknown>>): object {
  const some: Record<string, unknown> = {};
  for (const name of names) some[name] = values[name];
  return some;
}
