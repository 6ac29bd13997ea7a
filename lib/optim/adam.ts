import { inspect } from 'node:util';

import { noGrad } from '../autograd.js';
import { invalidArgument } from '../error.js';
import { native } from '../native.js';
import { bind } from '../ops.js';
import { type Tensor, zeros, zerosLike } from '../tensor/index.js';
import { Optimizer, type ParamGroup, type ParamState, type ParamsOrGroups } from './optimizer.js';

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
}

// biome-ignore lint/suspicious/noExplicitAny: one fixed call below
type Fused = (...args: any[]) => void;
const fusedAdam = bind<Fused>('_fused_adam_');
const fusedAdamW = bind<Fused>('_fused_adamw_');
// With the learning rate as a tensor, which a captured graph reads anew at each replay.
const fusedAdamTensorLr = bind<Fused>('_fused_adam_.tensor_lr');
const fusedAdamWTensorLr = bind<Fused>('_fused_adamw_.tensor_lr');
const addToAll = bind<(tensors: Tensor[], value: number) => void>('_foreach_add_.Scalar');

function check(name: string, option: string, value: unknown, fits: boolean): void {
  if (!fits) throw invalidArgument(`Invalid ${option}: ${name} got ${inspect(value)}`);
}

abstract class AdamBase extends Optimizer<AdamOptions> {
  protected abstract readonly kernel: Fused;
  protected abstract readonly kernelWithTensorLr: Fused;

  protected override checkOptions(options: AdamOptions): void {
    const name = this.constructor.name;
    const { lr, betas, eps, weightDecay } = options;
    check(name, 'learning rate', lr, typeof lr === 'number' && lr >= 0);
    check(name, 'epsilon value', eps, typeof eps === 'number' && eps >= 0);
    check(name, 'betas', betas, Array.isArray(betas) && betas.length === 2);
    betas.forEach((beta, i) => {
      check(name, `beta parameter at index ${i}`, beta, beta >= 0 && beta < 1);
    });
    check(name, 'weightDecay value', weightDecay, weightDecay >= 0);
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
   * @internal
   */
  stepWithRates(rates: readonly Tensor[]): void {
    this.paramGroups.forEach((group, i) => {
      const params = group.params.filter((param) => param.grad !== null);
      if (params.length > 0) this.#update(group, params, this.kernelWithTensorLr, rates[i]!);
    });
  }

  protected override updateGroup(group: ParamGroup<AdamOptions>, params: Tensor[]): void {
    this.#update(group, params, this.kernel, group.lr);
  }

  #update(
    group: ParamGroup<AdamOptions>,
    params: Tensor[],
    kernel: Fused,
    lr: number | Tensor,
  ): void {
    const states = params.map((param) => this.#stateOf(param, group.amsgrad));
    const all = (key: string): Tensor[] => states.map((state) => state[key] as Tensor);
    const steps = all('step');
    // The kernel wants the count with this step in it; with 0 it would divide by zero.
    addToAll(steps, 1);
    kernel(
      params,
      params.map((param) => param.grad),
      all('expAvg'),
      all('expAvgSq'),
      group.amsgrad ? all('maxExpAvgSq') : [],
      steps,
      lr,
      group.betas[0],
      group.betas[1],
      group.weightDecay,
      group.eps,
      group.amsgrad,
      group.maximize,
    );
    // The kernel keeps its changes to itself; autograd and the fused engine have to see them.
    native.incrementVersions(params);
  }
}

const defaults: AdamOptions = {
  lr: 1e-3,
  betas: [0.9, 0.999],
  eps: 1e-8,
  weightDecay: 0,
  amsgrad: false,
  maximize: false,
};

/**
 * Adam, in libtorch's fused kernel; mirrors `torch.optim.Adam`.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for an option out of range.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.optim.Adam.html
 */
export class Adam extends AdamBase {
  protected override readonly kernel = fusedAdam;
  protected override readonly kernelWithTensorLr = fusedAdamTensorLr;

  constructor(params: ParamsOrGroups<AdamOptions>, options: Partial<AdamOptions> = {}) {
    super(params, { ...defaults, ...options });
  }
}

/**
 * Adam with decoupled weight decay; mirrors `torch.optim.AdamW`.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for an option out of range.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.optim.AdamW.html
 */
export class AdamW extends AdamBase {
  protected override readonly kernel = fusedAdamW;
  protected override readonly kernelWithTensorLr = fusedAdamWTensorLr;

  constructor(params: ParamsOrGroups<AdamOptions>, options: Partial<AdamOptions> = {}) {
    super(params, { ...defaults, weightDecay: 1e-2, ...options });
  }
}
