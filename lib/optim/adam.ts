import { atMost } from '../argument/atMost.js';
import { flag, number } from '../argument/kind.js';
import type { AdamLists } from '../native/exports/operators.js';
import { native } from '../native/load.js';
import { type Tensor, zerosLike } from '../tensor/index.js';
import { type AdamMoments, updateByOperators } from './adamUpdate.js';
import { count, DeclaredOptimizer, type Remembered, type StepSettings } from './declared.js';
import type { ParamGroup } from './group.js';
import type { ParamsOrGroups } from './optimizer.js';
import type { CapturableSteps, FusedRule } from './rule.js';
import { betas, type Given, rate, type Settings } from './settings.js';

const common = {
  /** Learning rate, ≥ 0. Default 1e-3. */
  lr: rate.or(1e-3),
  /** Decay of the running means of gradient and square, each in [0, 1). Default [0.9, 0.999]. */
  betas: betas.or([0.9, 0.999]),
  /** Added to the denominator, ≥ 0. Default 1e-8. */
  eps: number(0).or(1e-8),
  /** ≥ 0. Default 0 for Adam (added to the gradient), 1e-2 for AdamW (taken off the weight). */
  weightDecay: number(0).or(0),
  /** Whether the largest square so far is used. Default false. */
  amsgrad: flag.or(false),
  /** Climbs instead of descending. Default false. */
  maximize: flag.or(false),
};
const spec = {
  ...common,
  /** For Adam: whether weight decay is taken off the weight, as AdamW always does. Default false. */
  decoupledWeightDecay: flag.optional(),
};
const specW = {
  ...common,
  /** Taken off the weight, ≥ 0. Default 1e-2. */
  weightDecay: number(0).or(1e-2),
};

/** Settings of a group of {@link Adam} and {@link AdamW}. */
export type AdamOptions = Settings<typeof common> & Partial<Settings<typeof spec>>;

type AdamSettings = StepSettings<typeof spec>;

class AdamBase extends DeclaredOptimizer<typeof spec> {
  /** Whether weight decay is always taken off the weight; `undefined` where groups say so. */
  protected get decouples(): boolean | undefined {
    return undefined;
  }

  // In Python an AdamW takes off whatever it is told, and its groups say so.
  protected override readOptions(options: Map<string, unknown>): void {
    const key = 'decoupledWeightDecay';
    if (this.decouples || options.get(key) === false) options.delete(key);
  }

  protected override remembers({ amsgrad }: AdamSettings): Remembered {
    const maxExpAvgSq = amsgrad ? zerosLike : undefined;
    return { step: count, expAvg: zerosLike, expAvgSq: zerosLike, maxExpAvgSq };
  }

  #decouples({ decoupledWeightDecay }: { decoupledWeightDecay?: boolean | undefined }): boolean {
    return this.decouples ?? decoupledWeightDecay ?? false;
  }

  // The kernel looks itself.
  protected override get takesSparse(): boolean {
    return true;
  }

  protected override savedBesides(group: ParamGroup<AdamOptions>): Record<string, unknown> {
    const how = { foreach: null, capturable: false, differentiable: false, fused: null };
    return { ...how, decoupled_weight_decay: this.#decouples(group) };
  }

  protected override update(params: Tensor[], settings: AdamSettings): void {
    const { lr, weightDecay, eps, amsgrad, maximize } = settings;
    const [beta1, beta2] = settings.betas;
    const decoupled = this.#decouples(settings);
    const { step, expAvg, expAvgSq, maxExpAvgSq = [] } = this.recall(params, settings);
    const grads = params.map((param) => param.grad!);
    const lists: AdamLists = [params, grads, expAvg!, expAvgSq!, maxExpAvgSq, step!];
    const rest = [beta1, beta2, weightDecay, eps, amsgrad, maximize, decoupled] as const;
    // The numbers of the parameters that the kernel cannot take: none where the rate is a tensor, or it throws.
    for (const i of native.stepAdam(...lists, lr, ...rest)) {
      const [param, grad, expAvg, expAvgSq, maxExpAvgSq, step] = lists.map((list) => list[i]);
      const moments = { step, expAvg, expAvgSq, maxExpAvgSq } as AdamMoments;
      const numbers = { ...settings, lr: lr as number, beta1, beta2, decoupled };
      updateByOperators(param!, grad!, moments, numbers);
    }
  }

  /** @internal */
  override fusedRule(group: ParamGroup<Settings<typeof spec>>): FusedRule | string {
    const settings = this.settingsOf(group);
    const { lr, weightDecay, eps, amsgrad, maximize } = settings;
    const [beta1, beta2] = settings.betas;
    if (amsgrad) return 'the optimizer has amsgrad';
    if (maximize) return 'the optimizer maximizes';
    const states = { firstMoment: 'expAvg', secondMoment: 'expAvgSq' };
    const algorithm = this.#decouples(settings) ? 'adamW' : 'adam';
    return { algorithm, lr, weightDecay, beta1, beta2, eps, states, count: 'step' };
  }

  /** @internal */
  override capturable(): CapturableSteps {
    return this;
  }
}

/**
 * Adam; mirrors `torch.optim.Adam`. In libtorch's fused kernel, except for parameters that lie in memory otherwise
 * than their gradients, and complex ones.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for an option out of range.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.optim.Adam.html
 * @example
 * const optimizer = new optim.Adam(net.parameters(), { lr: 0.001 });
 * for (const [X, y] of trainIter) {
 *   optimizer.zeroGrad();
 *   nn.functional.crossEntropy(net.forward(X), y).backward();
 *   optimizer.step();
 * }
 */
export class Adam extends AdamBase {
  constructor(params: ParamsOrGroups<Given<typeof spec>>, options?: Given<typeof spec>) {
    atMost('Adam', 2, arguments.length);
    super(spec, params, options);
  }
}

/**
 * Adam with decoupled weight decay; mirrors `torch.optim.AdamW`.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for an option out of range.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.optim.AdamW.html
 * @example
 * const w = torch.ones(1).requiresGrad_();
 * const adamW = new optim.AdamW([w], { lr: 0.5, weightDecay: 1 });
 * w.mul(0).sum().backward();
 * adamW.step(); // the decay alone
 * w; // → tensor([0.5000], requires_grad=True)
 */
export class AdamW extends AdamBase {
  protected override get decouples(): true {
    return true;
  }

  constructor(params: ParamsOrGroups<Given<typeof specW>>, options?: Given<typeof specW>) {
    atMost('AdamW', 2, arguments.length);
    // Without the option that says what an AdamW always does.
    super(specW as typeof spec, params, options);
  }
}
