import { atMost } from '../../argument/atMost.js';
import { describe } from '../../argument/describe.js';
import { invalidArgument } from '../../error.js';
import type { Tensor } from '../../tensor/index.js';
import { Module } from './module.js';
import { entry } from './repr.js';

/** What the containers have in common: modules in an order, named by their numbers. */
abstract class Container<M extends Module> extends Module {
  readonly #modules: M[] = [];

  protected constructor(modules: Iterable<M>) {
    super();
    requireModules(this, modules);
    for (const module of modules) this.append(module);
  }

  /** Adds a module at the end; returns the container. */
  append(module: M): this {
    atMost('append', 1, arguments.length);
    if (!(module instanceof Module)) {
      throw invalidArgument(`${this.constructor.name}: expected a Module, got ${describe(module)}`);
    }
    this.#modules.push(module);
    return this;
  }

  /** The module at an index; negative counts from the end. @throws {TypeError} `ERR_INVALID_ARG` */
  at(index: number): M {
    atMost('at', 1, arguments.length);
    const found = Number.isInteger(index) ? this.#modules.at(index) : undefined;
    if (found === undefined) {
      throw invalidArgument(
        `${this.constructor.name}: index ${describe(index)} is out of range for ${this.length} modules`,
      );
    }
    return found;
  }

  get length(): number {
    return this.#modules.length;
  }

  [Symbol.iterator](): IterableIterator<M> {
    return this.#modules[Symbol.iterator]();
  }

  override ownMembers(): [string, unknown][] {
    atMost('ownMembers', 0, arguments.length);
    const numbered = this.#modules.map((module, i): [string, unknown] => [String(i), module]);
    return [...super.ownMembers(), ...numbered];
  }
}

/**
 * Modules called one after the other, each with the result of the one before; mirrors
 * `torch.nn.Sequential`.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` when an argument is no module.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.Sequential.html
 */
export class Sequential extends Container<Module> {
  constructor(...modules: Module[]) {
    super(modules);
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
 */
export class ModuleList<M extends Module = Module> extends Container<M> {
  constructor(modules: Iterable<M> = []) {
    atMost('ModuleList', 1, arguments.length);
    super(modules);
  }

  /** Adds several modules at the end; returns the list. */
  extend(modules: Iterable<M>): this {
    atMost('extend', 1, arguments.length);
    requireModules(this, modules);
    for (const module of modules) this.append(module);
    return this;
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

/** Returns what it is given; mirrors `torch.nn.Identity`. */
export class Identity extends Module {
  forward<T>(input: T): T {
    atMost('Identity.forward', 1, arguments.length);
    return input;
  }
}

function requireModules(container: Module, modules: unknown): void {
  if (typeof (modules as Iterable<Module> | null)?.[Symbol.iterator] === 'function') return;
  throw invalidArgument(
    `${container.constructor.name}: modules: expected a list of modules, got ${describe(modules)}`,
  );
}
