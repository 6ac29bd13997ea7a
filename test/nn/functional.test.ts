import { describe, expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { invalid } from '../coded.js';
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

describe('AdaptiveLogSoftmaxWithLoss', () => {
  const layer = new torch.nn.AdaptiveLogSoftmaxWithLoss(8, 12, [3, 6], { headBias: true });
  const input = torch.randn(40, 8).mul(4);

  test('log probabilities of all classes are those of the forward pass, and sum to 1', () => {
    const all = layer.logProb(input);
    expect(all.exp().sum({ dim: 1 }).allclose(torch.ones(40), { atol: 1e-5 })).toBe(true);
    const target = torch.arange(40).remainder(12).to('int64');
    const [output, loss] = layer.forward(input, target);
    expect(output.allclose(all.gather(1, target.unsqueeze(1)).squeeze(1), { atol: 1e-5 })).toBe(
      true,
    );
    expect(loss.allclose(output.mean().neg(), { atol: 1e-5 })).toBe(true);
  });

  test('predicts the likeliest class where the head says so, else within all', () => {
    const head = layer.head.forward(input).argmax(1).tolist() as number[];
    const all = layer.logProb(input).argmax(1).tolist() as number[];
    const wanted = head.map((best, i) => (Number(best) < 3 ? best : all[i]));
    expect(layer.predict(input).tolist()).toEqual(wanted);
  });
});

describe('embeddings of given rows', () => {
  const rows = torch.tensor([
    [1, 2],
    [3, 4],
    [5, 6],
  ]);

  test.each([torch.nn.Embedding, torch.nn.EmbeddingBag])('%o share their memory', (Class) => {
    torch.manualSeed(1);
    const before = torch.rand(1).item();
    torch.manualSeed(1);
    const layer = Class.fromPretrained(rows, { paddingIdx: -1 });
    // As in Python, nothing is drawn for them.
    expect(torch.rand(1).item()).toBe(before);
    expect([layer.weight.requiresGrad, layer.paddingIdx]).toEqual([false, 2]);
    expect(layer.weight.tolist()).toEqual(rows.tolist());
    expect(Class.fromPretrained(rows, { freeze: false }).weight.requiresGrad).toBe(true);
    expect(() => Class.fromPretrained(torch.ones(2))).toThrow(invalid('expected 2 dimensions'));
    rows.at(0, 0).fill_(7);
    expect(layer.weight.at(0, 0).item()).toBe(7);
    rows.at(0, 0).fill_(1);
  });
});
