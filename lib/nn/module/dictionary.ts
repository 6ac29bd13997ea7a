import { atMost } from '../../argument/atMost.js';
import { describe } from '../../argument/describe.js';
import { entriesOf } from '../../argument/dict.js';
import { invalidArgument } from '../../error.js';
import { Module } from './module.js';
import { requireMemberName } from './registration.js';

/** What dictionaries are made from. */
export type Named<T> =
  | Readonly<Record<string, T>>
  | ReadonlyMap<string, T>
  | Iterable<readonly [string, T]>;

/** What the dictionaries have in common: parts in the order in which they came, by name. */
export abstract class Dictionary<T> extends Module {
  readonly #entries = new Map<string, T>();

  /** A part as it is kept. @throws {TypeError} `ERR_INVALID_ARG` */
  protected abstract accept(value: T): T;

  /** The part of that name. @throws {TypeError} `ERR_INVALID_ARG` where there is none. */
  get(key: string): T {
    atMost('get', 1, arguments.length);
    const found = this.#entries.get(key);
    if (found !== undefined) return found;
    const { name } = this.constructor;
    throw invalidArgument(`${name}: there is no ${describe(key)}; there are ${[...this.keys()]}`);
  }

  /** Puts a part under a name; returns the dictionary. */
  set(key: string, value: T): this {
    atMost('set', 2, arguments.length);
    requireMemberName(this, key);
    this.#entries.set(key, this.accept(value));
    return this;
  }

  has(key: string): boolean {
    atMost('has', 1, arguments.length);
    return this.#entries.has(key);
  }

  /** Takes a part out. @returns Whether it was there. */
  delete(key: string): boolean {
    atMost('delete', 1, arguments.length);
    return this.#entries.delete(key);
  }

  /** Takes a part out and returns it. @throws {TypeError} `ERR_INVALID_ARG` where there is none. */
  pop(key: string): T {
    atMost('pop', 1, arguments.length);
    const found = this.get(key);
    this.#entries.delete(key);
    return found;
  }

  /** Takes all parts out. */
  clear(): void {
    atMost('clear', 0, arguments.length);
    this.#entries.clear();
  }

  /** Puts all parts of another dictionary, an object, a Map or a list of pairs under their names. */
  update(parts: Named<T> | Dictionary<T>): this {
    atMost('update', 1, arguments.length);
    for (const [key, value] of pairsOf<T>(this.constructor.name, parts)) this.set(key, value);
    return this;
  }

  keys(): IterableIterator<string> {
    atMost('keys', 0, arguments.length);
    return this.#entries.keys();
  }

  values(): IterableIterator<T> {
    atMost('values', 0, arguments.length);
    return this.#entries.values();
  }

  entries(): IterableIterator<[string, T]> {
    atMost('entries', 0, arguments.length);
    return this.#entries.entries();
  }

  get length(): number {
    return this.#entries.size;
  }

  /** The names, as in Python. */
  [Symbol.iterator](): IterableIterator<string> {
    return this.#entries.keys();
  }

  override ownMembers(): [string, unknown][] {
    atMost('ownMembers', 0, arguments.length);
    return [...super.ownMembers(), ...this.#entries];
  }

  /** A dictionary has no forward pass. @throws {TypeError} `ERR_INVALID_ARG` */
  forward(): never {
    atMost('forward', 0, arguments.length);
    throw invalidArgument(`${this.constructor.name}: has no forward pass: call its parts`);
  }
}

function pairsOf<T>(what: string, parts: unknown): [string, T][] {
  if (parts instanceof Dictionary) return [...parts.entries()];
  if (Array.isArray(parts)) {
    if (parts.every((pair) => Array.isArray(pair) && pair.length === 2)) return parts;
    throw invalidArgument(`${what}: expected pairs of a name and a value`);
  }
  return entriesOf(what, parts, 'an object, a Map or a list of pairs') as [string, T][];
}

/**
 * Modules by name, for a module to call as it likes; mirrors `torch.nn.ModuleDict`. A Map's methods in place of
 * Python's brackets.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` when a value is no module, or a name has dots.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.ModuleDict.html
 * @example
 * const layers = new nn.ModuleDict({ relu: new nn.ReLU(), tanh: new nn.Tanh() });
 * layers.get('relu').forward(torch.tensor([-1, 2])); // → tensor([0., 2.])
 * [...layers.keys()]; // → [ 'relu', 'tanh' ]
 */
export class ModuleDict<M extends Module = Module> extends Dictionary<M> {
  constructor(modules?: Named<M> | ModuleDict<M> | null) {
    atMost('ModuleDict', 1, arguments.length);
    super();
    if ((modules ?? null) !== null) this.update(modules as Named<M>);
  }

  /** The same as {@link set}. */
  override registerModule(name: string, module: Module | null): void {
    atMost('registerModule', 2, arguments.length);
    this.set(name, module as M);
  }

  protected override accept(value: M): M {
    if (value instanceof Module) return value;
    throw invalidArgument(`ModuleDict: expected a Module, got ${describe(value)}`);
  }
}
