// A network with an objective of its own: what train minimises, and how outputs are read.
import { expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { coded } from '../coded.js';
import { loaders } from '../loops.js';

const quiet = { log: null };

// Eager operators wait long for each other's threads where other processes compute.
torch.setNumThreads(1);

/** A LeNet that the fused engine would run, if its outputs were not negated logits. */
class Penalties extends torch.LeNet {
  readonly objective: torch.Objective = {
    forward: (output, labels) => torch.nn.functional.crossEntropy(output.neg(), labels),
    scores: (output) => output.neg(),
  };

  override forward(img: torch.Tensor): torch.Tensor {
    return super.forward(img).neg();
  }
}

function trained(net: torch.LeNet, engine: 'auto' | 'eager' = 'auto') {
  torch.manualSeed(3);
  for (const parameter of net.parameters()) torch.nn.init.uniform_(parameter, -0.2, 0.2);
  const [trainIter, testIter] = loaders(1024, 512);
  const optimizer = new torch.optim.Adam(net.parameters(), { lr: 0.01 });
  const options = { ...quiet, engine };
  return torch.train(net, trainIter, testIter, 256, optimizer, 'cpu', 2, options);
}

test('negated logits train to the same figures as logits', async () => {
  const { epochs: wanted } = await trained(new torch.LeNet(), 'eager');
  const { epochs } = await trained(new Penalties());
  expect(epochs.map(({ loss, trainAcc, testAcc }) => [loss, trainAcc, testAcc])).toEqual(
    wanted.map(({ loss, trainAcc, testAcc }) => [loss, trainAcc, testAcc]),
  );
  expect(epochs[0]).toMatchObject({
    engine: 'eager',
    engineReason: 'the model has an objective of its own',
  });
});

test('evaluate reads the outputs with it, and the fused engine is refused', async () => {
  const net = new Penalties();
  const [, testIter] = loaders(64, 512);
  const best = await torch.evaluate(testIter, net);
  const worst = await torch.evaluate(testIter, (images) => net.forward(images));
  const largest = await torch.evaluate(testIter, (images) => net.forward(images).neg());
  expect(best).toBe(largest);
  expect(best).not.toBe(worst);
  await expect(torch.evaluate(testIter, net, 'cpu', { engine: 'fused' })).rejects.toThrow(
    coded('ERR_ENGINE_UNSUPPORTED'),
  );
});

test('a loss module will do: the largest output wins', async () => {
  const weight = torch.zeros(10);
  weight.set([3], 1);
  class OnlyThrees extends torch.LeNet {
    objective = new torch.nn.CrossEntropyLoss({ weight });
  }
  const { epochs } = await trained(new OnlyThrees());
  expect(epochs[1]).toMatchObject({ engine: 'eager' });
  const [, testIter] = loaders(64, 512);
  let threes = 0;
  for (const [, y] of testIter) threes += Number(y.eq(3).sum().item());
  expect(epochs[1]!.testAcc).toBe(threes / 512);
});

test('LeNet5 learns, and its smallest output is its prediction', async () => {
  torch.manualSeed(0);
  const { DataLoader, FashionMNIST, Subset } = torch.data;
  const part = (train: boolean, count: number) =>
    new Subset(new FashionMNIST({ train, transform: torch.LeNet5.transform() }), count);
  const trainIter = new DataLoader(part(true, 5120), { batchSize: 64, shuffle: true });
  const testIter = new DataLoader(part(false, 512), { batchSize: 256 });
  const net = new torch.LeNet5({ squash: 'tanh', criterion: 'penalty' });
  const centers = net.OUTPUT.weight.clone();
  const optimizer = new torch.optim.Adam(net.parameters(), { lr: 0.003 });
  const run = torch.train(net, trainIter, testIter, 64, optimizer, 'cpu', 1, quiet);
  const { testAcc, engine } = (await run).epochs[0]!;
  expect(engine).toBe('eager');
  expect(testAcc).toBeGreaterThan(0.4);
  expect(net.OUTPUT.weight.equal(centers)).toBe(true);
  let hits = 0;
  for (const [X, y] of testIter) {
    const penalties = await torch.predict(net, X);
    hits += Number(penalties.argmin({ dim: 1 }).eq(y).sum().item());
    penalties.dispose();
  }
  expect(testAcc).toBe(hits / 512);
});
