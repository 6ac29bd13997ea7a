import { atMost } from '../argument/atMost.js';
import { flag, number } from '../argument/kind.js';
import { noGrad } from '../context/autograd.js';
import { invalidArgument } from '../error.js';
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
import { isSparse, placesOf } from './sparse.js';

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
 * made with the optimizer, for the parameters that it is given then. Gradients may be sparse, without weight decay.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for an option out of range; in a step, for weight decay with a sparse gradient.
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

  protected override get takesSparse(): boolean {
    return true;
  }

  protected override update(params: Tensor[], settings: StepSettings<typeof spec>): void {
    const sparse = params.filter(isSparse);
    if (sparse.length > 0) this.#updateSparse(sparse, settings);
    const dense = sparse.length > 0 ? params.filter((param) => !isSparse(param)) : params;
    if (dense.length > 0) this.#updateDense(dense, settings);
  }

  #updateDense(params: Tensor[], settings: StepSettings<typeof spec>): void {
    const { step, sum } = this.recall(params, settings);
    const grads = asReal(descents(params, settings));
    const sums = asReal(sum!);
    each.addNumber_(step!, 1);
    each.addcmul_(sums, grads, grads, 1);
    const roots = each.sqrt(sums);
    each.addNumber_(roots, settings.eps);
    each.addcdivEach_(asReal(params), grads, roots, lengths(step!, settings));
  }

  // Only what has a gradient moves, and is remembered.
  #updateSparse(params: Tensor[], settings: StepSettings<typeof spec>): void {
    if (settings.weightDecay !== 0) {
      throw invalidArgument('Adagrad: weightDecay cannot be added to sparse gradients');
    }
    const { step, sum } = this.recall(params, settings);
    each.addNumber_(step!, 1);
    for (const [i, length] of lengths(step!, settings).entries()) {
      const grad = params[i]!.grad!;
      const { values, at, of } = placesOf(settings.maximize ? grad.neg() : grad);
      if (values.numel() === 0) continue;
      sum![i]!.add_(at(values.pow(2)));
      const roots = of(sum![i]!).sqrt_().add_(settings.eps);
      params[i]!.add_(at(values.div(roots)), { alpha: length });
    }
  }
}

// What each parameter's step is multiplied by.
const lengths = (steps: readonly Tensor[], { lr, lrDecay }: StepSettings<typeof spec>): number[] =>
  numbersIn(steps).map((t) => -(lr as number) / (1 + (t - 1) * lrDecay));
