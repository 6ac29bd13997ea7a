import { atMost } from '../argument/atMost.js';
import { describe } from '../argument/describe.js';
import { flag } from '../argument/kind.js';
import { isPlain, readOptions, requireKnown, type Spec } from '../argument/options.js';
import { enableGrad, noGrad } from '../context/autograd.js';
import { invalidArgument } from '../error.js';
import { Tensor } from '../tensor/index.js';
import { tidy } from '../tensor/scope.js';
import { type ParamGroup, type ParamState, splitByKind } from './group.js';
import type { CapturableSteps, FusedRule } from './rule.js';
import { given, numberOf } from './settings.js';
import {
  copyOptions,
  copyState,
  type LoadableState,
  numbered,
  type OptimizerState,
  pythonNamesOf,
  readState,
  saveGroup,
  toPython,
} from './stateDict.js';

/** What an optimizer is given: parameters, or groups of them. */
export type ParamsOrGroups<Options extends object> =
  | Iterable<Tensor>
  | Iterable<Partial<Options> & { params: Iterable<Tensor> }>;

function listOf<T>(value: Iterable<T>, what: string): T[] {
  if (
    value instanceof Tensor ||
    typeof (value as Iterable<T> | null)?.[Symbol.iterator] !== 'function'
  ) {
    throw invalidArgument(`${what}: expected parameters or groups of them`);
  }
  return [...value];
}

/**
 * Base class of optimizers; mirrors `torch.optim.Optimizer`. A subclass hands on its parameters with the default of
 * each option, and says what a step does.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for no parameters, parameters that are no leaves, and one that is in two groups.
 * @see https://docs.pytorch.org/docs/stable/optim.html
 * @example
 * class SignDescent extends optim.Optimizer<{ lr: number }> {
 *   protected updateGroup({ lr }: { lr: number }, params: torch.Tensor[]) {
 *     for (const each of params) each.sub_(each.grad!.sign().mul(lr));
 *   }
 * }
 * const w = torch.ones(2).requiresGrad_();
 * w.mul(torch.tensor([5, -5])).sum().backward();
 * new SignDescent([w], { lr: 0.5 }).step();
 * w; // → tensor([0.5000, 1.5000], requires_grad=True)
 */
export abstract class Optimizer<Options extends object = object> {
  /** Groups in order; options may be changed between steps. */
  readonly paramGroups: ParamGroup<Options>[] = [];
  /** What is remembered of each parameter; filled by the first step. */
  readonly state = new Map<Tensor, ParamState>();
  readonly defaults: Options;
  readonly #spec: Spec | undefined;

  /** @param spec - What the options can be, for each group. Default: anything. */
  constructor(params: ParamsOrGroups<Options>, defaults: Options, spec?: Spec) {
    atMost('Optimizer', 3, arguments.length);
    if (!isPlain(defaults)) {
      throw invalidArgument(
        `${new.target.name}: defaults: expected the default of each option, got ${describe(defaults)}`,
      );
    }
    this.defaults = defaults;
    this.#spec = spec;
    const list = listOf<unknown>(params as Iterable<unknown>, new.target.name);
    if (list.length === 0) {
      throw invalidArgument(
        `${new.target.name}: got an empty parameter list. Modules in a plain array or Map are not found: use nn.ModuleList or nn.ModuleDict`,
      );
    }
    if (list.every((entry) => entry instanceof Tensor)) {
      this.addParamGroup({ params: list as Tensor[] } as never);
    } else {
      for (const group of list) this.addParamGroup(group as never);
    }
  }

  /** One update of a group's parameters that have gradients; runs without gradients, in a scope. */
  protected abstract updateGroup(group: ParamGroup<Options>, params: Tensor[]): void;

  /**
   * How the fused engine does a step of a group in the optimizer's place, or why it cannot. An optimizer without this
   * method is none that it knows. Like {@link capturable} it holds for the class that has it and for subclasses that
   * change nothing of the step.
   * @internal
   */
  fusedRule?(group: ParamGroup<Options>): FusedRule | string;

  /** Steps that can be captured in a CUDA graph, or why the next ones cannot. @internal */
  capturable?(): CapturableSteps | string;

  /** Whether a step computes the loss itself, several times. @internal */
  get needsClosure(): boolean {
    return false;
  }

  /** Adds parameters with options of their own; missing ones are the optimizer's defaults. */
  addParamGroup(group: Partial<Options> & { params: Iterable<Tensor> | Tensor }): void {
    atMost('addParamGroup', 1, arguments.length);
    const name = this.constructor.name;
    if (typeof group !== 'object' || group === null || group instanceof Tensor) {
      throw invalidArgument(`${name}: expected a group { params, … }`);
    }
    const names = Object.keys(this.#spec ?? this.defaults);
    requireKnown(name, ['params', ...names, 'initialLr'], group);
    const params = group.params instanceof Tensor ? [group.params] : listOf(group.params, name);
    const known = new Set(this.paramGroups.flatMap((each) => each.params));
    for (const param of params) {
      if (!(param instanceof Tensor))
        throw invalidArgument(`${name}: expected tensors to optimize`);
      if (!param.isLeaf) throw invalidArgument(`${name}: can't optimize a non-leaf Tensor`);
      if (known.has(param)) {
        throw invalidArgument(`${name}: some parameters appear in more than one parameter group`);
      }
    }
    if (new Set(params).size < params.length) {
      process.emitWarning(`${name}: a parameter group with duplicate parameters`);
    }
    const options = { ...this.defaults, ...given(group), params };
    this.paramGroups.push(this.#checked(name, options));
  }

  // With copies of what a group could share with another.
  #checked(what: string, { params, ...given }: { params: Tensor[] } & object): ParamGroup<Options> {
    const options = copyOptions(Object.entries(given));
    for (const [key, { kind, initial }] of Object.entries(this.#spec ?? {})) {
      if (options[key] === undefined && initial === undefined) continue;
      options[key] = kind.read(`${what}: ${key}`, options[key]);
    }
    return { ...options, params } as unknown as ParamGroup<Options>;
  }

  /** Forgets the gradients. @param options.setToNone - `false` fills them with zeros. Default true. */
  zeroGrad(options?: { setToNone?: boolean }): void {
    atMost('zeroGrad', 1, arguments.length);
    const { setToNone } = readOptions('zeroGrad', { setToNone: flag.or(true) }, options);
    for (const { params } of this.paramGroups) {
      for (const param of params) {
        if (setToNone) param.grad = null;
        else noGrad(() => param.grad?.detach_().zero_());
      }
    }
  }

  /**
   * Updates the parameters from their gradients; those without are left alone.
   * @param closure - Computes the loss anew, with gradients; its result is returned.
   */
  step<T>(closure?: () => T): T | undefined {
    atMost('step', 1, arguments.length);
    const loss = closure && enableGrad(closure);
    noGrad(() =>
      tidy(() => {
        for (const group of this.paramGroups) {
          for (const params of this.due(group)) this.updateGroup(group, params);
        }
      }),
    );
    return loss;
  }

  /** A group's parameters that have gradients, in lists of one dtype on one device, as kernels take them. */
  protected due(group: ParamGroup<Options>): Iterable<Tensor[]> {
    const params = group.params.filter((param) => param.grad !== null);
    this.followParameters(params);
    return splitByKind(params);
  }

  /**
   * Moves what is remembered of parameters to where they are: a network may be moved after its optimizer
   * was made, and after steps.
   * @internal
   */
  followParameters(params: readonly Tensor[]): void {
    for (const param of params) {
      const state = this.state.get(param);
      const place = param.deviceName;
      for (const [key, value] of Object.entries(state ?? {})) {
        // All of a parameter's state lies together.
        if (value === null) continue;
        if (value.deviceName === place) break;
        state![key] = tidy(() => noGrad(() => value.detach().to(place))).keep();
        value.dispose();
      }
    }
  }

  /** Names of what may be remembered of a parameter. */
  protected get stateNames(): readonly string[] {
    return [];
  }

  get #pythonNames(): ReadonlyMap<string, string> {
    return pythonNamesOf([...Object.keys(this.#spec ?? this.defaults), ...this.stateNames]);
  }

  /** What Python's groups have besides, in Python's words. */
  protected savedBesides(_group: ParamGroup<Options>): Record<string, unknown> {
    return {};
  }

  /** Changes what a group's loaded options, by our names, mean here. */
  protected readOptions(_options: Map<string, unknown>): void {}

  /**
   * Checks what is to be remembered of a parameter, by our names.
   * @throws {TypeError} `ERR_INVALID_ARG`; {@link TorchError} `ERR_STATE_DICT` for tensors of another shape.
   */
  protected checkState(
    _what: string,
    _param: Tensor,
    _state: ReadonlyMap<string, unknown>,
    _options: Options,
  ): void {}

  /** A copy of what is to be remembered of a parameter, on its device. */
  protected copyState(what: string, param: Tensor, state: Map<string, unknown>): ParamState {
    return copyState(what, param, state);
  }

  /** The state tensors themselves and the options, as Python's `state_dict()` has them: `torch.save` writes it so. */
  stateDict(): OptimizerState {
    atMost('stateDict', 0, arguments.length);
    const names = this.#pythonNames;
    const numbers = new Map<Tensor, number>();
    const groups = this.paramGroups.map((group) => {
      const params = group.params.map((param) => {
        if (!numbers.has(param)) numbers.set(param, numbers.size);
        return numbers.get(param) as number;
      });
      return saveGroup(group, params, names, this.savedBesides(group));
    });
    const states = [...this.state].map(([param, value]): [number, ParamState] => [
      numbers.get(param)!,
      toPython(value, names) as ParamState,
    ]);
    const saved = { state: numbered(states), param_groups: groups };
    // The name that this package had for it first; not a part of what is saved.
    return Object.defineProperty(saved, 'paramGroups', { value: groups });
  }

  /**
   * Takes over a state, as a copy on each parameter's device: what {@link stateDict} gave, also as objects or
   * Maps; what Python saved; what older versions of this package saved. All of it, or nothing.
   *
   * @throws {TypeError} `ERR_INVALID_ARG` when the groups or their sizes differ, and for what would be left out.
   * @throws {TorchError} `ERR_STATE_DICT` for tensors of another shape than the parameter's.
   */
  loadStateDict(saved: LoadableState): void {
    atMost('loadStateDict', 1, arguments.length);
    const name = this.constructor.name;
    const what = `${name}: loadStateDict`;
    const { groups, states } = readState(what, saved, this.#pythonNames);
    if (groups.length !== this.paramGroups.length) {
      throw invalidArgument(`${name}: loaded state has a different number of parameter groups`);
    }
    const byNumber = new Map<unknown, { param: Tensor; options: ParamGroup<Options> }>();
    const loaded = groups.map(({ params, options }, i) => {
      const own = this.paramGroups[i] as ParamGroup<Options>;
      if (params.length !== own.params.length) {
        throw invalidArgument(
          `${name}: loaded state has a parameter group that doesn't match the size of optimizer's group`,
        );
      }
      const group = this.#loadedOptions(`${what}: param_groups[${i}]`, own, options);
      params.forEach((number, k) => {
        byNumber.set(number, { param: own.params[k]!, options: group });
      });
      return group;
    });
    for (const [number, state] of states) {
      const target = byNumber.get(number);
      const place = `${what}: state[${number}]`;
      if (target === undefined) throw invalidArgument(`${place}: no group has this parameter`);
      this.checkState(place, target.param, state, target.options);
    }
    const copies = [...states].map(([number, state]): [Tensor, ParamState] => {
      const { param } = byNumber.get(number)!;
      return [param, this.copyState(`${what}: state[${number}]`, param, state)];
    });
    this.state.clear();
    for (const [param, state] of copies) {
      if (Object.keys(state).length > 0) this.state.set(param, state);
    }
    loaded.forEach((group, i) => {
      const own = this.paramGroups[i] as Record<string, unknown>;
      for (const key of Object.keys(own)) if (!(key in group)) delete own[key];
      Object.assign(own, group);
    });
  }

  // A group with loaded options. As in Python, these are all that it has then.
  #loadedOptions(
    what: string,
    { params }: ParamGroup<Options>,
    options: Map<string, unknown>,
  ): ParamGroup<Options> {
    this.readOptions(options);
    for (const [key, value] of Object.entries(this.defaults)) {
      if (options.has(key)) continue;
      // Switches are newer than the files that lack them.
      if (typeof value !== 'boolean') throw invalidArgument(`${what}: there is no '${key}'`);
      options.set(key, false);
    }
    if (options.get('lr') instanceof Tensor) options.set('lr', numberOf(what, options.get('lr')));
    const lr = options.get('lr');
    // Schedules that come down to zero may round to just below it.
    const isRounded = typeof lr === 'number' && lr < 0 && lr > -1e-12;
    if (isRounded) options.set('lr', 0);
    const group = this.#checked(what, { ...Object.fromEntries(options), params });
    if (isRounded) Object.assign(group, { lr });
    return group;
  }
}
