import { atMost } from '../argument/atMost.js';
import { flag, number } from '../argument/kind.js';
import { type Tensor, zerosLike } from '../tensor/index.js';
import {
  count,
  DeclaredOptimizer,
  descents,
  numbersIn,
  type Remembered,
  type StepSettings,
} from './declared.js';
import { asReal, each } from './each.js';
import type { ParamsOrGroups } from './optimizer.js';
import { betas, type Given, rate, type Settings } from './settings.js';

const spec = {
  /** Learning rate, ≥ 0. Default 2e-3. */
  lr: rate.or(2e-3),
  /** Shares of the mean of gradients and of their largest kept at each step. Default [0.9, 0.999]. */
  betas: betas.or([0.9, 0.999]),
  /** Added to gradients' sizes, ≥ 0. Default 1e-8. */
  eps: number(0).or(1e-8),
  /** Added to the gradient in proportion to the weight, ≥ 0. Default 0. */
  weightDecay: number(0).or(0),
  /** Climbs instead of descending. Default false. */
  maximize: flag.or(false),
};

/** Settings of a group of {@link Adamax}. */
export type AdamaxOptions = Settings<typeof spec>;

/**
 * Adam with the largest gradient in place of the mean of squares; mirrors `torch.optim.Adamax`.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for an option out of range.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.optim.Adamax.html
 * @example
 * const w = torch.ones(2).requiresGrad_();
 * const adamax = new optim.Adamax([w], { lr: 0.25 });
 * w.mul(torch.tensor([3, -300])).sum().backward();
 * adamax.step(); // of the same size, whatever the gradient
 * w; // → tensor([0.7500, 1.2500], requires_grad=True)
 */
export class Adamax extends DeclaredOptimizer<typeof spec> {
  constructor(params: ParamsOrGroups<Given<typeof spec>>, options?: Given<typeof spec>) {
    atMost('Adamax', 2, arguments.length);
    super(spec, params, options);
  }

  protected override remembers(): Remembered {
    return { step: count, expAvg: zerosLike, expInf: zerosLike };
  }

  protected override savedBesides(): Record<string, unknown> {
    return { foreach: null, differentiable: false, capturable: false };
  }

  protected override update(params: Tensor[], settings: StepSettings<typeof spec>): void {
    const { lr, eps } = settings;
    const [beta1, beta2] = settings.betas;
    const { step, expAvg, expInf } = this.recall(params, settings);
    const grads = asReal(descents(params, settings));
    const [means, largest] = [asReal(expAvg!), asReal(expInf!)];
    each.addNumber_(step!, 1);
    each.lerp_(means, grads, 1 - beta1);
    each.mul_(largest, beta2);
    const sizes = each.abs(grads);
    each.addNumber_(sizes, eps);
    each.maximum_(largest, sizes);
    const rates = numbersIn(step!).map((t) => -(lr as number) / (1 - beta1 ** t));
    each.addcdivEach_(asReal(params), means, largest, rates);
  }
}
