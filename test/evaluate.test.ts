import { expect, test } from 'vitest';

import * as torch from '../lib/index.js';
import { coded, invalid } from './coded.js';
import { loaders, model } from './loops.js';

const [, testIter] = loaders(10, 300, 100);

test('the accuracy is the share of right answers', async () => {
  const { net } = model();
  let right = 0;
  for (const [X, y] of testIter) {
    right += Number(net.forward(X).argmax({ dim: 1 }).eq(y).sum().item());
  }
  expect(await torch.evaluate(testIter, net)).toBe(right / 300);
});

test.each(['SGD', 'Adam', 'AdamW'] as const)('sees what steps of %s change', async (name) => {
  const { net } = model();
  const optimizer = new torch.optim[name](net.parameters(), { lr: 0.5 });
  const images = torch.rand(2, 1, 28, 28);
  const before = await torch.predict(net, images);
  net.forward(images).sum().backward();
  optimizer.step();
  const after = await torch.predict(net, images);
  expect(after.tolist()).not.toEqual(before.tolist());
  const wanted = torch.noGrad(() => net.forward(images));
  expect(Number(after.sub(wanted).abs().max().item())).toBeLessThan(1e-3);
});

test('modes are restored, each module’s own', async () => {
  const { net } = model();
  net.train();
  net.fc.eval();
  const seen: boolean[] = [];
  class Spy extends torch.nn.Module {
    inner = net;
    forward(x: torch.Tensor): torch.Tensor {
      seen.push(this.training || net.training || torch.isGradEnabled());
      return net.forward(x);
    }
  }
  const spy = new Spy();
  await torch.evaluate(testIter, spy, null, { engine: 'eager' });
  expect(seen).toEqual([false, false, false]);
  expect([spy.training, net.training, net.fc.training]).toEqual([true, true, false]);
});

test('modes are restored after an error', async () => {
  const { net } = model();
  const wrong = [[torch.rand(2, 2, 28, 28), torch.tensor([0n, 1n])]] as const;
  await expect(torch.evaluate(wrong, net)).rejects.toThrow(coded('ERR_LIBTORCH'));
  expect(net.training).toBe(true);
  expect(torch.isGradEnabled()).toBe(true);
});

test('plain functions are models; with two parameters they learn that it is no training', async () => {
  const { net } = model();
  const wanted = await torch.evaluate(testIter, net);
  expect(await torch.evaluate(testIter, (X: torch.Tensor) => net.forward(X))).toBe(wanted);
  const told: boolean[] = [];
  const model2 = (X: torch.Tensor, { isTraining }: { isTraining: boolean }): torch.Tensor => {
    told.push(isTraining);
    return net.forward(X);
  };
  expect(await torch.evaluate(testIter, model2)).toBe(wanted);
  expect(told).toEqual([false, false, false]);
});

test('evaluations may overlap, and be nested in a loop over the training loader', async () => {
  const { net } = model();
  const [trainIter] = loaders(20, 10, 10);
  const wanted = await torch.evaluate(testIter, net);
  for (const [X, y] of trainIter) {
    const both = await Promise.all([torch.evaluate(testIter, net), torch.evaluate(testIter, net)]);
    expect(both).toEqual([wanted, wanted]);
    expect(X.shape).toEqual([10, 1, 28, 28]);
    expect(y.sum().item()).toBeGreaterThanOrEqual(0);
  }
});

test('a model that is evaluated is not trained meanwhile, nor a part of one in training used', async () => {
  const { net, optimizer } = model();
  const [trainIter] = loaders(20, 10, 10);
  const start = () => torch.train(net, trainIter, testIter, 10, optimizer, 'cpu', 1, { log: null });
  const evaluation = torch.evaluate(testIter, net);
  await expect(start()).rejects.toThrow(coded('ERR_MODEL_BUSY'));
  await evaluation;
  const training = start();
  await expect(torch.evaluate(testIter, net.fc)).rejects.toThrow(coded('ERR_MODEL_BUSY'));
  await training;
});

test('engine: graph is refused where there is none', async () => {
  const { net } = model();
  const graph = { engine: 'graph' } as const;
  for (const [model, device] of [
    [net, undefined],
    [net, 'cpu'],
    [(X: torch.Tensor) => net.forward(X), 'cpu'],
  ] as const) {
    await expect(torch.evaluate(testIter, model, device, graph)).rejects.toMatchObject({
      code: 'ERR_ENGINE_UNSUPPORTED',
      message: expect.stringMatching(
        /^evaluate: engine: 'graph': the (device is not a GPU|model is)/,
      ),
    });
  }
  await expect(torch.predict(net, testIter as never, graph as never)).rejects.toThrow(invalid());
  const optimizer = new torch.optim.SGD(net.parameters(), { lr: 0.1 });
  await torch.train(net, testIter, testIter, 100, optimizer, 'cpu', 1, { log: null });
});

test('bad input', async () => {
  const { net } = model();
  await expect(torch.evaluate([], net)).rejects.toThrow(coded('ERR_DATA_EMPTY'));
  await expect(torch.evaluate(null as never, net)).rejects.toThrow(invalid());
  await expect(torch.evaluate(testIter, 5 as never)).rejects.toThrow(invalid());
  await expect(torch.evaluate(testIter, net, 'cuda')).rejects.toThrow(
    coded('ERR_CUDA_UNAVAILABLE'),
  );
  await expect(torch.evaluate(testIter, () => 5 as never)).rejects.toThrow(invalid());
  await expect(torch.evaluate([null] as never, net)).rejects.toThrow(invalid());
  const { signal } = Object.assign(new AbortController());
  expect(await torch.evaluate(testIter, net, null, { signal })).toBeGreaterThanOrEqual(0);
  await expect(
    torch.evaluate(testIter, net, null, { signal: AbortSignal.abort(new Error('no')) }),
  ).rejects.toThrow('no');
});

const { tensor, zeros } = torch;
test.each<[string, torch.Tensor, torch.Tensor]>([
  ['a column', zeros(3, 2), zeros(3, 1, { dtype: 'int64' })],
  ['fewer than images', zeros(3, 2), zeros(1, { dtype: 'int64' })],
  ['a number', zeros(3, 2), tensor(0n)],
  ['probabilities', zeros(3, 3), zeros(3, 3)],
  ['floats', zeros(3, 2), zeros(3)],
  ['booleans', zeros(3, 2), zeros(3, { dtype: 'bool' })],
  ['one for each pixel', zeros(3, 2, 4, 4), zeros(3, 4, 4, { dtype: 'int64' })],
  ['scores without classes', zeros(3), zeros(3, { dtype: 'int64' })],
])('labels that cannot be counted are refused: %s', async (_, scores, labels) => {
  const error = expect.objectContaining({
    code: expect.stringMatching(/^ERR_(INVALID_ARG|LIBTORCH)$/),
  });
  await expect(torch.evaluate([[zeros(3, 1), labels]], () => scores)).rejects.toEqual(error);
  if (scores.ndim !== 2) return;
  const net = new torch.nn.Linear(1, scores.shape[1] as number);
  const [parameter] = [...net.parameters()] as [torch.Tensor];
  const before = parameter.detach().clone();
  const batches = [[zeros(3, 1), labels]] as const;
  const optimizer = new torch.optim.SGD(net.parameters(), { lr: 1 });
  const training = torch.train(net, batches, batches, 3, optimizer, 'cpu', 1, { log: null });
  await expect(training).rejects.toEqual(error);
  expect(parameter.equal(before)).toBe(true);
});
