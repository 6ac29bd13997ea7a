import { describe, expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { invalid } from '../coded.js';

const { SGD, lrScheduler } = torch.optim;
const { StepLR } = lrScheduler;

const make = (...rates: number[]) =>
  new SGD(rates.map((lr) => ({ params: [torch.zeros([1], { requiresGrad: true })], lr })));

describe('StepLR', () => {
  test('multiplies every stepSize epochs, in each group', () => {
    const optimizer = make(1, 0.5);
    const scheduler = new StepLR(optimizer, 2, { gamma: 0.5 });
    const seen = Array.from({ length: 5 }, () => {
      scheduler.step();
      return scheduler.getLastLr();
    });
    expect(seen).toEqual([
      [1, 0.5],
      [0.5, 0.25],
      [0.5, 0.25],
      [0.25, 0.125],
      [0.25, 0.125],
    ]);
    expect(optimizer.paramGroups.map(({ lr }) => lr)).toEqual([0.25, 0.125]);
  });

  test('goes on from a rate that was changed meanwhile; with an epoch, from the first rate', () => {
    const optimizer = make(1);
    const scheduler = new StepLR(optimizer, 1, { gamma: 0.5 });
    (optimizer.paramGroups[0] as { lr: number }).lr = 8;
    scheduler.step();
    expect(scheduler.getLastLr()).toEqual([4]);
    scheduler.step(3);
    expect([scheduler.getLastLr(), scheduler.lastEpoch]).toEqual([[0.125], 3]);
  });

  test('keeps the first rate in the group, for the next scheduler and the state dict', () => {
    const optimizer = make(1);
    new StepLR(optimizer, 1).step();
    const second = new StepLR(optimizer, 1, { gamma: 0.5, lastEpoch: 1 });
    expect(second.stateDict()).toEqual({
      step_size: 1,
      gamma: 0.5,
      base_lrs: [1],
      last_epoch: 2,
      _step_count: 1,
      _is_initial: false,
      _get_lr_called_within_step: false,
      _last_lr: [0.05],
    });
    expect(optimizer.stateDict().param_groups[0]).toMatchObject({ initial_lr: 1 });
  });

  test('a saved state goes on where it was', () => {
    const first = new StepLR(make(1), 2);
    first.step();
    const optimizer = make(1);
    const second = new StepLR(optimizer, 5, { gamma: 0.9 });
    second.loadStateDict(first.stateDict());
    second.step();
    expect(second.getLastLr()).toEqual([0.1]);
  });

  test.each<[string, () => unknown]>([
    ['no optimizer', () => new StepLR({} as never, 1)],
    ['stepSize 0', () => new StepLR(make(1), 0)],
    ['stepSize 1.5', () => new StepLR(make(1), 1.5)],
    ['gamma as text', () => new StepLR(make(1), 1, { gamma: '1' as never })],
    ['gamma NaN', () => new StepLR(make(1), 1, { gamma: Number.NaN })],
    ['lastEpoch −2', () => new StepLR(make(1), 1, { lastEpoch: -2 })],
    ['lastEpoch without a first rate', () => new StepLR(make(1), 1, { lastEpoch: 3 })],
  ])('refuses %s', (_, call) => {
    expect(call).toThrow(invalid());
  });
});
