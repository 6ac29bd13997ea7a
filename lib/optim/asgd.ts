import { atMost } from '../argument/atMost.js';
import { flag, number } from '../argument/kind.js';
import { full, ones, type Tensor, zerosLike } from '../tensor/index.js';
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
import { type Given, rate, type Settings, scalarDtype } from './settings.js';

const spec = {
  /** Learning rate, ≥ 0. Default 1e-2. */
  lr: rate.or(1e-2),
  /** How much of a weight each step takes off, relative to the rate. Default 1e-4. */
  lambd: number().or(1e-4),
  /** The power by which the rate becomes smaller. Default 0.75. */
  alpha: number().or(0.75),
  /** The step at which averaging begins. Default 1e6. */
  t0: number().or(1e6),
  /** Added to the gradient in proportion to the weight, ≥ 0. Default 0. */
  weightDecay: number(0).or(0),
  /** Climbs instead of descending. Default false. */
  maximize: flag.or(false),
};

/** Settings of a group of {@link ASGD}. */
export type ASGDOptions = Settings<typeof spec>;

/**
 * Gradient descent that keeps the mean of the weights, in the state `ax`; mirrors `torch.optim.ASGD`.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for an option out of range.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.optim.ASGD.html
 * @example
 * const w = torch.ones(1).requiresGrad_();
 * const asgd = new optim.ASGD([w], { lr: 0.25, lambd: 0, t0: 0 });
 * w.mul(2).sum().backward();
 * asgd.step();
 * asgd.step();
 * [w, asgd.state.get(w)!.ax]; // → [ tensor([0.], requires_grad=True), tensor([0.]) ]
 */
export class ASGD extends DeclaredOptimizer<typeof spec> {
  constructor(params: ParamsOrGroups<Given<typeof spec>>, options?: Given<typeof spec>) {
    atMost('ASGD', 2, arguments.length);
    super(spec, params, options);
  }

  protected override remembers({ lr }: StepSettings<typeof spec>): Remembered {
    return {
      step: count,
      eta: ({ device }) => full([], lr as number, { device, dtype: scalarDtype() }),
      mu: ({ device }) => ones([], { device, dtype: scalarDtype() }),
      ax: zerosLike,
    };
  }

  protected override savedBesides(): Record<string, unknown> {
    return { foreach: null, differentiable: false, capturable: false };
  }

  protected override update(params: Tensor[], settings: StepSettings<typeof spec>): void {
    const { lambd, alpha, t0 } = settings;
    const lr = settings.lr as number;
    const { step, eta, mu, ax } = this.recall(params, settings);
    const grads = asReal(descents(params, settings));
    const [values, means] = [asReal(params), asReal(ax!)];
    const [etas, mus] = [numbersIn(eta!), numbersIn(mu!)];
    values.forEach((value, i) => {
      value.mul_(1 - lambd * etas[i]!);
      each.descend_([value], [grads[i]!], etas[i]!);
      const mean = means[i]!;
      if (mus[i] === 1) mean.copy_(value);
      else mean.add_(value.sub(mean).mul_(mus[i]!));
      const t = Number(step![i]!.add_(1).item());
      eta![i]!.fill_(lr / (1 + lambd * lr * t) ** alpha);
      mu![i]!.fill_(1 / Math.max(1, t - t0));
    });
  }
}
