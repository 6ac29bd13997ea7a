import { inspect } from 'node:util';
import { anything, flag } from '../argument/kind.js';
import { readOptions, type SpecOf } from '../argument/options.js';

import { noGrad } from '../context/autograd.js';
import { invalidArgument } from '../error.js';
import type { AdamLists } from '../native/exports/operators.js';
import { native } from '../native/load.js';
import { type Tensor, zeros, zerosLike } from '../tensor/index.js';
import { type AdamMoments, type AdamNumbers, updateByOperators } from './adamUpdate.js';
import type { ParamGroup, ParamState } from './group.js';
import { Optimizer, type ParamsOrGroups } from './optimizer.js';
import { given, numberOf, switchOf } from './settings.js';
import { requireStates } from './stateDict.js';

/** Options of {@link Adam} and {@link AdamW}. */
export interface AdamOptions {
  /** Learning rate, ≥ 0. Default 1e-3. */
  lr: number;
  /** Decay of the running means of gradient and square, each in [0, 1). Default [0.9, 0.999]. */
  betas: [number, number];
  /** Added to the denominator, ≥ 0. Default 1e-8. */
  eps: number;
  /** ≥ 0. Default 0 for Adam (added to the gradient), 1e-2 for AdamW (taken off the weight). */
  weightDecay: number;
  /** Whether the largest square so far is used. Default false. */
  amsgrad: boolean;
  /** Climbs instead of descending. Default false. */
  maximize: boolean;
  /** For Adam: whether weight decay is taken off the weight, as AdamW always does. Default false. */
  decoupledWeightDecay?: boolean | undefined;
}

function check(name: string, option: string, value: unknown, fits: boolean): void {
  if (!fits) throw invalidArgument(`Invalid ${option}: ${name} got ${inspect(value)}`);
}

class AdamBase extends Optimizer<AdamOptions> {
  /** Whether weight decay is always taken off the weight; `undefined` where groups say so. */
  protected get decouples(): boolean | undefined {
    return undefined;
  }

  protected override get optionNames(): readonly string[] {
    const own = this.decouples === undefined ? ['decoupledWeightDecay'] : [];
    return [...super.optionNames, ...own];
  }

  protected override checkOptions(options: AdamOptions): void {
    const name = this.constructor.name;
    const { lr, betas, eps, weightDecay, decoupledWeightDecay } = options;
    check(name, 'learning rate', lr, typeof lr === 'number' && lr >= 0);
    check(name, 'epsilon value', eps, typeof eps === 'number' && eps >= 0);
    check(name, 'betas', betas, Array.isArray(betas) && betas.length === 2);
    betas.forEach((beta, i) => {
      check(
        name,
        `beta parameter at index ${i}`,
        beta,
        typeof beta === 'number' && beta >= 0 && beta < 1,
      );
    });
    check(
      name,
      'weightDecay value',
      weightDecay,
      typeof weightDecay === 'number' && weightDecay >= 0,
    );
    if (decoupledWeightDecay !== undefined) {
      const fits = typeof decoupledWeightDecay === 'boolean' && this.decouples === undefined;
      check(name, 'decoupledWeightDecay', decoupledWeightDecay, fits);
    }
    switchOf(`${name}: amsgrad`, options.amsgrad);
    switchOf(`${name}: maximize`, options.maximize);
  }

  // In Python an AdamW takes off whatever it is told, and its groups say so.
  protected override readOptions(options: Map<string, unknown>): void {
    const key = 'decoupledWeightDecay';
    if (this.decouples || options.get(key) === false) options.delete(key);
  }

  protected override checkState(
    what: string,
    param: Tensor,
    state: ReadonlyMap<string, unknown>,
    { amsgrad }: AdamOptions,
  ): void {
    const required = ['step', 'expAvg', 'expAvgSq', ...(amsgrad ? ['maxExpAvgSq'] : [])];
    requireStates(what, param, state, { required, optional: ['maxExpAvgSq'] });
  }

  protected override savedBesides(group: ParamGroup<AdamOptions>): Record<string, unknown> {
    const decoupled = this.decouples ?? group.decoupledWeightDecay ?? false;
    const how = { foreach: null, capturable: false, differentiable: false, fused: null };
    return { ...how, decoupled_weight_decay: decoupled };
  }

  #stateOf(param: Tensor, amsgrad: boolean): ParamState {
    let state = this.state.get(param);
    if (state === undefined) {
      state = {
        step: zeros([], { device: param.device }).keep(),
        expAvg: zerosLike(param).keep(),
        expAvgSq: zerosLike(param).keep(),
        ...(amsgrad && { maxExpAvgSq: zerosLike(param).keep() }),
      };
      this.state.set(param, state);
    }
    return state;
  }

  /** Makes the state that the first step would make. @internal */
  prepare(): void {
    for (const group of this.paramGroups) {
      this.followParameters(group.params);
      for (const param of group.params) noGrad(() => this.#stateOf(param, group.amsgrad));
    }
  }

  /**
   * As `step`, with the learning rates of the groups as tensors `()` on the parameters' device: reads
   * nothing on the host, so that it can be captured. After {@link prepare}, without grad.
   * @throws {TorchError} `ERR_LIBTORCH` for parameters that the fused kernel cannot take.
   * @internal
   */
  stepWithRates(rates: readonly Tensor[]): void {
    this.paramGroups.forEach((group, i) => {
      const params = group.params.filter((param) => param.grad !== null);
      if (params.length === 0) return;
      this.#runKernel(this.#lists(group, params), rates[i]!, this.#numbers(group));
    });
  }

  // As they are now.
  #numbers(group: ParamGroup<AdamOptions>): AdamNumbers {
    const { name } = this.constructor;
    const number = (key: keyof AdamOptions, value: unknown) => numberOf(`${name}: ${key}`, value);
    const on = (key: keyof AdamOptions) => switchOf(`${name}: ${key}`, group[key]);
    return {
      lr: number('lr', group.lr),
      beta1: number('betas', group.betas?.[0]),
      beta2: number('betas', group.betas?.[1]),
      eps: number('eps', group.eps),
      weightDecay: number('weightDecay', group.weightDecay),
      amsgrad: on('amsgrad'),
      maximize: on('maximize'),
      decoupled:
        this.decouples ??
        (group.decoupledWeightDecay === undefined ? false : on('decoupledWeightDecay')),
    };
  }

  // In the order of the kernel's arguments.
  #lists(group: ParamGroup<AdamOptions>, params: Tensor[]): AdamLists {
    const states = params.map((param) => this.#stateOf(param, group.amsgrad));
    const all = (key: string): Tensor[] =>
      states.map((state) => {
        const tensor = state[key];
        if (tensor) return tensor;
        throw invalidArgument(`${this.constructor.name}: the state of a parameter has no ${key}`);
      });
    return [
      params,
      params.map((param) => param.grad!),
      all('expAvg'),
      all('expAvgSq'),
      group.amsgrad ? all('maxExpAvgSq') : [],
      all('step'),
    ];
  }

  // The numbers of the parameters that the kernel cannot take.
  #runKernel(lists: AdamLists, lr: number | Tensor, numbers: AdamNumbers): number[] {
    const { beta1, beta2, weightDecay, eps, amsgrad, maximize, decoupled } = numbers;
    const rest = [beta1, beta2, weightDecay, eps, amsgrad, maximize, decoupled] as const;
    return native.stepAdam(...lists, lr, ...rest);
  }

  protected override updateGroup(group: ParamGroup<AdamOptions>, params: Tensor[]): void {
    const numbers = this.#numbers(group);
    const lists = this.#lists(group, params);
    for (const i of this.#runKernel(lists, numbers.lr, numbers)) {
      const [param, grad, expAvg, expAvgSq, maxExpAvgSq, step] = lists.map((list) => list[i]);
      const moments = { step, expAvg, expAvgSq, maxExpAvgSq } as AdamMoments;
      updateByOperators(param!, grad!, moments, numbers);
    }
  }
}

const rate = anything<number>('a number');

// Ranges are checked for each group.
const spec = {
  lr: rate.or(1e-3),
  betas: anything<[number, number]>('two numbers').or([0.9, 0.999]),
  eps: rate.or(1e-8),
  weightDecay: rate.or(0),
  amsgrad: flag.or(false),
  maximize: flag.or(false),
  decoupledWeightDecay: flag.optional(),
} satisfies SpecOf<AdamOptions>;

/**
 * Adam; mirrors `torch.optim.Adam`. In libtorch's fused kernel, except for parameters that lie in memory otherwise
 * than their gradients, and complex ones.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for an option out of range.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.optim.Adam.html
 */
export class Adam extends AdamBase {
  constructor(params: ParamsOrGroups<AdamOptions>, options?: Partial<AdamOptions>) {
    super(params, given(readOptions(new.target.name, spec, options)));
  }
}

/**
 * Adam with decoupled weight decay; mirrors `torch.optim.AdamW`.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for an option out of range.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.optim.AdamW.html
 */
export class AdamW extends AdamBase {
  protected override get decouples(): true {
    return true;
  }

  constructor(params: ParamsOrGroups<AdamOptions>, options?: Partial<AdamOptions>) {
    const { decoupledWeightDecay: _, ...own } = spec;
    super(params, readOptions(new.target.name, { ...own, weightDecay: rate.or(1e-2) }, options));
  }
}
