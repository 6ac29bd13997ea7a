import { describe, expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { decode, type Encoded, expectClose, recorded } from '../recorded.js';
import type { OptimizerName } from './names.js';

interface Reference {
  start: Encoded[];
  grads: Encoded[][];
  cases: {
    optimizer: OptimizerName;
    options: Record<string, unknown>;
    steps: Encoded[][];
    rates: number[];
  }[];
}

const reference = recorded<Reference>('optimizers');

function make(each: Reference['cases'][number]) {
  const params = (decode(reference.start) as torch.Tensor[]).map((p) => p.requiresGrad_());
  const Optimizer = torch.optim[each.optimizer];
  return { params, optimizer: new Optimizer(params, each.options) };
}

describe('optimizers and StepLR equal PyTorch, step by step', () => {
  test.each(
    reference.cases.map(
      (each) => [`${each.optimizer} ${JSON.stringify(each.options)}`, each] as const,
    ),
  )('%s', (_, each) => {
    const { params, optimizer } = make(each);
    const scheduler = new torch.optim.lrScheduler.StepLR(optimizer, 2, { gamma: 0.5 });
    each.steps.forEach((wanted, i) => {
      const grads = decode(reference.grads[i]) as torch.Tensor[];
      params.forEach((param, k) => {
        param.grad = grads[k] as torch.Tensor;
      });
      optimizer.step();
      scheduler.step();
      expect(scheduler.getLastLr()[0]).toBeCloseTo(each.rates[i] as number, 12);
      params.forEach((param, k) => {
        expectClose(param.detach(), wanted[k], 1e-6, 1e-6);
      });
    });
  });

  test.each(
    reference.cases.map(
      (each) => [`${each.optimizer} ${JSON.stringify(each.options)}`, each] as const,
    ),
  )('a saved state goes on where it was: %s', (_, each) => {
    const first = make(each);
    const second = make(each);
    const step = ({ params, optimizer }: typeof first, i: number): void => {
      const grads = decode(reference.grads[i]) as torch.Tensor[];
      params.forEach((param, k) => {
        param.grad = grads[k] as torch.Tensor;
      });
      optimizer.step();
    };
    for (let i = 0; i < 3; i++) step(first, i);
    second.optimizer.loadStateDict(first.optimizer.stateDict());
    torch.noGrad(() => {
      second.params.forEach((param, k) => {
        param.copy_(first.params[k] as torch.Tensor);
      });
    });
    for (let i = 3; i < 6; i++) {
      step(first, i);
      step(second, i);
    }
    second.params.forEach((param, k) => {
      expect(param.equal(first.params[k] as torch.Tensor)).toBe(true);
    });
  });
});
