// Resume is bit for bit with every optimizer and every schedule that the package has.
import { beforeEach, describe, expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { type Make, resumed, slowClock, smallLoaders, undisturbed } from './trainings.js';

const { nn, optim } = torch;
const { lrScheduler: schedules } = optim;

beforeEach(slowClock);

type Params = readonly torch.Tensor[];
// biome-ignore lint/suspicious/noExplicitAny: whatever its options are
type AnyOptimizer = torch.optim.Optimizer<any>;

/** Matrices alone, which every optimizer takes. */
const small = (): torch.nn.Module =>
  new nn.Sequential(
    new nn.AvgPool2d(4),
    new nn.Flatten(),
    new nn.Linear(49, 8, { bias: false }),
    new nn.Tanh(),
    new nn.Linear(8, 10, { bias: false }),
  );

/** Scores from rows of a table, whose gradients are sparse. */
class Looked extends nn.Module {
  table = new nn.Parameter(torch.randn(16, 10));

  forward(images: torch.Tensor): torch.Tensor {
    const shades = images.flatten(1).narrow(1, 300, 100).mul(15).to('int64');
    const rows = torch.ops.aten.embedding!(this.table, shades, -1, false, true) as torch.Tensor;
    return rows.mean({ dim: 1 });
  }
}

/** Each with what makes it remember most. */
const optimizers: Record<string, (params: Params) => AnyOptimizer> = {
  ASGD: (params) => new optim.ASGD(params, { t0: 3, lambd: 0.01 }),
  Adadelta: (params) => new optim.Adadelta(params),
  Adafactor: (params) => new optim.Adafactor(params),
  Adagrad: (params) => new optim.Adagrad(params, { lrDecay: 0.1 }),
  Adam: (params) => new optim.Adam(params, { amsgrad: true }),
  AdamW: (params) => new optim.AdamW(params, { amsgrad: true, maximize: true }),
  Adamax: (params) => new optim.Adamax(params),
  LBFGS: (params) => new optim.LBFGS(params, { lr: 0.1, maxIter: 3, historySize: 2 }),
  Muon: (params) => new optim.Muon(params),
  NAdam: (params) => new optim.NAdam(params),
  RAdam: (params) => new optim.RAdam(params),
  RMSprop: (params) => new optim.RMSprop(params, { momentum: 0.9, centered: true }),
  Rprop: (params) => new optim.Rprop(params),
  SGD: (params) => new optim.SGD(params, { momentum: 0.9, nesterov: true }),
  SparseAdam: (params) => new optim.SparseAdam(params),
};

type SGD = torch.optim.SGD;
const shrink = (epoch: number): number => 1 / (epoch + 1);

/** Each of a kind whose rates change in the first epochs. */
const scheduled: Record<string, (optimizer: SGD) => torch.optim.lrScheduler.LRScheduler> = {
  ChainedScheduler: (optimizer) =>
    new schedules.ChainedScheduler([
      new schedules.StepLR(optimizer, 1, { gamma: 0.5 }),
      new schedules.ExponentialLR(optimizer, 0.9),
    ]),
  ConstantLR: (optimizer) => new schedules.ConstantLR(optimizer, { totalIters: 2 }),
  CosineAnnealingLR: (optimizer) => new schedules.CosineAnnealingLR(optimizer, 3),
  CosineAnnealingWarmRestarts: (optimizer) =>
    new schedules.CosineAnnealingWarmRestarts(optimizer, 2, { TMult: 2 }),
  CyclicLR: (optimizer) => new schedules.CyclicLR(optimizer, 0.01, 0.1, { stepSizeUp: 2 }),
  ExponentialLR: (optimizer) => new schedules.ExponentialLR(optimizer, 0.7),
  LambdaLR: (optimizer) => new schedules.LambdaLR(optimizer, shrink),
  LinearLR: (optimizer) => new schedules.LinearLR(optimizer, { totalIters: 3 }),
  MultiStepLR: (optimizer) => new schedules.MultiStepLR(optimizer, [1, 2, 2]),
  MultiplicativeLR: (optimizer) => new schedules.MultiplicativeLR(optimizer, shrink),
  OneCycleLR: (optimizer) => new schedules.OneCycleLR(optimizer, 0.1, { totalSteps: 5 }),
  PolynomialLR: (optimizer) => new schedules.PolynomialLR(optimizer, { power: 2 }),
  ReduceLROnPlateau: (optimizer) =>
    new schedules.ReduceLROnPlateau(optimizer, { patience: 0, mode: 'max', cooldown: 1 }),
  SequentialLR: (optimizer) =>
    new schedules.SequentialLR(
      optimizer,
      [new schedules.ConstantLR(optimizer), new schedules.StepLR(optimizer, 1)],
      [2],
    ),
  StepLR: (optimizer) => new schedules.StepLR(optimizer, 1, { gamma: 0.5 }),
  SWALR: (optimizer) => new optim.swaUtils.SWALR(optimizer, 0.001, { annealEpochs: 3 }),
};

const namesOf = (space: object, Base: abstract new (...args: never[]) => object): string[] =>
  Object.entries(space)
    .filter(([, value]) => value?.prototype instanceof Base)
    .map(([name]) => name)
    .sort();

test('all optimizers and all schedules are here', () => {
  expect(Object.keys(optimizers).sort()).toEqual(namesOf(optim, optim.Optimizer));
  expect(Object.keys(scheduled).sort()).toEqual(
    [
      ...namesOf(schedules, schedules.LRScheduler),
      ...namesOf(optim.swaUtils, schedules.LRScheduler),
    ].sort(),
  );
});

async function expectTheSame(make: Make, epochs: number): Promise<void> {
  const whole = await undisturbed(make, epochs, '1steps');
  // In the midst of an epoch, at its last step, and after the first step of the next.
  for (const i of [1, 4, 5, whole.copies.length - 2]) {
    const { weights, metrics } = await resumed(whole.copies[i] as string, make, epochs);
    expect({ i, weights, metrics }).toEqual({
      i,
      weights: whole.weights,
      metrics: whole.metrics,
    });
  }
}

describe('optimizers', () => {
  test.each(Object.entries(optimizers))('%s', async (name, optimizer) => {
    const make: Make = () => {
      torch.manualSeed(7);
      const net = name === 'SparseAdam' ? new Looked() : small();
      return { net, optimizer: optimizer([...net.parameters()]), ...smallLoaders() };
    };
    await expectTheSame(make, 2);
  });
});

describe('schedules', () => {
  test.each(Object.entries(scheduled))('%s', async (name, schedule) => {
    const rates: number[][] = [];
    const make: Make = () => {
      torch.manualSeed(7);
      const net = small();
      const optimizer = new optim.SGD(net.parameters(), { lr: 0.1, momentum: 0.5 });
      const scheduler = schedule(optimizer);
      const own: number[] = [optimizer.paramGroups[0]!.lr];
      rates.push(own);
      const onEpoch = ({ epoch }: torch.EpochResult): void => {
        // A figure that becomes worse from epoch to epoch.
        if (name === 'ReduceLROnPlateau') scheduler.step(-epoch);
        else scheduler.step();
        own.push(optimizer.paramGroups[0]!.lr);
      };
      return { net, optimizer, ...smallLoaders(), extras: { scheduler }, onEpoch };
    };
    await expectTheSame(make, 3);
    expect(new Set(rates[0]).size).toBeGreaterThan(1);
  });
});

test('LBFGS in train computes each loss several times, as a loop by hand does', async () => {
  const make = () => {
    torch.manualSeed(7);
    const net = small();
    const optimizer = new optim.LBFGS(net.parameters(), { lr: 0.5, maxIter: 4 });
    return { net, optimizer, ...smallLoaders() };
  };
  const { net, optimizer, trainIter, testIter } = make();
  const { epochs } = await torch.train(net, trainIter, testIter, 32, optimizer, 'cpu', 1, {
    log: null,
  });
  expect(epochs[0]!.engine).toBe('eager');

  const hand = make();
  const loss = new nn.CrossEntropyLoss();
  let sum = 0;
  let batches = 0;
  for (const [X, y] of hand.trainIter as torch.data.DataLoader<
    readonly [torch.Tensor, torch.Tensor]
  >) {
    const first = hand.optimizer.step(() => {
      hand.optimizer.zeroGrad();
      const value = loss.forward(hand.net.forward(X) as torch.Tensor, y);
      value.backward();
      return value;
    });
    sum += Number(first!.item());
    batches++;
  }
  const [a, b] = [net, hand.net].map((each) => Object.values(each.stateDict()));
  for (const [i, tensor] of a!.entries()) expect(tensor.equal(b![i]!)).toBe(true);
  expect(epochs[0]!.loss).toBeCloseTo(sum / batches, 10);
});
