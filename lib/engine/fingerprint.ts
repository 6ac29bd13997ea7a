import type { Module } from '../nn/index.js';

const changesNothing = 'training';

/**
 * What a model's modules consist of, to see quickly whether they still do: a layer put in another's
 * place, a changed setting. What a forward pass reads elsewhere is not seen.
 */
export class Fingerprint {
  readonly modules: readonly Module[];
  readonly #entries: readonly (readonly [string, unknown][])[];

  constructor(net: Module) {
    this.modules = [...net.modules()];
    this.#entries = this.modules.map((module) => module.ownMembers());
  }

  matches(): boolean {
    return this.modules.every((module, i) => {
      const before = this.#entries[i]!;
      const now = module.ownMembers();
      if (now.length !== before.length) return false;
      for (let k = 0; k < now.length; k++) {
        const [name, value] = now[k]!;
        const [nameBefore, valueBefore] = before[k]!;
        if (name !== nameBefore) return false;
        if (!Object.is(value, valueBefore) && name !== changesNothing) return false;
      }
      return true;
    });
  }
}
