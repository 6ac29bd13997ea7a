import { atMost } from '../argument/atMost.js';
import { flag, number } from '../argument/kind.js';
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
import type { CapturableSteps } from './rule.js';
import { type Given, rate, type Settings } from './settings.js';

const spec = {
  /** Learning rate, ≥ 0. Default 1e-2. */
  lr: rate.or(1e-2),
  /** Share of the mean of squares kept at each step, ≥ 0. Default 0.99. */
  alpha: number(0).or(0.99),
  /** Added to the denominator, ≥ 0. Default 1e-8. */
  eps: number(0).or(1e-8),
  /** Added to the gradient in proportion to the weight, ≥ 0. Default 0. */
  weightDecay: number(0).or(0),
  /** Share of the last step kept, ≥ 0. Default 0. */
  momentum: number(0).or(0),
  /** Whether gradients are divided by their deviation instead of their root mean square. Default false. */
  centered: flag.or(false),
  /** Climbs instead of descending. Default false. */
  maximize: flag.or(false),
};

/** Settings of a group of {@link RMSprop}. */
export type RMSpropOptions = Settings<typeof spec>;

/**
 * Divides gradients by the root of their mean square; mirrors `torch.optim.RMSprop`.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for an option out of range.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.optim.RMSprop.html
 * @example
 * const w = torch.ones(1).requiresGrad_();
 * const rmsprop = new optim.RMSprop([w], { lr: 0.5, alpha: 0 });
 * w.mul(3).sum().backward();
 * rmsprop.step(); // 0.5 · 3 / √(3²)
 * w; // → tensor([0.5000], requires_grad=True)
 */
export class RMSprop extends DeclaredOptimizer<typeof spec> {
  constructor(params: ParamsOrGroups<Given<typeof spec>>, options?: Given<typeof spec>) {
    atMost('RMSprop', 2, arguments.length);
    super(spec, params, options);
  }

  protected override remembers({ momentum, centered }: StepSettings<typeof spec>): Remembered {
    return {
      step: count,
      squareAvg: zerosLike,
      momentumBuffer: momentum > 0 ? zerosLike : undefined,
      gradAvg: centered ? zerosLike : undefined,
    };
  }

  protected override savedBesides(): Record<string, unknown> {
    return { foreach: null, differentiable: false, capturable: false };
  }

  protected override update(params: Tensor[], settings: StepSettings<typeof spec>): void {
    const { lr, alpha, eps, momentum } = settings;
    const { step, ...moments } = this.recall(params, settings);
    const [values, grads] = [params, descents(params, settings)].map(asReal) as [
      Tensor[],
      Tensor[],
    ];
    const squares = asReal(moments.squareAvg!);
    each.addNumber_(step!, 1);
    each.mul_(squares, alpha);
    each.addcmul_(squares, grads, grads, 1 - alpha);
    let roots: Tensor[];
    if (moments.gradAvg === undefined) roots = each.sqrt(squares);
    else {
      const means = asReal(moments.gradAvg);
      each.lerp_(means, grads, 1 - alpha);
      roots = each.addcmul(squares, means, means, -1);
      each.sqrt_(roots);
    }
    each.addNumber_(roots, eps);
    if (moments.momentumBuffer === undefined) each.descendByRatio_(values, grads, roots, lr);
    else {
      const moving = asReal(moments.momentumBuffer);
      each.mul_(moving, momentum);
      each.addcdiv_(moving, grads, roots, 1);
      each.descend_(values, moving, lr);
    }
  }

  /** @internal */
  override capturable(): CapturableSteps {
    return this;
  }
}
