import { inspect } from 'node:util';

import { atMost } from '../../argument/atMost.js';
import { callback, flag, integer, text } from '../../argument/kind.js';
import { readOptions } from '../../argument/options.js';
import { noGrad } from '../../context/autograd.js';
import type { DeviceLike } from '../../context/device.js';
import type { RemovableHandle } from '../../context/removableHandle.js';
import { invalidArgument } from '../../error.js';
import type { DType } from '../../native/dtype.js';
import { nextIdentity, uncloneable } from '../../native/identity.js';
import { jupyterDisplay, type MimeBundle } from '../../notebook/bundle.js';
import { Tensor } from '../../tensor/index.js';
import type { Arithmetic } from './arithmetic.js';
import { moveModule } from './conversion.js';
import { partAt } from './find.js';
import {
  addHook,
  type BackwardHook,
  type BackwardPreHook,
  type ForwardHook,
  type ForwardPreHook,
  type HookOptions,
  readForwardHook,
  readHook,
} from './hooks.js';
import { Parameter } from './parameter.js';
import type { Portrait } from './portrait.js';
import { guardMember, type Kind, requireFreeName, requireMember } from './registration.js';
import { formatModule } from './repr.js';
import { copyState, type FormerKeys, type LoadResult, type StateDict } from './stateDict.js';

/** Which members are listed. */
export interface MemberOptions {
  /** Whether those of all modules below count too. Default true. */
  recurse?: boolean;
}

const memberSpec = { recurse: flag.or(true) };

const join = (prefix: string, name: string): string => (prefix === '' ? name : `${prefix}.${name}`);

function* below(
  module: Module,
  path: string,
  seen: Set<Module>,
): IterableIterator<[string, Module]> {
  if (seen.has(module)) return;
  seen.add(module);
  yield [path, module];
  for (const [name, child] of module.ownModules()) yield* below(child, join(path, name), seen);
}

function* withoutNames<T>(members: Iterable<[string, T]>): IterableIterator<T> {
  for (const [, member] of members) yield member;
}

/**
 * Base class of layers and networks; mirrors `torch.nn.Module`. A subclass puts modules and
 * parameters into its fields, where they are found in the order of the fields, and defines `forward`.
 *
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.Module.html
 * @example
 * class Net extends nn.Module {
 *   fc = new nn.Linear(4, 2);
 *   forward(x: torch.Tensor) {
 *     return this.fc.forward(x).relu();
 *   }
 * }
 * Object.keys(new Net().stateDict()); // → [ 'fc.weight', 'fc.bias' ]
 */
export abstract class Module {
  /** @internal */
  readonly moduleNumber: number = nextIdentity();
  /** @internal */
  readonly cloning: symbol = uncloneable;
  /** Whether the module is in training mode; see {@link train}. */
  training = true;
  readonly #guarded = new Set<string>();
  // Names of the buffers, and whether the state dict has them.
  readonly #buffers = new Map<string, boolean>();

  constructor() {
    // A class without a constructor of its own hands on all that it gets.
    atMost(new.target.length === 0 ? new.target.name : 'Module', 0, arguments.length);
  }

  // biome-ignore lint/suspicious/noExplicitAny: each module says what it takes and gives
  abstract forward(...inputs: any[]): any;

  /** Every field with its name: what members are looked for in. */
  ownMembers(): [string, unknown][] {
    atMost('ownMembers', 0, arguments.length);
    return Object.entries(this);
  }

  /** The modules directly below, with their names. */
  ownModules(): [string, Module][] {
    atMost('ownModules', 0, arguments.length);
    return this.ownMembers().filter(
      (entry): entry is [string, Module] => entry[1] instanceof Module,
    );
  }

  /**
   * Has the fields that hold modules and parameters refuse anything else: done when they are first listed,
   * and by the layers here when they are made.
   */
  protected guardMembers(): void {
    for (const name of Object.keys(this)) {
      if (this.#guarded.has(name)) continue;
      const value: unknown = Reflect.get(this, name);
      if (!memberKinds.isModule(value) && !memberKinds.isParameter(value)) continue;
      this.#guarded.add(name);
      guardMember(this, name, memberKinds);
    }
  }

  #ownTensors(kind: 'parameters' | 'buffers'): [string, Tensor][] {
    this.guardMembers();
    return this.ownMembers().filter((entry): entry is [string, Tensor] => {
      const [name, value] = entry;
      if (!(value instanceof Tensor)) return false;
      return kind === 'buffers' ? this.#buffers.has(name) : value instanceof Parameter;
    });
  }

  /**
   * Makes a tensor a part of the module's state that is not learned; `null` leaves the name free.
   * @param options.persistent - Whether the state dict has it. Default true.
   * @throws {TypeError} `ERR_INVALID_ARG` for a name with dots or in use, or anything but a tensor.
   */
  registerBuffer(name: string, tensor: Tensor | null, options?: { persistent?: boolean }): void {
    atMost('registerBuffer', 3, arguments.length);
    const { persistent } = readOptions('registerBuffer', { persistent: flag.or(true) }, options);
    if (!this.#buffers.has(name)) requireFreeName(this, 'registerBuffer', name);
    requireMember('registerBuffer', name, tensor, Tensor, 'a Tensor');
    tensor?.keep();
    this.#buffers.set(name, persistent);
    // Not through a guard: a parameter may have had the name.
    Object.defineProperty(this, name, {
      value: tensor,
      writable: true,
      enumerable: true,
      configurable: true,
    });
  }

  /** The same as putting a parameter into a field. */
  registerParameter(name: string, parameter: Parameter | null): void {
    atMost('registerParameter', 2, arguments.length);
    requireFreeName(this, 'registerParameter', name, Parameter);
    requireMember('registerParameter', name, parameter, Parameter, 'a Parameter');
    Reflect.set(this, name, parameter);
  }

  /** The same as putting a module into a field. */
  registerModule(name: string, module: Module | null): void {
    atMost('registerModule', 2, arguments.length);
    requireFreeName(this, 'registerModule', name, Module as unknown as Kind);
    requireMember('registerModule', name, module, Module as unknown as Kind, 'a Module');
    Reflect.set(this, name, module);
  }

  /** The same as {@link registerModule}. */
  addModule(name: string, module: Module | null): void {
    atMost('addModule', 2, arguments.length);
    this.registerModule(name, module);
  }

  /** The module of a dotted name, `''` for this one. @throws {TypeError} `ERR_INVALID_ARG` where there is none. */
  getSubmodule(target: string): Module {
    atMost('getSubmodule', 1, arguments.length);
    const found = partAt(this, 'getSubmodule', target);
    if (found instanceof Module) return found;
    throw invalidArgument(`getSubmodule: '${target}' is no Module`);
  }

  /** The parameter of a dotted name. @throws {TypeError} `ERR_INVALID_ARG` where there is none. */
  getParameter(target: string): Parameter {
    atMost('getParameter', 1, arguments.length);
    const found = partAt(this, 'getParameter', target);
    if (found instanceof Parameter) return found;
    throw invalidArgument(`getParameter: '${target}' is no Parameter`);
  }

  /** The buffer of a dotted name. @throws {TypeError} `ERR_INVALID_ARG` where there is none. */
  getBuffer(target: string): Tensor {
    atMost('getBuffer', 1, arguments.length);
    const found = partAt(this, 'getBuffer', target);
    const owner = this.getSubmodule(target.split('.').slice(0, -1).join('.'));
    if (found instanceof Tensor && owner.#buffers.has(target.split('.').at(-1)!)) return found;
    throw invalidArgument(`getBuffer: '${target}' is no buffer`);
  }

  /**
   * Has a function called before each forward pass, with the module and its inputs; mirrors
   * `torch.nn.Module.register_forward_pre_hook`. What it returns takes the inputs' place: a list, or a single one.
   *
   * @returns Takes it away again.
   */
  registerForwardPreHook(hook: ForwardPreHook<this>, options?: HookOptions): RemovableHandle {
    const what = 'registerForwardPreHook';
    atMost(what, 2, arguments.length);
    return addHook(this, 'before', hook, readHook(what, hook, options));
  }

  /**
   * Has a function called after each forward pass, with the module, its inputs and its output; mirrors
   * `torch.nn.Module.register_forward_hook`. What it returns takes the output's place.
   *
   * @param options.alwaysCall - Whether it is called too where the forward pass fails. Default false.
   * @returns Takes it away again.
   */
  registerForwardHook(
    hook: ForwardHook<this>,
    options?: HookOptions & { alwaysCall?: boolean },
  ): RemovableHandle {
    const what = 'registerForwardHook';
    atMost(what, 2, arguments.length);
    return addHook(this, 'after', hook, readForwardHook(what, hook, options));
  }

  /**
   * Has a function called in backward passes once the gradients of the module's inputs are there, with the module, these,
   * and those of its outputs; mirrors `torch.nn.Module.register_full_backward_hook`. What it returns takes the place of
   * the inputs' gradients. Calls of the module that come after the registration are seen.
   *
   * @returns Takes it away again, for later calls.
   * @throws {TypeError} `ERR_INVALID_ARG`, in the pass, where it returns another number of gradients.
   * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.Module.html#torch.nn.Module.register_full_backward_hook
   */
  registerFullBackwardHook(hook: BackwardHook<this>, options?: HookOptions): RemovableHandle {
    const what = 'registerFullBackwardHook';
    atMost(what, 2, arguments.length);
    return addHook(this, 'backward', hook, readHook(what, hook, options));
  }

  /**
   * The same before the gradients of the inputs are computed, with the module and the gradients of its outputs, whose place
   * is taken by what it returns; mirrors `torch.nn.Module.register_full_backward_pre_hook`.
   */
  registerFullBackwardPreHook(hook: BackwardPreHook<this>, options?: HookOptions): RemovableHandle {
    const what = 'registerFullBackwardPreHook';
    atMost(what, 2, arguments.length);
    return addHook(this, 'backwardBefore', hook, readHook(what, hook, options));
  }

  /** This module and all below with dotted names, parents first, each once. @param prefix - Of the names. */
  namedModules(prefix = ''): IterableIterator<[string, Module]> {
    atMost('namedModules', 1, arguments.length);
    return below(this, text.read('namedModules: prefix', prefix), new Set());
  }

  modules(): IterableIterator<Module> {
    atMost('modules', 0, arguments.length);
    return withoutNames(this.namedModules());
  }

  namedChildren(): IterableIterator<[string, Module]> {
    atMost('namedChildren', 0, arguments.length);
    return this.#namedChildren();
  }

  *#namedChildren(): IterableIterator<[string, Module]> {
    const seen = new Set<Module>();
    for (const [name, child] of this.ownModules()) {
      if (!seen.has(child)) yield [name, child];
      seen.add(child);
    }
  }

  children(): IterableIterator<Module> {
    atMost('children', 0, arguments.length);
    return withoutNames(this.namedChildren());
  }

  *#named(kind: 'parameters' | 'buffers', recurse: boolean): IterableIterator<[string, Tensor]> {
    const seen = new Set<Tensor>();
    for (const [prefix, module] of recurse ? this.namedModules() : [['', this] as const]) {
      for (const [name, tensor] of module.#ownTensors(kind)) {
        if (!seen.has(tensor)) yield [join(prefix, name), tensor];
        seen.add(tensor);
      }
    }
  }

  /** Parameters with dotted names (`'conv.0.weight'`), a shared one once. */
  namedParameters(options?: MemberOptions): IterableIterator<[string, Parameter]> {
    atMost('namedParameters', 1, arguments.length);
    return this.#named('parameters', readOptions('namedParameters', memberSpec, options).recurse);
  }

  parameters(options?: MemberOptions): IterableIterator<Parameter> {
    atMost('parameters', 1, arguments.length);
    return withoutNames(this.namedParameters(options));
  }

  namedBuffers(options?: MemberOptions): IterableIterator<[string, Tensor]> {
    atMost('namedBuffers', 1, arguments.length);
    return this.#named('buffers', readOptions('namedBuffers', memberSpec, options).recurse);
  }

  buffers(options?: MemberOptions): IterableIterator<Tensor> {
    atMost('buffers', 1, arguments.length);
    return withoutNames(this.namedBuffers(options));
  }

  /** Calls `fn` with every module, children first; returns this module. */
  apply(fn: (module: Module) => void): this {
    atMost('apply', 1, arguments.length);
    callback('a function of a module').read('apply: fn', fn);
    for (const child of this.children()) child.apply(fn);
    fn(this);
    return this;
  }

  /**
   * Moves parameters, their gradients and buffers to a device, or converts floating-point ones to a
   * dtype. The parameter objects stay the same: an optimizer made before goes on working.
   *
   * @throws {TorchError} `ERR_CUDA_UNAVAILABLE` for a GPU where there is none.
   */
  to(target: DType | DeviceLike, dtype?: DType): this {
    atMost('to', 2, arguments.length);
    moveModule(this, target, dtype);
    return this;
  }

  cpu(): this {
    atMost('cpu', 0, arguments.length);
    return this.to('cpu');
  }

  /** @param index - Number of the GPU. Default: the current one. */
  cuda(index?: number): this {
    atMost('cuda', 1, arguments.length);
    return this.to(index === undefined ? 'cuda' : `cuda:${integer(0).read('cuda: index', index)}`);
  }

  /** To float32. */
  float(): this {
    atMost('float', 0, arguments.length);
    return this.to('float32');
  }

  /** To float16. */
  half(): this {
    atMost('half', 0, arguments.length);
    return this.to('float16');
  }

  /** To bfloat16. */
  bfloat16(): this {
    atMost('bfloat16', 0, arguments.length);
    return this.to('bfloat16');
  }

  /** To float64. */
  double(): this {
    atMost('double', 0, arguments.length);
    return this.to('float64');
  }

  /** Puts this module and all below into training mode, or out of it. @param mode - Default true. */
  train(mode = true): this {
    atMost('train', 1, arguments.length);
    flag.read('train: mode', mode);
    for (const module of this.modules()) module.training = mode;
    return this;
  }

  /** Puts this module and all below into evaluation mode. */
  eval(): this {
    atMost('eval', 0, arguments.length);
    return this.train(false);
  }

  /** Forgets the gradients. @param options.setToNone - `false` fills them with zeros. Default true. */
  zeroGrad(options?: { setToNone?: boolean }): void {
    atMost('zeroGrad', 1, arguments.length);
    const { setToNone } = readOptions('zeroGrad', { setToNone: flag.or(true) }, options);
    for (const parameter of this.parameters()) {
      if (setToNone) parameter.grad = null;
      else noGrad(() => parameter.grad?.detach_().zero_());
    }
  }

  /** Says of all parameters whether they are learned. */
  requiresGrad_(requiresGrad = true): this {
    atMost('requiresGrad_', 1, arguments.length);
    flag.read('requiresGrad_: requiresGrad', requiresGrad);
    for (const parameter of this.parameters()) parameter.requiresGrad = requiresGrad;
    return this;
  }

  /** Whether state dicts of old versions lack a member, which stays as it is then. */
  protected isSpared(_name: string): boolean {
    return false;
  }

  /** Keys of state dicts of old versions with the keys that took their place; `path` is the module's own name. */
  protected formerKeys(_path: string): FormerKeys {
    return {};
  }

  // By dotted name, which of them state dicts may lack, and what they were called before.
  #state(): { state: Map<string, Tensor>; spared: Set<string>; former: FormerKeys[] } {
    const state = new Map<string, Tensor>();
    const spared = new Set<string>();
    const former: FormerKeys[] = [];
    // Not namedModules(): Python lists a shared module under each of its names.
    const visit = (module: Module, prefix: string): void => {
      const persistent = module
        .#ownTensors('buffers')
        .filter(([name]) => module.#buffers.get(name));
      for (const [name, tensor] of [...module.#ownTensors('parameters'), ...persistent]) {
        state.set(join(prefix, name), tensor);
        if (module.isSpared(name)) spared.add(join(prefix, name));
      }
      former.push(module.formerKeys(prefix));
      for (const [name, child] of module.ownModules()) visit(child, join(prefix, name));
    };
    visit(this, '');
    return { state, spared, former };
  }

  /**
   * Parameters and persistent buffers by dotted name. The tensors share the module's memory, without
   * history: `clone()` them for a snapshot.
   */
  stateDict(): StateDict {
    atMost('stateDict', 0, arguments.length);
    const entries = [...this.#state().state].map(([name, tensor]): [string, Tensor] => [
      name,
      noGrad(() => tensor.detach()).keep(),
    ]);
    return Object.fromEntries(entries);
  }

  /**
   * Copies values into parameters and buffers, converting dtype and device. As in Python, old files may lack the
   * counter of batch normalisation, have lists of one for numbers, and `weight_g` and `weight_v` of `weight_norm` for
   * the parameters of `nn.utils.parametrizations.weightNorm`.
   *
   * @param state - An object or a Map, all of which is used.
   * @param options.strict - Whether missing and unexpected keys are errors. Default true.
   * @throws {TypeError} `ERR_INVALID_ARG` for anything else, such as a Promise.
   * @throws {TorchError} `ERR_STATE_DICT` with Python's message for missing and unexpected keys and
   *   sizes that differ; nothing is copied then.
   */
  loadStateDict(
    state: StateDict | ReadonlyMap<string, Tensor>,
    options?: { strict?: boolean },
  ): LoadResult {
    atMost('loadStateDict', 2, arguments.length);
    const { strict } = readOptions('loadStateDict', { strict: flag.or(true) }, options);
    const paths = [...this.namedModules()].map(([path]) => path);
    const { state: target, spared, former } = this.#state();
    return copyState(this.constructor.name, target, paths, state, strict, spared, former);
  }

  /**
   * What the module itself computes for one example, for `summary` and pictures. A layer of your own may answer too.
   *
   * @param units - Elements of its output for one example.
   * @returns `undefined`, the default: nothing for a module without parameters, else unknown.
   */
  arithmetic(_units: number): Arithmetic | undefined {
    atMost('arithmetic', 1, arguments.length);
    return undefined;
  }

  /** How pictures show the module. Default `undefined`: not at all. A layer of your own may answer too. */
  portrait(): Portrait | undefined {
    atMost('portrait', 0, arguments.length);
    return undefined;
  }

  /** A module's own settings, for its line of text. */
  extraRepr(): string {
    atMost('extraRepr', 0, arguments.length);
    return '';
  }

  /**
   * What files of weights say of the module beside its name: settings that neither keys nor shapes tell, as texts.
   * Runs and the command `train` write it; default: nothing.
   */
  extraMetadata(): Readonly<Record<string, string>> {
    atMost('extraMetadata', 0, arguments.length);
    return {};
  }

  /** What Python prints for the module. */
  toString(): string {
    atMost('toString', 0, arguments.length);
    return formatModule(this);
  }

  [inspect.custom](): string {
    return this.toString();
  }

  [jupyterDisplay](): MimeBundle {
    return { 'text/plain': this.toString() };
  }
}

const memberKinds = {
  isModule: (value: unknown): boolean => value instanceof Module,
  isParameter: (value: unknown): boolean => value instanceof Parameter,
};
