import type { Module } from '../nn/index.js';

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
  const fields = Object.keys(module);
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
  readonly #parts: readonly Part[];

  constructor(net: Module) {
    this.modules = [...net.modules()];
    this.#parts = this.modules.map(part);
  }

  // Asked before each prediction: no field is listed with its value, which would take twice as long.
  matches(): boolean {
    return this.#parts.every(({ module, fields, values, listed }) => {
      if (Object.keys(module).length !== fields.length) return false;
      for (let k = 0; k < fields.length; k++) {
        const name = fields[k]!;
        if (!Object.is(module[name], values[k]) && name !== changesNothing) return false;
      }
      if (!isList(module)) return true;
      let count = 0;
      for (const member of module) if (member !== listed[count++]) return false;
      return count === listed.length;
    });
  }
}
