import { describe } from '../argument/describe.js';
import { isPlain } from '../argument/options.js';
import { Device } from '../context/device.js';
import { invalidArgument } from '../error.js';
import { Tensor } from '../tensor/index.js';
import { Layer } from './layer.js';
import { Container } from './module/container.js';
import { Dictionary } from './module/dictionary.js';
import { copyHooks } from './module/hooks.js';
import { Module } from './module/module.js';
import { Parameter } from './module/parameter.js';
import { ParameterList } from './module/parameters.js';

type Class = new (...given: never[]) => Module;
type Fields = Record<PropertyKey, unknown>;

// Each module is made with its own.
const own = ['moduleNumber', 'cloning'];

// What has private members that are known here: they are there once its constructor has run.
const shells: readonly [Base: unknown, given: readonly unknown[]][] = [
  [Container, [[]]],
  [Dictionary, []],
  [ParameterList, []],
  [Layer, []],
  [Module, []],
];

const privateMember = /(?<![\w$'"`])#[A-Za-z_$]/;

function* classesOf(module: Module): IterableIterator<Class> {
  for (let at = Object.getPrototypeOf(module); at !== null; at = Object.getPrototypeOf(at)) {
    yield at.constructor as Class;
    if (at === Module.prototype) return;
  }
}

class Copying {
  readonly #what: string;
  readonly #root: Module;
  readonly #done = new Map<unknown, unknown>();
  readonly #persistent: ReadonlySet<string>;

  constructor(what: string, root: Module) {
    this.#what = what;
    this.#root = root;
    const state = root.stateDict();
    this.#persistent = new Set(Object.keys(state));
    for (const tensor of Object.values(state)) tensor.dispose();
  }

  #refuse(path: string, why: string): never {
    const part = path === '' ? '' : ` ${path}:`;
    throw invalidArgument(
      `${this.#what}: ${this.#root.constructor.name} cannot be copied:${part} ${why}`,
    );
  }

  // An object of the same class, whose constructor did not run.
  #shell(source: Module, path: string): Module {
    for (const Class of classesOf(source)) {
      const known = shells.find(([Base]) => Base === Class);
      if (known !== undefined) {
        const [Base, given] = known;
        return Reflect.construct(Base as Class, given, source.constructor as Class);
      }
      if (privateMember.test(Function.prototype.toString.call(Class))) {
        this.#refuse(path, `${Class.name} has private members`);
      }
    }
    throw new Error('a module is a Module');
  }

  module(source: Module, path: string): Module {
    const known = this.#done.get(source);
    if (known !== undefined) return known as Module;
    const copy = this.#shell(source, path);
    this.#done.set(source, copy);
    const to = copy as unknown as Fields;
    const below = (name: string): string => (path === '' ? name : `${path}.${name}`);
    const buffers = new Set([...source.namedBuffers({ recurse: false })].map(([name]) => name));
    for (const name of Reflect.ownKeys(source)) {
      const at = below(String(name));
      const property = Object.getOwnPropertyDescriptor(source, name)!;
      if (own.includes(name as string) || (name === 'forward' && !property.enumerable)) continue;
      if (property.get !== undefined && !property.enumerable) this.#refuse(at, 'it is computed');
      const value = this.value(Reflect.get(source, name), at);
      if (buffers.has(name as string)) {
        const persistent = this.#persistent.has(at);
        copy.registerBuffer(name as string, value as Tensor, { persistent });
      } else {
        const { enumerable = true } = property;
        Object.defineProperty(to, name, { value, writable: true, enumerable, configurable: true });
      }
    }
    if (source instanceof Layer) (to as { making: unknown }).making = making(source);
    if (source instanceof Container) {
      for (const [name, child] of membersOf(source)) {
        (copy as unknown as Adding).addNamed(name, this.module(child, below(name)));
      }
    }
    if (source instanceof Dictionary) {
      for (const [key, part] of source.entries()) {
        (copy as Dictionary<unknown>).set(key, this.value(part, below(key)));
      }
    }
    if (source instanceof ParameterList) {
      for (const [i, each] of [...source].entries()) {
        (copy as ParameterList).append(this.value(each, below(String(i))) as Tensor);
      }
    }
    copyHooks(source, copy);
    return copy;
  }

  value(value: unknown, path: string): unknown {
    if (typeof value !== 'object' || value === null || value instanceof Device) return value;
    if (value instanceof Module) return this.module(value, path);
    const known = this.#done.get(value);
    if (known !== undefined) return known;
    const copy = this.#copied(value, path);
    this.#done.set(value, copy);
    return copy;
  }

  #copied(value: object, path: string): unknown {
    if (value instanceof Tensor) return this.#tensor(value, path);
    const at = (key: unknown): string => `${path}.${String(key)}`;
    const each = ([key, part]: [unknown, unknown]) => [key, this.value(part, at(key))] as const;
    if (Array.isArray(value)) return value.map((part, i) => this.value(part, at(i)));
    if (isPlain(value)) return Object.fromEntries(Object.entries(value).map(each));
    if (value instanceof Map) return new Map([...value].map(each));
    if (value instanceof Set) return new Set([...value].map((part) => this.value(part, at(''))));
    if (ArrayBuffer.isView(value) && 'slice' in value) return (value as Uint8Array).slice();
    return this.#refuse(path, `it holds ${describe(value)}`);
  }

  #tensor(tensor: Tensor, path: string): Tensor {
    if (!tensor.isLeaf) this.#refuse(path, 'a tensor with a history is no part of its state');
    const copy = tensor.detach().clone().keep();
    const { requiresGrad } = tensor;
    if (tensor instanceof Parameter) return new Parameter(copy, requiresGrad);
    return requiresGrad ? copy.requiresGrad_() : copy;
  }
}

interface Adding {
  addNamed(name: string, module: Module): void;
}

const making = (layer: unknown): unknown => (layer as { making: unknown }).making;
const membersOf = (container: unknown): readonly (readonly [string, Module])[] =>
  (container as { named(): readonly (readonly [string, Module])[] }).named();

/**
 * A module with the same fields and parts, and tensors of its own with the same values, as Python's deep copy has it: no
 * constructor runs.
 *
 * @param what - Of the caller, for messages.
 * @throws {TypeError} `ERR_INVALID_ARG` for what cannot be copied: classes of one's own with private members, fields with
 *   objects of other classes, parametrized tensors.
 */
export function copyModule<M extends Module>(what: string, source: M): M {
  return new Copying(what, source).module(source, '') as M;
}
