import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { temporaryFolder } from '../folder.js';
import {
  batchSize,
  finish,
  lenet,
  type Make,
  resumed,
  type Setup,
  slowClock,
  smallLoaders,
  trainData,
  undisturbed,
  weightsOf,
} from './trainings.js';

const { DataLoader } = torch.data;

const long = process.env.LENET_TORCH_LONG === '1';

beforeEach(slowClock);

class Noisy extends torch.nn.Module {
  layers = new torch.nn.Sequential(
    new torch.nn.Conv2d(1, 4, 5, { stride: 4 }),
    new torch.nn.BatchNorm2d(4),
    new torch.nn.ReLU(),
    new torch.nn.Flatten(),
    new torch.nn.Dropout(0.5),
    new torch.nn.Linear(144, 10),
  );

  forward(x: torch.Tensor): torch.Tensor {
    return this.layers.forward(x);
  }
}

// A setup with another optimizer, other loaders, another network.
const having =
  (change: (setup: Setup) => Partial<Setup>, make: Make = lenet): Make =>
  () => {
    const setup = make();
    return { ...setup, ...change(setup) };
  };

const noisy: Make = () => {
  torch.manualSeed(4);
  const net = new Noisy();
  const optimizer = new torch.optim.Adam(net.parameters(), { lr: 0.01, amsgrad: true });
  return { net, optimizer, ...smallLoaders() };
};

const sgd = (options: Partial<torch.optim.SGDOptions>): Make =>
  having(({ net }) => ({ optimizer: new torch.optim.SGD(net.parameters(), options) }));

const loaderWith = (options: torch.data.DataLoaderOptions): Make =>
  having(() => ({
    trainIter: new DataLoader(trainData, { batchSize, shuffle: true, ...options }),
  }));

const scheduled: Make = having(({ optimizer }) => {
  const scheduler = new torch.optim.lrScheduler.StepLR(optimizer, 1, { gamma: 0.5 });
  return { extras: { scheduler }, onEpoch: () => scheduler.step() };
});

// What the fused engine knows besides LeNet, each with another optimizer of its own.
const { Conv2d, Flatten, Linear, MaxPool2d, ReLU, SiLU } = torch.nn;

const layered =
  (
    layers: () => torch.nn.Module[],
    optimizerOf: (net: torch.nn.Module) => Setup['optimizer'],
  ): Make =>
  () => {
    torch.manualSeed(6);
    const net = new torch.nn.Sequential(...layers());
    return { net, optimizer: optimizerOf(net), ...smallLoaders() };
  };

const softmax = layered(
  () => [new Flatten(), new Linear(784, 10)],
  (net) => new torch.optim.SGD(net.parameters(), { lr: 0.1, momentum: 0.9, weightDecay: 0.01 }),
);

const perceptron = layered(
  () => [new Flatten(), new Linear(784, 24), new SiLU(), new Linear(24, 10)],
  (net) => {
    const [first, ...rest] = net.parameters();
    const groups = [
      { params: [first!], lr: 0.002 },
      { params: rest, weightDecay: 0.1 },
    ];
    return new torch.optim.AdamW(groups, { lr: 0.01, betas: [0.8, 0.99] });
  },
);

const small3x3 = layered(
  () => [
    new Conv2d(1, 5, 3, { padding: 1, stride: 2 }),
    new ReLU(),
    new MaxPool2d(2),
    new Flatten(),
    new Linear(245, 10),
  ],
  (net) => new torch.optim.SGD(net.parameters(), { lr: 0.05, momentum: 0.9, nesterov: true }),
);

const batches: Make = having(({ trainIter }) => ({ trainIter: [...copied(trainIter)] }));

function* copied(all: Setup['trainIter']): Generator<readonly [torch.Tensor, torch.Tensor]> {
  for (const [X, y] of all) yield [X.keep(), y.keep()];
}

// What a batch looks like depends on the generator when it is fetched.
class Dimmed extends torch.data.Dataset<readonly [torch.Tensor, torch.Tensor]> {
  readonly length = trainData.length;
  get(index: number): readonly [torch.Tensor, torch.Tensor] {
    const [image, label] = trainData.get(index);
    return [image.mul(torch.rand(1)), label];
  }
}

const { DistributedSampler, RandomSampler } = torch.data;

const share: Make = having(() => {
  const sampler = new DistributedSampler(trainData, { numReplicas: 2, rank: 1 });
  return { trainIter: new DataLoader(trainData, { batchSize: 16, sampler }) };
});

const drawnFrom: Make = having(() => {
  const generator = new torch.Generator().manualSeed(11);
  const sampler = new RandomSampler(trainData, { replacement: true, numSamples: 150, generator });
  return { trainIter: new DataLoader(trainData, { batchSize, sampler }) };
});

// Draws from the generator that dropout draws from, number by number, and does not say how many.
const ownSampler = having(() => {
  const sampler = {
    *[Symbol.iterator]() {
      for (let i = 0; i < 150; i++) yield Number(torch.randint(0, 150, []).item());
      torch.rand(1);
    },
  };
  return { trainIter: new DataLoader(trainData, { batchSize, sampler }) };
}, noisy);

const drawing: Make = having(() => ({
  trainIter: new DataLoader(new Dimmed(), { batchSize, shuffle: true }),
}));

describe('from wherever it was killed, the end is bit-equal', () => {
  test.each<[string, Make, torch.EngineChoice]>([
    ['fused, Adam', lenet, 'fused'],
    ['fused, SGD', sgd({ lr: 0.1 }), 'fused'],
    ['fused, SGD with momentum', sgd({ lr: 0.1, momentum: 0.9, dampening: 0.1 }), 'fused'],
    ['fused, own generator', loaderWith({ generator: new torch.Generator() }), 'fused'],
    [
      'fused, in order, without the last batch',
      loaderWith({ shuffle: false, dropLast: true }),
      'fused',
    ],
    ['fused, softmax regression', softmax, 'fused'],
    ['fused, a perceptron in two groups', perceptron, 'fused'],
    ['fused, a network of 3×3', small3x3, 'fused'],
    ['eager, Adam', lenet, 'eager'],
    ['eager, SGD with momentum', sgd({ lr: 0.1, momentum: 0.9, nesterov: true }), 'eager'],
    ['eager, Dropout and BatchNorm2d', noisy, 'auto'],
    ['eager, without the last batch', loaderWith({ dropLast: true }), 'eager'],
    ['eager, a data set that draws', drawing, 'auto'],
    ['fused, a share of several', share, 'fused'],
    ['eager, a share of several', share, 'eager'],
    ['fused, a sampler with a generator', drawnFrom, 'fused'],
    ['eager, a sampler with a generator', drawnFrom, 'eager'],
    ['eager, a sampler of its own kind', ownSampler, 'auto'],
    ['an array of batches', batches, 'auto'],
    ['a schedule of learning rates', scheduled, 'auto'],
  ])('%s', async (_, make, engine) => {
    const fresh = (): Setup => {
      const setup = make();
      const { generator } = setup.trainIter as { generator?: torch.Generator };
      generator?.manualSeed(11);
      return setup;
    };
    const whole = await undisturbed(fresh, 2, '1steps', { engine });
    expect(whole.copies.length).toBeGreaterThanOrEqual(8);
    // At the beginning, in the middle and after the last step of an epoch; in the long tier everywhere.
    const some = [0, 3, 4, 6, whole.copies.length - 1].map((i) => whole.copies[i] as string);
    for (const copy of long ? whole.copies : some) {
      const { weights, metrics, history } = await resumed(copy, fresh, 2, { engine });
      expect(weights).toEqual(whole.weights);
      expect(metrics).toEqual(whole.metrics);
      expect(history.epochs.length).toBe(2);
    }
  });
});

test('checkpoints change nothing: neither the weights nor the sums of the losses', async () => {
  const ends = [];
  for (const every of ['epoch', '1steps', '3steps', '0.001s'] as const) {
    const setup = lenet();
    const run = await torch.Run.create(join(temporaryFolder(), 'run'), { checkpointEvery: every });
    const { weights, metrics } = await finish(run, setup, 2);
    ends.push({ weights, metrics });
  }
  const { net, optimizer, trainIter, testIter } = lenet();
  const { epochs } = await torch.train(net, trainIter, testIter, batchSize, optimizer, 'cpu', 2, {
    log: null,
  });
  expect(weightsOf(net)).toEqual(ends[0]?.weights);
  expect(JSON.parse(ends[0]?.metrics[1] as string)).toMatchObject({ loss: epochs[1]?.loss });
  for (const end of ends) expect(end).toEqual(ends[0]);
});

describe('an interrupt writes a checkpoint at the step where it stops', () => {
  test.each(['fused', 'eager'] as const)('%s', async (engine) => {
    const whole = await undisturbed(lenet, 2, 'epoch', { engine });
    for (const stop of [1, 3, 5, 6, 9, 10]) {
      const dir = join(temporaryFolder(), 'run');
      const controller = new AbortController();
      const { signal } = controller;
      let steps = 0;
      const onProgress = (progress: torch.Progress): void => {
        steps += progress.steps;
        if (steps >= stop) controller.abort(new Error('enough'));
      };
      const run = await torch.Run.create(dir);
      const options = { engine, signal, onProgress };
      await expect(finish(run, lenet(), 2, options)).rejects.toThrow('enough');
      const again = await torch.Run.resume(dir);
      expect(again.step).toBe(steps);
      const { weights, metrics } = await finish(again, lenet(), 2, { engine });
      expect({ weights, metrics }).toEqual({ weights: whole.weights, metrics: whole.metrics });
    }
  });
});

test('a custom iterable goes on from the last epoch', async () => {
  const make = having(({ trainIter }) => ({
    trainIter: { [Symbol.iterator]: () => trainIter[Symbol.iterator]() },
  }));
  const whole = await undisturbed(make, 3, 'epoch');
  const { weights, metrics } = await resumed(whole.copies[7] as string, make, 3);
  expect({ weights, metrics }).toEqual({ weights: whole.weights, metrics: whole.metrics });
  const run = await torch.Run.create(join(temporaryFolder(), 'run'), { checkpointEvery: '5steps' });
  await expect(finish(run, make(), 1)).rejects.toThrow(/'5steps' needs a DataLoader/);
});

test('more epochs than were asked for at first', async () => {
  const whole = await undisturbed(lenet, 3, 'epoch');
  const dir = join(temporaryFolder(), 'run');
  await finish(await torch.Run.create(dir), lenet(), 1);
  const { weights, history } = await resumed(dir, lenet, 3);
  expect(weights).toEqual(whole.weights);
  expect(history.epochs.map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
  const again = await resumed(dir, lenet, 3);
  expect(again.weights).toEqual(whole.weights);
  await expect(resumed(dir, lenet, 2)).rejects.toThrow(/3 epochs are done, more than the 2/);
});

test('progress goes on where the epoch was left', async () => {
  const { copies } = await undisturbed(lenet, 1, '1steps');
  const told: [number, number][] = [];
  const onProgress = ({ done, steps }: torch.Progress): void => void told.push([done, steps]);
  await resumed(copies[2] as string, lenet, 1, { onProgress });
  expect(told[0]).toEqual([3, 1]);
  expect(told.at(-1)?.[0]).toBe(5);
});
