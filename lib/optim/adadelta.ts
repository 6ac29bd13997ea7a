import { atMost } from '../argument/atMost.js';
import { flag, number, probability } from '../argument/kind.js';
import { type Tensor, zerosLike } from '../tensor/index.js';
import {
  count,
  DeclaredOptimizer,
  descents,
  type Remembered,
  type StepSettings,
} from './declared.js';
import { asReal, each } from './each.js';
import type { ParamsOrGroups } from './optimizer.js';
import { type Given, rate, type Settings } from './settings.js';

const spec = {
  /** Scales each step, ≥ 0. Default 1. */
  lr: rate.or(1),
  /** Share of the means of squares kept at each step, between 0 and 1. Default 0.9. */
  rho: probability.or(0.9),
  /** Added under both roots, ≥ 0. Default 1e-6. */
  eps: number(0).or(1e-6),
  /** Added to the gradient in proportion to the weight, ≥ 0. Default 0. */
  weightDecay: number(0).or(0),
  /** Climbs instead of descending. Default false. */
  maximize: flag.or(false),
};

/** Settings of a group of {@link Adadelta}. */
export type AdadeltaOptions = Settings<typeof spec>;

/**
 * Steps of the size of those before, relative to the gradients; mirrors `torch.optim.Adadelta`.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for an option out of range.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.optim.Adadelta.html
 * @example
 * const w = torch.ones(1).requiresGrad_();
 * const adadelta = new optim.Adadelta([w], { lr: 1, eps: 0.01 });
 * w.mul(3).sum().backward();
 * adadelta.step();
 * w; // → tensor([0.6855], requires_grad=True)
 */
export class Adadelta extends DeclaredOptimizer<typeof spec> {
  constructor(params: ParamsOrGroups<Given<typeof spec>>, options?: Given<typeof spec>) {
    atMost('Adadelta', 2, arguments.length);
    super(spec, params, options);
  }

  protected override remembers(): Remembered {
    return { step: count, squareAvg: zerosLike, accDelta: zerosLike };
  }

  protected override savedBesides(): Record<string, unknown> {
    return { foreach: null, capturable: false, differentiable: false };
  }

  protected override update(params: Tensor[], settings: StepSettings<typeof spec>): void {
    const { lr, rho, eps } = settings;
    const { step, squareAvg, accDelta } = this.recall(params, settings);
    const grads = asReal(descents(params, settings));
    const [squares, steps] = [asReal(squareAvg!), asReal(accDelta!)];
    each.addNumber_(step!, 1);
    each.mul_(squares, rho);
    each.addcmul_(squares, grads, grads, 1 - rho);
    const roots = each.addNumber(squares, eps);
    each.sqrt_(roots);
    const deltas = each.addNumber(steps, eps);
    each.sqrt_(deltas);
    each.divide_(deltas, roots);
    each.multiply_(deltas, grads);
    each.mul_(steps, rho);
    each.addcmul_(steps, deltas, deltas, 1 - rho);
    each.descend_(asReal(params), deltas, lr);
  }
}
