import { atMost } from '../argument/atMost.js';
import { flag, Kind } from '../argument/kind.js';
import { bind } from '../native/ops.js';
import { type Tensor, zerosLike } from '../tensor/index.js';
import {
  count,
  DeclaredOptimizer,
  descents,
  filledWith,
  type Remembered,
  type StepSettings,
} from './declared.js';
import { asReal, each } from './each.js';
import type { ParamsOrGroups } from './optimizer.js';
import { type Given, rate, type Settings, twoNumbers } from './settings.js';

const factors = new Kind<readonly [number, number], [number, number]>(
  'two numbers, one between 0 and 1 and one above 1',
  (given) => {
    const [less, more] = twoNumbers.convert(given) ?? [];
    const fits = less !== undefined && more !== undefined && less > 0 && less < 1 && more > 1;
    return fits ? [less, more] : undefined;
  },
);

const spec = {
  /** The size of the first step, ≥ 0. Default 1e-2. */
  lr: rate.or(1e-2),
  /** What a step's size is multiplied by where the gradient's sign has changed, and where it has not. Default [0.5, 1.2]. */
  etas: factors.or([0.5, 1.2]),
  /** The smallest and the largest step. Default [1e-6, 50]. */
  stepSizes: twoNumbers.or([1e-6, 50]),
  /** Climbs instead of descending. Default false. */
  maximize: flag.or(false),
};

/** Settings of a group of {@link Rprop}. */
export type RpropOptions = Settings<typeof spec>;

const fillWhere_ = bind<(a: Tensor, mask: Tensor, value: number) => Tensor>('masked_fill_.Scalar');
const clamp_ = bind<(a: Tensor, least: number, most: number) => Tensor>('clamp_');

/**
 * Steps by the signs of gradients, longer while they stay the same; mirrors `torch.optim.Rprop`. For gradients of all
 * data, not of batches.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for an option out of range.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.optim.Rprop.html
 * @example
 * const w = torch.zeros(1).requiresGrad_();
 * const rprop = new optim.Rprop([w], { lr: 1, etas: [0.5, 1.5] });
 * w.mul(-9).sum().backward();
 * for (let i = 0; i < 2; i++) rprop.step(); // 1, then 1.5
 * w; // → tensor([2.5000], requires_grad=True)
 */
export class Rprop extends DeclaredOptimizer<typeof spec> {
  constructor(params: ParamsOrGroups<Given<typeof spec>>, options?: Given<typeof spec>) {
    atMost('Rprop', 2, arguments.length);
    super(spec, params, options);
  }

  protected override remembers({ lr }: StepSettings<typeof spec>): Remembered {
    return { step: count, prev: zerosLike, stepSize: filledWith(lr as number) };
  }

  protected override savedBesides(): Record<string, unknown> {
    return { foreach: null, differentiable: false, capturable: false };
  }

  protected override update(params: Tensor[], settings: StepSettings<typeof spec>): void {
    const [less, more] = settings.etas;
    const [least, most] = settings.stepSizes;
    const { step, prev, stepSize } = this.recall(params, settings);
    const grads = asReal(descents(params, settings));
    const [last, sizes] = [asReal(prev!), asReal(stepSize!)];
    each.addNumber_(step!, 1);
    const signs = each.sign(each.multiply(grads, last));
    each.copy_(last, grads);
    signs.forEach((sign, i) => {
      fillWhere_(sign, sign.gt(0), more);
      // Where the sign has changed, this step stays where it is.
      const changed = sign.lt(0);
      fillWhere_(sign, changed, less);
      fillWhere_(last[i]!, changed, 0);
      fillWhere_(sign, sign.eq(0), 1);
    });
    each.multiply_(sizes, signs);
    for (const size of sizes) clamp_(size, least, most);
    each.addcmul_(asReal(params), each.sign(last), sizes, -1);
  }
}
