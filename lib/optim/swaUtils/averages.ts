import { atMost } from '../../argument/atMost.js';
import { probability } from '../../argument/kind.js';
import { noGrad } from '../../context/autograd.js';
import { bind } from '../../native/ops.js';
import { reciprocal, type Tensor } from '../../tensor/index.js';

/** Makes the next average of one, a new value and how many there were, int64 on the parameter's device. */
export type AverageFunction = (averaged: Tensor, current: Tensor, numAveraged: Tensor) => Tensor;

/** The same for lists of one dtype on one device: writes over the averages. */
export type MultiAverageFunction = (
  averaged: readonly Tensor[],
  current: readonly Tensor[],
  numAveraged: Tensor,
) => void;

const lerpAll =
  bind<(to: readonly Tensor[], from: readonly Tensor[], weight: number) => void>(
    '_foreach_lerp_.Scalar',
  );

const isExact = ({ dtype }: Tensor): boolean => !/^(b?float|complex)/.test(dtype);

const read = (what: string, decay: unknown): number => probability.read(`${what}: decay`, decay);

/**
 * Averages that forget: `decay` of the old one and the rest of the new value; mirrors
 * `torch.optim.swa_utils.get_ema_avg_fn`.
 * @param decay - 0 … 1. Default 0.999.
 * @example
 * const average = optim.swaUtils.getEmaAvgFn(0.75);
 * average(torch.tensor(0), torch.tensor(4), torch.tensor(1)); // → tensor(1.)
 */
export function getEmaAvgFn(decay = 0.999): AverageFunction {
  atMost('getEmaAvgFn', 1, arguments.length);
  read('getEmaAvgFn', decay);
  return (averaged, current) => noGrad(() => averaged.mul(decay).add(current.mul(1 - decay)));
}

/**
 * The same for lists; mirrors `torch.optim.swa_utils.get_ema_multi_avg_fn`.
 *
 * @example
 * const means = [torch.zeros(2)];
 * optim.swaUtils.getEmaMultiAvgFn(0.75)(means, [torch.tensor([4, 8])], torch.tensor(1));
 * means[0]; // → tensor([1., 2.])
 */
export function getEmaMultiAvgFn(decay = 0.999): MultiAverageFunction {
  atMost('getEmaMultiAvgFn', 1, arguments.length);
  read('getEmaMultiAvgFn', decay);
  return (averaged, current) =>
    noGrad(() => {
      if (averaged.length === 0) return;
      if (!isExact(averaged[0]!)) return lerpAll(averaged, current, 1 - decay);
      for (const [i, each] of averaged.entries()) {
        each.copy_(each.mul(decay).add(current[i]!.mul(1 - decay)));
      }
    });
}

/**
 * Means of all values, each as important; mirrors `torch.optim.swa_utils.get_swa_avg_fn`.
 *
 * @example
 * const average = optim.swaUtils.getSwaAvgFn();
 * average(torch.tensor(3), torch.tensor(7), torch.tensor(3)); // → tensor(4.)
 */
export function getSwaAvgFn(): AverageFunction {
  atMost('getSwaAvgFn', 0, arguments.length);
  return (averaged, current, numAveraged) =>
    noGrad(() => averaged.add(current.sub(averaged).div(numAveraged.add(1))));
}

/**
 * The same for lists; mirrors `torch.optim.swa_utils.get_swa_multi_avg_fn`.
 *
 * @example
 * const means = [torch.tensor([3, 5])];
 * optim.swaUtils.getSwaMultiAvgFn()(means, [torch.tensor([7, 5])], torch.tensor(3));
 * means[0]; // → tensor([4., 5.])
 */
export function getSwaMultiAvgFn(): MultiAverageFunction {
  atMost('getSwaMultiAvgFn', 0, arguments.length);
  return (averaged, current, numAveraged) =>
    noGrad(() => {
      if (averaged.length === 0) return;
      const count = numAveraged.add(1);
      // As in Python a float32, unless the default dtype is another.
      if (!isExact(averaged[0]!))
        return lerpAll(averaged, current, Number(reciprocal(count).item()));
      for (const [i, each] of averaged.entries()) each.addcdiv_(current[i]!.sub(each), count);
    });
}
