import { atMost } from '../argument/atMost.js';
import { flag, number } from '../argument/kind.js';
import { ones, type Tensor, zerosLike } from '../tensor/index.js';
import {
  count,
  DeclaredOptimizer,
  decayed,
  numbersIn,
  type Remembered,
  type StepSettings,
} from './declared.js';
import { asReal, each } from './each.js';
import type { ParamsOrGroups } from './optimizer.js';
import { betas, type Given, rate, type Settings, scalarDtype } from './settings.js';

const spec = {
  /** Learning rate, ≥ 0. Default 2e-3. */
  lr: rate.or(2e-3),
  /** Shares of the means of gradients and of their squares kept at each step. Default [0.9, 0.999]. */
  betas: betas.or([0.9, 0.999]),
  /** Added to the denominator, ≥ 0. Default 1e-8. */
  eps: number(0).or(1e-8),
  /** In proportion to the weight, ≥ 0. Default 0. */
  weightDecay: number(0).or(0),
  /** How fast the momentum comes to its full size, ≥ 0. Default 4e-3. */
  momentumDecay: number(0).or(4e-3),
  /** Whether weight decay is taken off the weight instead of being added to the gradient. Default false. */
  decoupledWeightDecay: flag.or(false),
  /** Climbs instead of descending. Default false. */
  maximize: flag.or(false),
};

/** Settings of a group of {@link NAdam}. */
export type NAdamOptions = Settings<typeof spec>;

/**
 * Adam with Nesterov momentum; mirrors `torch.optim.NAdam`.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for an option out of range.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.optim.NAdam.html
 * @example
 * const w = torch.ones(1).requiresGrad_();
 * const nadam = new optim.NAdam([w], { lr: 0.5 });
 * w.mul(3).sum().backward();
 * nadam.step();
 * w; // → tensor([0.4718], requires_grad=True)
 */
export class NAdam extends DeclaredOptimizer<typeof spec> {
  constructor(params: ParamsOrGroups<Given<typeof spec>>, options?: Given<typeof spec>) {
    atMost('NAdam', 2, arguments.length);
    super(spec, params, options);
  }

  protected override remembers(): Remembered {
    const muProduct = ({ device }: Tensor) => ones([], { device, dtype: scalarDtype() });
    return { step: count, muProduct, expAvg: zerosLike, expAvgSq: zerosLike };
  }

  protected override savedBesides(): Record<string, unknown> {
    return { foreach: null, capturable: false, differentiable: false };
  }

  protected override update(params: Tensor[], settings: StepSettings<typeof spec>): void {
    const { eps, momentumDecay } = settings;
    const lr = settings.lr as number;
    const [beta1, beta2] = settings.betas;
    const { step, muProduct, expAvg, expAvgSq } = this.recall(params, settings);
    const grads = asReal(decayed(params, settings));
    const [values, means, squares] = [asReal(params), asReal(expAvg!), asReal(expAvgSq!)];
    each.addNumber_(step!, 1);
    const steps = numbersIn(step!);
    const momentum = (t: number) => beta1 * (1 - 0.5 * 0.96 ** (t * momentumDecay));
    each.scale_(muProduct!, steps.map(momentum));
    const products = numbersIn(muProduct!);
    each.lerp_(means, grads, 1 - beta1);
    each.mul_(squares, beta2);
    each.addcmul_(squares, grads, grads, 1 - beta2);
    const roots = each.over(
      squares,
      steps.map((t) => 1 - beta2 ** t),
    );
    each.sqrt_(roots);
    each.addNumber_(roots, eps);
    const now = steps.map((t, i) => (-lr * (1 - momentum(t))) / (1 - products[i]!));
    const next = steps.map((t) => momentum(t + 1));
    const ahead = next.map((mu, i) => (-lr * mu) / (1 - products[i]! * mu));
    each.addcdivEach_(values, grads, roots, now);
    each.addcdivEach_(values, means, roots, ahead);
  }
}
