import { atMost } from '../argument/atMost.js';
import { flag, number } from '../argument/kind.js';
import { type Tensor, zerosLike } from '../tensor/index.js';
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
import { betas, type Given, rate, type Settings } from './settings.js';

const spec = {
  /** Learning rate, ≥ 0. Default 1e-3. */
  lr: rate.or(1e-3),
  /** Shares of the means of gradients and of their squares kept at each step. Default [0.9, 0.999]. */
  betas: betas.or([0.9, 0.999]),
  /** Added to the denominator, ≥ 0. Default 1e-8. */
  eps: number(0).or(1e-8),
  /** In proportion to the weight, ≥ 0. Default 0. */
  weightDecay: number(0).or(0),
  /** Whether weight decay is taken off the weight instead of being added to the gradient. Default false. */
  decoupledWeightDecay: flag.or(false),
  /** Climbs instead of descending. Default false. */
  maximize: flag.or(false),
};

/** Settings of a group of {@link RAdam}. */
export type RAdamOptions = Settings<typeof spec>;

/**
 * Adam whose rates are adapted once enough steps are known, and by how many; mirrors `torch.optim.RAdam`.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for an option out of range.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.optim.RAdam.html
 * @example
 * const w = torch.ones(1).requiresGrad_();
 * const radam = new optim.RAdam([w], { lr: 0.25 });
 * w.mul(2).sum().backward();
 * radam.step(); // not adapted yet: lr times the gradient
 * w; // → tensor([0.5000], requires_grad=True)
 */
export class RAdam extends DeclaredOptimizer<typeof spec> {
  constructor(params: ParamsOrGroups<Given<typeof spec>>, options?: Given<typeof spec>) {
    atMost('RAdam', 2, arguments.length);
    super(spec, params, options);
  }

  protected override remembers(): Remembered {
    return { step: count, expAvg: zerosLike, expAvgSq: zerosLike };
  }

  protected override savedBesides(): Record<string, unknown> {
    return { foreach: null, capturable: false, differentiable: false };
  }

  protected override update(params: Tensor[], settings: StepSettings<typeof spec>): void {
    const [beta1, beta2] = settings.betas;
    const { step, expAvg, expAvgSq } = this.recall(params, settings);
    const grads = asReal(decayed(params, settings));
    const [means, squares] = [asReal(expAvg!), asReal(expAvgSq!)];
    each.addNumber_(step!, 1);
    const steps = numbersIn(step!);
    each.lerp_(means, grads, 1 - beta1);
    each.mul_(squares, beta2);
    each.addcmul_(squares, grads, grads, 1 - beta2);
    const moves = each.over(
      means,
      steps.map((t) => 1 - beta1 ** t),
    );
    each.mul_(moves, settings.lr as number);
    const adapted = steps.flatMap((t, i) => {
      const known = rectification(t, beta2);
      return known === undefined ? [] : [{ i, t, known }];
    });
    if (adapted.length > 0) {
      const roots = each.sqrt(adapted.map(({ i }) => squares[i]!));
      each.addNumber_(roots, settings.eps);
      each.reciprocal_(roots);
      each.scale_(
        roots,
        adapted.map(({ t }) => (1 - beta2 ** t) ** 0.5),
      );
      const chosen = adapted.map(({ i }) => moves[i]!);
      each.multiply_(chosen, roots);
      each.scale_(
        chosen,
        adapted.map(({ known }) => known),
      );
    }
    each.add_(asReal(params), moves, { alpha: -1 });
  }
}

// How far the mean of squares can be relied on after t steps; `undefined`: not yet.
function rectification(t: number, beta2: number): number | undefined {
  const most = 2 / (1 - beta2) - 1;
  const length = most - (2 * t * beta2 ** t) / (1 - beta2 ** t);
  if (!(length > 5)) return undefined;
  return (((length - 4) * (length - 2) * most) / ((most - 4) * (most - 2) * length)) ** 0.5;
}
