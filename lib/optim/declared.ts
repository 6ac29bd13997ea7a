import { readOptions, type Spec } from '../argument/options.js';
import { noGrad } from '../context/autograd.js';
import { invalidArgument } from '../error.js';
import { type Tensor, zeros, zerosLike } from '../tensor/index.js';
import { asReal, each } from './each.js';
import type { ParamGroup } from './group.js';
import { Optimizer, type ParamsOrGroups } from './optimizer.js';
import { type Given, given, type Settings, scalarDtype, settingsNow } from './settings.js';
import { requireStates } from './stateDict.js';

/** Settings for a step: numbers as they are now, and the rate a tensor `()` in a step that is captured. */
export type StepSettings<S extends Spec> = Omit<Settings<S>, 'lr'> & {
  readonly lr: number | Tensor;
};

/**
 * What is remembered of a parameter, by name: how it begins, or `undefined` for what steps with these settings do
 * not need, or make themselves.
 */
export type Remembered = Readonly<Record<string, ((param: Tensor) => Tensor) | undefined>>;

/** How a count of steps begins: 0, float32 `()`, as kernels want it; as in Python float64 where that is the default. */
export const count = ({ device }: Tensor): Tensor => zeros([], { device, dtype: scalarDtype() });

/** What begins as one number for each element; of complex elements, for both of their parts. */
export const filledWith =
  (value: number) =>
  (param: Tensor): Tensor => {
    const tensor = zerosLike(param);
    asReal([tensor])[0]!.fill_(value);
    return tensor;
  };

/** The numbers of tensors `()`: counts of steps, for one. */
export const numbersIn = (tensors: readonly Tensor[]): number[] =>
  tensors.map((tensor) => Number(tensor.item()));

/**
 * An optimizer whose settings a spec says: names, kinds and defaults once. A subclass says what it remembers of a
 * parameter and what one step does; groups, state dicts and steps for a capture follow from that.
 */
export abstract class DeclaredOptimizer<S extends Spec> extends Optimizer<Settings<S>> {
  readonly #spec: S;

  constructor(spec: S, params: ParamsOrGroups<Given<S>>, options: Given<S> | undefined) {
    const read = readOptions(new.target.name, spec, options);
    super(params as ParamsOrGroups<Settings<S>>, given(read) as Settings<S>, spec);
    this.#spec = spec;
  }

  /** One step of parameters of one dtype on one device, all of which have gradients. */
  protected abstract update(params: Tensor[], settings: StepSettings<S>): void;

  /** What is remembered of each parameter. The names are the same for any settings. */
  protected remembers(_settings: StepSettings<S>): Remembered {
    return {};
  }

  /** A group's settings as they are now. */
  protected settingsOf(group: object): Settings<S> & StepSettings<S> {
    return settingsNow(this.constructor.name, this.#spec, group) as never;
  }

  /** What is remembered of some parameters, list by list; made where nothing is yet. */
  protected recall(params: readonly Tensor[], settings: StepSettings<S>): Record<string, Tensor[]> {
    const lists: Record<string, Tensor[]> = {};
    const remembered = Object.entries(this.remembers(settings));
    for (const [key, begin] of remembered) if (begin !== undefined) lists[key] = [];
    const keys = Object.keys(lists);
    if (keys.length === 0) return lists;
    for (const param of params) {
      let state = this.state.get(param);
      if (state === undefined) {
        state = {};
        for (const [key, begin] of remembered) if (begin) state[key] = begin(param).keep();
        this.state.set(param, state);
      }
      for (const key of keys) {
        const tensor = state[key];
        if (tensor) lists[key]!.push(tensor);
        else
          throw invalidArgument(`${this.constructor.name}: the state of a parameter has no ${key}`);
      }
    }
    return lists;
  }

  /** Whether gradients may be sparse, as far as `update` says. */
  protected get takesSparse(): boolean {
    return false;
  }

  protected override updateGroup(group: ParamGroup<Settings<S>>, params: Tensor[]): void {
    const taken = this.takesSparse ? ['strided', 'sparse_coo'] : ['strided'];
    if (params.some(({ grad }) => !taken.includes(grad!.layout))) {
      throw invalidArgument(`${this.constructor.name}: there are no steps for sparse gradients`);
    }
    this.update(params, this.settingsOf(group));
  }

  /** Makes the state that the first step would make. @internal */
  prepare(): void {
    for (const group of this.paramGroups) {
      this.followParameters(group.params);
      // A step makes none for parameters that are frozen.
      const trained = group.params.filter(({ requiresGrad }) => requiresGrad);
      noGrad(() => this.recall(trained, this.settingsOf(group)));
    }
  }

  /**
   * As `step`, with the learning rates of the groups as tensors: for `CapturableSteps`.
   * @internal
   */
  stepWithRates(rates: readonly Tensor[]): void {
    this.paramGroups.forEach((group, i) => {
      // The group's own rate may be a tensor, whose number the host would wait for.
      const settings = { ...this.settingsOf({ ...group, lr: 0 }), lr: rates[i]! };
      for (const params of this.due(group)) this.update(params, settings);
    });
  }

  protected override get stateNames(): readonly string[] {
    return Object.keys(this.remembers(this.defaults as StepSettings<S>));
  }

  protected override checkState(
    what: string,
    param: Tensor,
    state: ReadonlyMap<string, unknown>,
    options: Settings<S>,
  ): void {
    const entries = Object.entries(this.remembers(options as StepSettings<S>));
    const names = (isNeeded: boolean) =>
      entries.filter(([, begin]) => (begin !== undefined) === isNeeded).map(([key]) => key);
    requireStates(what, param, state, { required: names(true), optional: names(false) });
  }
}

/** The gradients in the direction to descend, with the weight decay; new ones where something is done to them. */
export function descents(
  params: readonly Tensor[],
  { maximize, weightDecay = 0 }: { maximize: boolean; weightDecay?: number },
): Tensor[] {
  let grads = params.map((param) => param.grad as Tensor);
  if (maximize) grads = each.neg(grads);
  if (weightDecay !== 0) grads = each.add(grads, params, { alpha: weightDecay });
  return grads;
}

/** As {@link descents}, with the weight decay taken off the weights where it is decoupled. */
export function decayed(
  params: readonly Tensor[],
  settings: {
    lr: number | Tensor;
    maximize: boolean;
    weightDecay: number;
    decoupledWeightDecay: boolean;
  },
): Tensor[] {
  const { lr, weightDecay, maximize, decoupledWeightDecay } = settings;
  if (weightDecay === 0 || !decoupledWeightDecay) return descents(params, settings);
  each.mul_(params, 1 - (lr as number) * weightDecay);
  return descents(params, { maximize });
}
