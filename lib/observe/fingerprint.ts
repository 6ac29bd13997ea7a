import * as nn from '../nn/index.js';
import type { Tensor } from '../tensor/index.js';

const changesNothing = 'training';

// Whose forward pass calls no other modules than those listed, whatever the fields hold.
const layers: readonly (abstract new (...given: never[]) => Module)[] = [
  nn.Conv2d,
  nn.Linear,
  nn.Sigmoid,
  nn.Tanh,
  nn.ReLU,
  nn.Softmax,
  nn.LogSoftmax,
  nn.MaxPool2d,
  nn.AvgPool2d,
  nn.BatchNorm2d,
  nn.Dropout,
  nn.Flatten,
  nn.Identity,
  nn.Sequential,
];
const layerPasses = new Set<unknown>(layers.map(({ prototype }) => prototype.forward));

type Module = nn.Module;

// One module as it was: its fields, and for a container the modules in it.
interface Part {
  readonly module: Module & Record<string, unknown>;
  readonly fields: readonly string[];
  readonly values: readonly unknown[];
  /** The module, where it lists others. */
  readonly list: Iterable<unknown> | undefined;
  readonly listed: readonly unknown[];
  /** Its forward pass; hooks stand before it. */
  readonly pass: unknown;
  /** Whether that calls only listed modules. */
  readonly isLayer: boolean;
}

// A dictionary is iterated by its keys.
const listOf = (module: object): Iterable<unknown> | undefined => {
  if (module instanceof nn.ModuleDict) return { [Symbol.iterator]: () => module.values() };
  return Symbol.iterator in module ? (module as Iterable<unknown>) : undefined;
};

function part(module: Module): Part {
  const fields: string[] = [];
  const list = listOf(module);
  for (const name in module) fields.push(name);
  return {
    module: module as Part['module'],
    fields,
    values: fields.map((name) => Reflect.get(module, name)),
    list,
    listed: list === undefined ? [] : [...list],
    pass: module.forward,
    isLayer: layerPasses.has(module.forward),
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

  matches(): boolean {
    return this.#parts.every(
      (part) => part.module.forward === part.pass && hasSameFields(part) && hasSameList(part),
    );
  }

  /**
   * Whether the modules are those that they were, where it can matter to a forward pass: settings of a layer
   * are not looked at. Asked before each prediction.
   */
  hasSameModules(): boolean {
    for (const part of this.#parts) {
      const { module, pass, isLayer } = part;
      if (module.forward !== pass || !(isLayer || hasSameFields(part))) return false;
      if (part.list !== undefined && !hasSameList(part)) return false;
    }
    return true;
  }
}

// `for … in` makes no list of the names, which would take twice as long.
function hasSameFields({ module, fields, values }: Part): boolean {
  let k = 0;
  for (const name in module) {
    if (name !== fields[k]) return false;
    if (!Object.is(module[name], values[k]) && name !== changesNothing) return false;
    k++;
  }
  return k === fields.length;
}

function hasSameList({ list, listed }: Part): boolean {
  if (list === undefined) return true;
  let count = 0;
  for (const member of list) if (member !== listed[count++]) return false;
  return count === listed.length;
}
