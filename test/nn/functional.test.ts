import { describe, expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { decode, type Encoded, expectClose, recorded, weights } from '../recorded.js';

interface Case {
  function: string;
  args: unknown[];
  inputs: Encoded[];
  outputs: Encoded[];
  grads: (Encoded | null)[] | null;
}

const F = torch.nn.functional;
const reference = recorded<{ cases: Case[]; dropout: Encoded }>('functions');

describe('functions equal PyTorch, values and gradients', () => {
  test.each(
    reference.cases.map(
      (each, i) => [`${i} ${each.function}(${JSON.stringify(each.args)})`, each] as const,
    ),
  )('%s', (_, each) => {
    const inputs = each.inputs.map((input) => decode(input) as torch.Tensor);
    each.grads?.forEach((grad, i) => {
      if (grad !== null) (inputs[i] as torch.Tensor).requiresGrad = true;
    });
    const args = each.args.map((arg) => {
      const input = (arg as { input?: number } | null)?.input;
      return input === undefined ? arg : inputs[input];
    });
    const call = (F as unknown as Record<string, (...args: unknown[]) => torch.Tensor>)[
      each.function
    ] as (...args: unknown[]) => torch.Tensor;
    const output = call(inputs[0], ...args);
    expectClose(output, each.outputs[0]);
    if (each.grads === null) return;
    output.mul(weights(output)).sum().backward();
    each.grads.forEach((grad, i) => {
      if (grad !== null) expectClose((inputs[i] as torch.Tensor).grad, grad, 1e-5, 1e-5);
    });
  });
});

describe('dropout', () => {
  test('drops the same elements as PyTorch with the same seed', () => {
    torch.manualSeed(6);
    expectClose(F.dropout(torch.ones(64), 0.3), reference.dropout);
  });

  test('is the identity in evaluation', () => {
    const input = torch.randn(10);
    const layer = new torch.nn.Dropout(0.9);
    expect(layer.eval().forward(input).equal(input)).toBe(true);
    expect(layer.train().forward(torch.ones(1000)).sum().item()).not.toBe(1000);
  });

  test('changes its input when it is told to', () => {
    const input = torch.ones(10);
    const layer = new torch.nn.Dropout(1, { inplace: true });
    expect(layer.forward(input)).toBe(input);
    expect(input.sum().item()).toBe(0);
  });
});

test('ReLU changes its input when it is told to', () => {
  const input = torch.tensor([-1, 2]);
  expect(new torch.nn.ReLU({ inplace: true }).forward(input)).toBe(input);
  expect(input.tolist()).toEqual([0, 2]);
});

describe('BatchNorm2d over several batches', () => {
  test('momentum null keeps the plain mean of the batches', () => {
    const norm = new torch.nn.BatchNorm2d(1, { momentum: null });
    for (const value of [1, 2, 6]) norm.forward(torch.full([2, 1, 2, 2], value));
    expect(norm.runningMean?.item()).toBeCloseTo(3, 6);
    expect(norm.numBatchesTracked?.item()).toBe(3);
    norm.resetRunningStats();
    expect([norm.runningMean?.item(), norm.numBatchesTracked?.item()]).toEqual([0, 0]);
  });

  test('evaluation leaves the statistics alone', () => {
    const norm = new torch.nn.BatchNorm2d(1).eval();
    norm.forward(torch.randn(2, 1, 3, 3));
    expect([norm.runningMean?.item(), norm.runningVar?.item()]).toEqual([0, 1]);
    expect(norm.numBatchesTracked?.item()).toBe(0);
  });
});
