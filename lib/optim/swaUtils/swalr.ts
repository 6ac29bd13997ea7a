import { atMost } from '../../argument/atMost.js';
import { integer } from '../../argument/kind.js';
import { readOptions } from '../../argument/options.js';
import { annealStrategy } from '../lrScheduler/cosine.js';
import { type LastEpochOption, lastEpoch } from '../lrScheduler/decay.js';
import {
  EpochScheduler,
  type Group,
  numberOrEach,
  requireOptimizer,
  type Scheduled,
} from '../lrScheduler/scheduler.js';

/** Options of {@link SWALR}. */
export interface SWALROptions extends LastEpochOption {
  /** Epochs until the rate is reached, integer ≥ 0. Default 10. */
  annealEpochs?: number | undefined;
  /** Default 'cos'. */
  annealStrategy?: 'cos' | 'linear' | undefined;
}

/**
 * Brings the rates to one that is kept then, for averaging weights; mirrors `torch.optim.swa_utils.SWALR`. Groups keep it
 * as `swaLr`.
 *
 * @param swaLr - The rate, for all groups or for each.
 * @throws {TypeError} `ERR_INVALID_ARG` for anything but an optimizer, and for a `lastEpoch` of groups without `initialLr`.
 * @see https://docs.pytorch.org/docs/stable/optim.html#swa-learning-rate-schedules
 * @example
 * const sgd = new optim.SGD(net.parameters(), { lr: 1 });
 * const schedule = new optim.swaUtils.SWALR(sgd, 0.5, { annealEpochs: 2, annealStrategy: 'linear' });
 * const rates = [];
 * for (let epoch = 0; epoch < 4; epoch++, schedule.step()) rates.push(sgd.paramGroups[0]!.lr);
 * rates; // → [ 1, 0.75, 0.5, 0.5 ]
 */
export class SWALR extends EpochScheduler<{
  _anneal_strategy: 'cos' | 'linear';
  anneal_epochs: number;
}> {
  constructor(optimizer: Scheduled, swaLr: number | readonly number[], options?: SWALROptions) {
    atMost('SWALR', 3, arguments.length);
    requireOptimizer('SWALR', optimizer);
    const spec = {
      annealEpochs: integer(0).or(10),
      annealStrategy: annealStrategy.or('cos'),
      lastEpoch,
    };
    const read = readOptions('SWALR', spec, options);
    const rates = numberOrEach(optimizer.paramGroups.length).read('SWALR: swaLr', swaLr);
    (optimizer.paramGroups as unknown as Group[]).forEach((group, i) => {
      group.swaLr = rates[i]!;
    });
    super(optimizer, read.lastEpoch, {
      _anneal_strategy: [annealStrategy, read.annealStrategy],
      anneal_epochs: [integer(0), read.annealEpochs],
    });
  }

  protected override rates(): number[] {
    const { anneal_epochs, _step_count, _anneal_strategy } = this.own;
    const step = anneal_epochs === 0 ? Math.max(1, _step_count - 1) : _step_count - 1;
    const share = (epoch: number): number => {
      const part = Math.max(0, Math.min(1, epoch / Math.max(1, anneal_epochs)));
      return _anneal_strategy === 'cos' ? (1 - Math.cos(Math.PI * part)) / 2 : part;
    };
    const [before, now] = [share(step - 1), share(step)];
    return this.groups.map((group, i) => {
      const target = group.swaLr as number;
      const first = before === 1 ? target : (this.now[i]! - before * target) / (1 - before);
      return target * now + first * (1 - now);
    });
  }
}
