import { atMost } from '../argument/atMost.js';
import { flag, number } from '../argument/kind.js';
import { noGrad } from '../context/autograd.js';
import type { Tensor } from '../tensor/index.js';
import {
  count,
  DeclaredOptimizer,
  descents,
  filledWith,
  numbersIn,
  type Remembered,
  type StepSettings,
} from './declared.js';
import { asReal, each } from './each.js';
import type { ParamsOrGroups } from './optimizer.js';
import { type Given, rate, type Settings } from './settings.js';

const spec = {
  /** Learning rate, ≥ 0. Default 1e-2. */
  lr: rate.or(1e-2),
  /** How much smaller the rate becomes with each step, ≥ 0. Default 0. */
  lrDecay: number(0).or(0),
  /** Added to the denominator, ≥ 0. Default 1e-10. */
  eps: number(0).or(1e-10),
  /** Added to the gradient in proportion to the weight, ≥ 0. Default 0. */
  weightDecay: number(0).or(0),
  /** What the sum of squares begins with, ≥ 0. Default 0. */
  initialAccumulatorValue: number(0).or(0),
  /** Climbs instead of descending. Default false. */
  maximize: flag.or(false),
};

/** Settings of a group of {@link Adagrad}. */
export type AdagradOptions = Settings<typeof spec>;

/**
 * Divides gradients by the root of the sum of all squares so far; mirrors `torch.optim.Adagrad`. As in Python, sums are
 * made with the optimizer, for the parameters that it is given then.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for an option out of range.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.optim.Adagrad.html
 * @example
 * const w = torch.ones(1).requiresGrad_();
 * const adagrad = new optim.Adagrad([w], { lr: 0.5 });
 * w.mul(3).sum().backward();
 * adagrad.step(); // 0.5 · 3 / √(3²)
 * w; // → tensor([0.5000], requires_grad=True)
 */
export class Adagrad extends DeclaredOptimizer<typeof spec> {
  constructor(params: ParamsOrGroups<Given<typeof spec>>, options?: Given<typeof spec>) {
    atMost('Adagrad', 2, arguments.length);
    super(spec, params, options);
    for (const group of this.paramGroups) {
      noGrad(() => this.recall(group.params, this.settingsOf(group)));
    }
  }

  protected override remembers(settings: StepSettings<typeof spec>): Remembered {
    return { step: count, sum: filledWith(settings.initialAccumulatorValue) };
  }

  protected override savedBesides(): Record<string, unknown> {
    return { foreach: null, differentiable: false, fused: null };
  }

  protected override update(params: Tensor[], settings: StepSettings<typeof spec>): void {
    const { lr, lrDecay, eps } = settings;
    const { step, sum } = this.recall(params, settings);
    const grads = asReal(descents(params, settings));
    const sums = asReal(sum!);
    each.addNumber_(step!, 1);
    each.addcmul_(sums, grads, grads, 1);
    const roots = each.sqrt(sums);
    each.addNumber_(roots, eps);
    const rates = numbersIn(step!).map((t) => -(lr as number) / (1 + (t - 1) * lrDecay));
    each.addcdivEach_(asReal(params), grads, roots, rates);
  }
}
