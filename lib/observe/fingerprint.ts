import type { Module } from '../nn/index.js';
import type { Tensor } from '../tensor/index.js';

const changesNothing = 'training';

// One module as it was: its fields, and for a container the modules in it.
interface Part {
  readonly module: Module & Record<string, unknown>;
  readonly fields: readonly string[];
  readonly values: readonly unknown[];
  readonly listed: readonly unknown[];
}

const isList = (module: object): module is Iterable<unknown> => Symbol.iterator in module;

function part(module: Module): Part {
  const fields: string[] = [];
  for (const name in module) fields.push(name);
  return {
    module: module as Part['module'],
    fields,
    values: fields.map((name) => Reflect.get(module, name)),
    listed: isList(module) ? [...module] : [],
  };
}

/**
 * What a model's modules consist of, to see quickly whether they still do: a layer put in another's
 * place, a changed setting. What a forward pass reads elsewhere is not seen.
 */
export class Fingerprint {
  readonly modules: readonly Module[];
  /** The first of the parameters. */
  readonly first: Tensor | undefined;
  readonly #parts: readonly Part[];

  constructor(net: Module) {
    this.modules = [...net.modules()];
    [this.first] = net.parameters();
    this.#parts = this.modules.map(part);
  }

  // Asked before each prediction: `for … in` makes no list of the names, which would take twice as long.
  matches(): boolean {
    for (const { module, fields, values, listed } of this.#parts) {
      let k = 0;
      for (const name in module) {
        if (name !== fields[k]) return false;
        if (!Object.is(module[name], values[k]) && name !== changesNothing) return false;
        k++;
      }
      if (k !== fields.length) return false;
      if (!isList(module)) continue;
      let count = 0;
      for (const member of module) if (member !== listed[count++]) return false;
      if (count !== listed.length) return false;
    }
    return true;
  }
}
