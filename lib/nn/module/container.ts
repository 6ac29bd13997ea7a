import { atMost } from '../../argument/atMost.js';
import { describe } from '../../argument/describe.js';
import { entriesOf } from '../../argument/dict.js';
import { integer } from '../../argument/kind.js';
import { isPlain } from '../../argument/options.js';
import { invalidArgument } from '../../error.js';
import type { Tensor } from '../../tensor/index.js';
import { Module } from './module.js';
import { requireMemberName } from './registration.js';
import { entry } from './repr.js';

/** @internal What the containers have in common: modules in an order, named by their numbers. */
export abstract class Container<M extends Module> extends Module {
  #entries: [name: string, module: M][] = [];

  protected constructor(modules: Iterable<M>) {
    super();
    requireModules(this, modules);
    for (const module of modules) this.append(module);
  }

  /** Adds a module at the end; returns the container. */
  append(module: M): this {
    atMost('append', 1, arguments.length);
    this.addNamed(String(this.length), module);
    return this;
  }

  /** Adds a module at the end, or in the place of the one of that name. */
  protected addNamed(name: string, module: M): void {
    requireMemberName(this, name);
    const entry: [string, M] = [name, requireElement(this, module)];
    const at = this.#entries.findIndex(([key]) => key === name);
    if (at < 0) this.#entries.push(entry);
    else this.#entries[at] = entry;
  }

  /** Adds a module at the end, or in the place of the one of that name. */
  override registerModule(name: string, module: Module | null): void {
    atMost('registerModule', 2, arguments.length);
    this.addNamed(name, module as M);
  }

  /** Adds several modules at the end; returns the container. */
  extend(modules: Iterable<M>): this {
    atMost('extend', 1, arguments.length);
    requireModules(this, modules);
    for (const module of [...modules]) this.append(module);
    return this;
  }

  /**
   * Puts a module before the one at an index; returns the container.
   * @throws {TypeError} `ERR_INVALID_ARG` for an index out of range, and where modules have names of their own.
   */
  insert(index: number, module: M): this {
    atMost('insert', 2, arguments.length);
    requireElement(this, module);
    if (this.#entries.some(([name], i) => name !== String(i))) {
      throw invalidArgument(
        `${this.constructor.name}: insert: its modules have names of their own`,
      );
    }
    const at = index < 0 ? index + this.length : index;
    if (!Number.isInteger(at) || at < 0 || at > this.length) throw this.#outOfRange(index);
    const modules = [...this];
    modules.splice(at, 0, module);
    this.#renumber(modules);
    return this;
  }

  /** Takes a module out, by default the last, and returns it; those behind it get other numbers. */
  pop(index = -1): M {
    atMost('pop', 1, arguments.length);
    const found = this.at(index);
    const modules = [...this];
    modules.splice(index, 1);
    this.#renumber(modules);
    return found;
  }

  #renumber(modules: readonly M[]): void {
    this.#entries = modules.map((module, i) => [String(i), module]);
  }

  /** The module at an index; negative counts from the end. @throws {TypeError} `ERR_INVALID_ARG` */
  at(index: number): M {
    atMost('at', 1, arguments.length);
    const found = Number.isInteger(index) ? this.#entries.at(index) : undefined;
    if (found === undefined) throw this.#outOfRange(index);
    return found[1];
  }

  #outOfRange(index: unknown): TypeError {
    return invalidArgument(
      `${this.constructor.name}: index ${describe(index)} is out of range for ${this.length} modules`,
    );
  }

  /** Puts another module in a place; negative counts from the end. @throws {TypeError} `ERR_INVALID_ARG` */
  set(index: number, module: M): this {
    atMost('set', 2, arguments.length);
    this.at(index);
    const entry = this.#entries.at(index)!;
    entry[1] = requireElement(this, module);
    return this;
  }

  get length(): number {
    return this.#entries.length;
  }

  *[Symbol.iterator](): IterableIterator<M> {
    for (const [, module] of this.#entries) yield module;
  }

  /** The modules with their names. */
  protected named(): readonly (readonly [string, M])[] {
    return this.#entries;
  }

  override ownMembers(): [string, unknown][] {
    atMost('ownMembers', 0, arguments.length);
    return [...super.ownMembers(), ...this.#entries];
  }
}

/**
 * Modules called one after the other, each with the result of the one before; mirrors
 * `torch.nn.Sequential`. Given as an object or a Map, they have its names.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` when an argument is no module.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.Sequential.html
 * @example
 * const net = new nn.Sequential(new nn.Flatten(), new nn.Linear(784, 10));
 * net.forward(torch.zeros(2, 1, 28, 28)).shape; // → [ 2, 10 ]
 */
export class Sequential extends Container<Module> {
  constructor(...modules: Module[]);
  constructor(named: Readonly<Record<string, Module>> | ReadonlyMap<string, Module>);
  constructor(...given: unknown[]) {
    const [named] = given;
    const areNamed = given.length === 1 && (named instanceof Map || isPlain(named));
    super(areNamed ? [] : (given as Module[]));
    if (!areNamed) return;
    for (const [name, module] of entriesOf('Sequential', named, 'modules by name')) {
      this.addNamed(name as string, module as Module);
    }
  }

  /** The modules from one index to before another, under their names. */
  slice(start?: number, end?: number): Sequential {
    atMost('slice', 2, arguments.length);
    const [from, to] = readRange('slice', start, end);
    return new Sequential(new Map(this.named().slice(from, to)));
  }

  forward(input: Tensor): Tensor {
    atMost('Sequential.forward', 1, arguments.length);
    let result = input;
    for (const module of this) result = module.forward(result);
    return result;
  }
}

/**
 * A list of modules for a module to call as it likes; mirrors `torch.nn.ModuleList`.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` when an element is no module.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.ModuleList.html
 * @example
 * const layers = new nn.ModuleList([new nn.Linear(2, 2), new nn.Linear(2, 1)]);
 * layers.length; // → 2
 */
export class ModuleList<M extends Module = Module> extends Container<M> {
  constructor(modules: Iterable<M> = []) {
    atMost('ModuleList', 1, arguments.length);
    super(modules);
  }

  /** The modules from one index to before another, as a list of their own. */
  slice(start?: number, end?: number): ModuleList<M> {
    atMost('slice', 2, arguments.length);
    return new ModuleList([...this].slice(...readRange('slice', start, end)));
  }

  /** A list has no forward pass. @throws {TypeError} `ERR_INVALID_ARG` */
  forward(): never {
    atMost('ModuleList.forward', 0, arguments.length);
    throw invalidArgument('ModuleList: has no forward pass: call its modules');
  }

  /** Modules with the same text are counted, as in Python: `(0-2): 3 x Linear(…)`. */
  override toString(): string {
    atMost('toString', 0, arguments.length);
    const runs: { text: string; first: number; last: number }[] = [];
    for (const [i, module] of [...this].entries()) {
      const text = module.toString();
      const run = runs.at(-1);
      if (run?.text === text) run.last = i;
      else runs.push({ text, first: i, last: i });
    }
    if (runs.length === 0) return `${this.constructor.name}()`;
    const lines = runs.map(({ text, first, last }) =>
      first === last
        ? entry(String(first), text)
        : entry(`${first}-${last}`, `${last - first + 1} x ${text}`),
    );
    return `${this.constructor.name}(\n  ${lines.join('\n  ')}\n)`;
  }
}

/**
 * Returns what it is given; mirrors `torch.nn.Identity`. Any shape → the same.
 *
 * @example
 * new nn.Identity().forward(torch.tensor([1, 2])); // → tensor([1., 2.])
 */
export class Identity extends Module {
  forward<T>(input: T): T {
    atMost('Identity.forward', 1, arguments.length);
    return input;
  }
}

const endKind = integer().optional();

function readRange(what: string, start: unknown, end: unknown): [number, number | undefined] {
  const read = (name: string, value: unknown) =>
    value === undefined ? undefined : endKind.kind.read(`${what}: ${name}`, value);
  return [read('start', start) ?? 0, read('end', end)];
}

function requireElement<M extends Module>(container: Module, module: M): M {
  if (module instanceof Module) return module;
  throw invalidArgument(
    `${container.constructor.name}: expected a Module, got ${describe(module)}`,
  );
}

function requireModules(container: Module, modules: unknown): void {
  if (typeof (modules as Iterable<Module> | null)?.[Symbol.iterator] === 'function') return;
  throw invalidArgument(
    `${container.constructor.name}: modules: expected a list of modules, got ${describe(modules)}`,
  );
}
