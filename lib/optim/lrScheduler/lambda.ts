import { atMost } from '../../argument/atMost.js';
import { Kind } from '../../argument/kind.js';
import { readOptions } from '../../argument/options.js';
import { invalidArgument } from '../../error.js';
import { type LastEpochOption, lastEpoch } from './decay.js';
import { EpochScheduler, requireOptimizer, type Scheduled } from './scheduler.js';

/** A factor, by the epochs that are over. */
export type LRLambda = (epoch: number) => number;

// As Python writes functions.
const nones = new Kind<null[]>('an array', (given) =>
  Array.isArray(given) ? given.map(() => null) : undefined,
);

abstract class ByFunctions extends EpochScheduler<{ lr_lambdas: null[] }> {
  declare protected functions: readonly LRLambda[];

  constructor(
    what: string,
    optimizer: Scheduled,
    lrLambda: LRLambda | readonly LRLambda[],
    options: LastEpochOption | undefined,
  ) {
    const read = readOptions(what, { lastEpoch }, options);
    requireOptimizer(what, optimizer);
    const { length } = optimizer.paramGroups;
    const functions = Array.isArray(lrLambda) ? lrLambda : Array(length).fill(lrLambda);
    if (functions.length !== length || functions.some((each) => typeof each !== 'function')) {
      throw invalidArgument(`${what}: lrLambda: expected a function, or ${length} of them`);
    }
    super(optimizer, read.lastEpoch, { lr_lambdas: [nones, functions] }, (self) => {
      (self as ByFunctions).functions = functions;
    });
  }
}

/**
 * Multiplies the rates at the beginning by what a function gives for the epoch; mirrors
 * `torch.optim.lr_scheduler.LambdaLR`. State dicts do not hold the functions.
 *
 * @param lrLambda - For all groups, or one for each.
 * @throws {TypeError} `ERR_INVALID_ARG` for anything but a function, or one for each group.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.LambdaLR.html
 * @example
 * const sgd = new optim.SGD(net.parameters(), { lr: 1 });
 * const schedule = new optim.lrScheduler.LambdaLR(sgd, (epoch) => 1 / 2 ** epoch);
 * const rates = [];
 * for (let epoch = 0; epoch < 4; epoch++, schedule.step()) rates.push(sgd.paramGroups[0]!.lr);
 * rates; // → [ 1, 0.5, 0.25, 0.125 ]
 */
export class LambdaLR extends ByFunctions {
  constructor(
    optimizer: Scheduled,
    lrLambda: LRLambda | readonly LRLambda[],
    options?: LastEpochOption,
  ) {
    atMost('LambdaLR', 3, arguments.length);
    super('LambdaLR', optimizer, lrLambda, options);
  }

  protected override rates(): number[] {
    const { base_lrs, last_epoch } = this.own;
    return base_lrs.map((lr, i) => lr * this.functions[i]!(last_epoch));
  }
}

/**
 * Multiplies the rates as they are by what a function gives for the epoch; mirrors
 * `torch.optim.lr_scheduler.MultiplicativeLR`. State dicts do not hold the functions.
 *
 * @param lrLambda - For all groups, or one for each.
 * @throws {TypeError} `ERR_INVALID_ARG` for anything but a function, or one for each group.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.MultiplicativeLR.html
 * @example
 * const sgd = new optim.SGD(net.parameters(), { lr: 1 });
 * const schedule = new optim.lrScheduler.MultiplicativeLR(sgd, (epoch) => 1 / 2 ** epoch);
 * const rates = [];
 * for (let epoch = 0; epoch < 4; epoch++, schedule.step()) rates.push(sgd.paramGroups[0]!.lr);
 * rates; // → [ 1, 0.5, 0.125, 0.015625 ]
 */
export class MultiplicativeLR extends ByFunctions {
  constructor(
    optimizer: Scheduled,
    lrLambda: LRLambda | readonly LRLambda[],
    options?: LastEpochOption,
  ) {
    atMost('MultiplicativeLR', 3, arguments.length);
    super('MultiplicativeLR', optimizer, lrLambda, options);
  }

  protected override rates(isInitial: boolean): number[] {
    const { now } = this;
    if (isInitial) return now;
    return now.map((lr, i) => lr * this.functions[i]!(this.own.last_epoch));
  }
}
