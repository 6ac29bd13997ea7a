import { atMost } from '../argument/atMost.js';
import { flag, Kind, number } from '../argument/kind.js';
import { invalidArgument } from '../error.js';
import { type Tensor, zerosLike } from '../tensor/index.js';
import { count, DeclaredOptimizer, type Remembered, type StepSettings } from './declared.js';
import type { ParamsOrGroups } from './optimizer.js';
import { betas, type Given, rate, type Settings } from './settings.js';
import { isSparse, placesOf } from './sparse.js';

const above0 = new Kind<number>('a number > 0', (given) => {
  const value = number(0).convert(given);
  return value === 0 ? undefined : value;
});

const spec = {
  /** Learning rate, > 0. Default 1e-3. */
  lr: rate.or(1e-3),
  /** Shares of the means of gradients and of their squares kept at each step. Default [0.9, 0.999]. */
  betas: betas.or([0.9, 0.999]),
  /** Added to the denominator, > 0. Default 1e-8. */
  eps: above0.or(1e-8),
  /** Climbs instead of descending. Default false. */
  maximize: flag.or(false),
};

/** Settings of a group of {@link SparseAdam}. */
export type SparseAdamOptions = Settings<typeof spec>;

/**
 * Adam for sparse gradients, of which only the elements that are there move anything; mirrors `torch.optim.SparseAdam`.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for an option out of range and a complex parameter; in a step, for a gradient
 *   that is not sparse.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.optim.SparseAdam.html
 * @example
 * const w = torch.ones(3).requiresGrad_();
 * const sparseAdam = new optim.SparseAdam([w], { lr: 0.25 });
 * w.grad = torch.ops.aten.to_sparse!(torch.tensor([0, 5, 0])) as torch.Tensor;
 * sparseAdam.step();
 * w; // → tensor([1.0000, 0.7500, 1.0000], requires_grad=True)
 */
export class SparseAdam extends DeclaredOptimizer<typeof spec> {
  constructor(params: ParamsOrGroups<Given<typeof spec>>, options?: Given<typeof spec>) {
    atMost('SparseAdam', 2, arguments.length);
    super(spec, params, options);
    for (const { params } of this.paramGroups) {
      if (params.some(({ dtype }) => dtype.startsWith('complex'))) {
        throw invalidArgument('SparseAdam: there are no steps for complex parameters');
      }
    }
  }

  protected override get takesSparse(): boolean {
    return true;
  }

  protected override remembers(): Remembered {
    return { step: count, expAvg: zerosLike, expAvgSq: zerosLike };
  }

  protected override update(params: Tensor[], settings: StepSettings<typeof spec>): void {
    const { lr, eps, maximize } = settings;
    const [beta1, beta2] = settings.betas;
    if (!params.every(isSparse)) {
      throw invalidArgument('SparseAdam: gradients are dense: Adam is for them');
    }
    const { step, expAvg, expAvgSq } = this.recall(params, settings);
    params.forEach((param, i) => {
      const t = Number(step![i]!.add_(1).item());
      const places = placesOf(maximize ? param.grad!.neg() : param.grad!);
      const { values, at } = places;
      if (values.numel() === 0) return;
      const renewed = (kept: Tensor, target: Tensor, share: number): Tensor => {
        const old = places.of(kept);
        const change = target.sub(old).mul_(share);
        kept.add_(at(change));
        return change.add_(old);
      };
      const means = renewed(expAvg![i]!, values, 1 - beta1);
      const squares = renewed(expAvgSq![i]!, values.pow(2), 1 - beta2);
      const size = ((lr as number) * Math.sqrt(1 - beta2 ** t)) / (1 - beta1 ** t);
      param.add_(at(means.div_(squares.sqrt().add_(eps)).mul(-size)));
    });
  }
}
