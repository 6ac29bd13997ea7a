import { describe, expect, test } from 'vitest';

import * as torch from '../lib/index.js';
import { coded } from './coded.js';
import { temporaryFolder } from './folder.js';
import { tensorsInUse } from './garbage.js';
import { inUse } from './inUse.js';
import { loaders, model } from './loops.js';

const long = process.env.LENET_TORCH_LONG === '1';
const quiet = { log: null };

test('prints the chapter’s lines and resolves to the history', async () => {
  const { net, optimizer } = model();
  const [trainIter, testIter] = loaders(512, 256);
  const lines: string[] = [];
  const log = (line: string): void => void lines.push(line);
  const { epochs } = await torch.train(net, trainIter, testIter, 256, optimizer, 'cpu', 2, { log });
  expect(lines[0]).toBe('training on cpu');
  expect(lines.slice(1)).toEqual([
    expect.stringMatching(
      /^epoch 1, loss \d\.\d{4}, train acc 0\.\d{3}, test acc 0\.\d{3}, time \d+\.\d sec$/,
    ),
    expect.stringMatching(/^epoch 2, /),
  ]);
  expect(epochs.map(({ epoch, engine }) => [epoch, engine])).toEqual([
    [1, 'fused'],
    [2, 'fused'],
  ]);
  expect(epochs[0]?.engineReason).toMatch(/./);
});

test('a last, smaller batch counts like in the chapter: mean of the batches’ means', async () => {
  const { net } = model();
  const optimizer = new torch.optim.SGD(net.parameters(), { lr: 0 });
  const [trainIter, testIter] = loaders(96 + 256, 10);
  const loss = new torch.nn.CrossEntropyLoss();
  const { epochs } = await torch.train(net, trainIter, testIter, 256, optimizer, 'cpu', 1, quiet);
  const means: number[] = [];
  torch.manualSeed(0);
  new torch.LeNet();
  for (const [X, y] of trainIter) means.push(Number(loss.forward(net.forward(X), y).item()));
  expect(means.length).toBe(2);
  expect(epochs[0]?.loss).toBeCloseTo(((means[0] as number) + (means[1] as number)) / 2, 5);
});

test.each([1, 3])('batches of %i', async (batchSize) => {
  const { net, optimizer } = model();
  const [trainIter, testIter] = loaders(7, 7, batchSize);
  const { epochs } = await torch.train(
    net,
    trainIter,
    testIter,
    batchSize,
    optimizer,
    'cpu',
    1,
    quiet,
  );
  expect(epochs[0]?.loss).toBeGreaterThan(0);
});

test('the same seed gives the same run', async () => {
  const run = async (): Promise<number[]> => {
    const { net, optimizer } = model(5);
    const [trainIter, testIter] = loaders(512, 64);
    const { epochs } = await torch.train(net, trainIter, testIter, 256, optimizer, 'cpu', 2, quiet);
    return epochs.map(({ loss }) => loss);
  };
  expect(await run()).toEqual(await run());
});

describe('other tasks', () => {
  test('timers fire, and what another task makes is its own', async () => {
    const { net, optimizer } = model();
    const [trainIter, testIter] = loaders(2560, 256);
    let running = true;
    const training = torch
      .train(net, trainIter, testIter, 256, optimizer, 'cpu', 1, quiet)
      .finally(() => {
        running = false;
      });
    let turns = 0;
    const kept: torch.Tensor[] = [];
    while (running) {
      const w = torch.ones([2], { requiresGrad: true });
      await new Promise((resolve) => setTimeout(resolve, 1));
      expect(torch.isGradEnabled()).toBe(true);
      w.mul(turns).sum().backward();
      expect(w.grad?.tolist()).toEqual([turns, turns]);
      kept.push(w);
      turns++;
    }
    await training;
    expect(turns).toBeGreaterThan(5);
    expect(kept.every((w) => !w.isDisposed)).toBe(true);
  });

  test('a model in training is refused elsewhere, except in onEpoch', async () => {
    const { net, optimizer } = model();
    const [trainIter, testIter] = loaders(512, 256);
    let accuracy = -1;
    const onEpoch = async (): Promise<void> => {
      accuracy = await torch.evaluate(testIter, net);
    };
    const training = torch.train(net, trainIter, testIter, 256, optimizer, 'cpu', 1, {
      ...quiet,
      onEpoch,
    });
    await expect(torch.evaluate(testIter, net)).rejects.toThrow(coded('ERR_MODEL_BUSY'));
    await expect(
      torch.train(net, trainIter, testIter, 256, optimizer, 'cpu', 1, quiet),
    ).rejects.toThrow(coded('ERR_MODEL_BUSY'));
    await training;
    expect(accuracy).toBeGreaterThanOrEqual(0);
    await torch.evaluate(testIter, net);
  });

  test('an error in a callback ends the training and frees the model', async () => {
    const { net, optimizer } = model();
    const [trainIter, testIter] = loaders(256, 64);
    const onEpoch = (): void => {
      throw new Error('mine');
    };
    await expect(
      torch.train(net, trainIter, testIter, 256, optimizer, 'cpu', 1, { ...quiet, onEpoch }),
    ).rejects.toThrow('mine');
    await torch.evaluate(testIter, net);
  });
});

test('a signal stops at a step boundary', async () => {
  const { net, optimizer } = model();
  const [trainIter, testIter] = loaders(2560, 64);
  const controller = new AbortController();
  const done: number[] = [];
  const onProgress = (progress: torch.Progress): void => {
    done.push(progress.done);
    controller.abort(new Error('enough'));
  };
  const options = { ...quiet, signal: controller.signal, onProgress };
  await expect(
    torch.train(net, trainIter, testIter, 256, optimizer, 'cpu', 1, options),
  ).rejects.toThrow('enough');
  expect(done).toEqual([1]);
});

test('onProgress tells of every step', async () => {
  const { net, optimizer } = model();
  const [trainIter, testIter] = loaders(300, 20, 10);
  let steps = 0;
  let last: torch.Progress | undefined;
  const onProgress = (progress: torch.Progress): void => {
    steps += progress.steps;
    last = progress;
  };
  await torch.train(net, trainIter, testIter, 10, optimizer, 'cpu', 2, { ...quiet, onProgress });
  expect(steps).toBe(60);
  expect(last).toMatchObject({ epoch: 2, done: 30, total: 30, images: 300 });
});

test('NaN in an image shows as NaN in the loss', async () => {
  const { net, optimizer } = model();
  const X = torch.full([4, 1, 28, 28], Number.NaN);
  const y = torch.tensor([0n, 1n, 2n, 3n]);
  const lines: string[] = [];
  const log = (line: string): void => void lines.push(line);
  const batches = [[X, y]] as const;
  const { epochs } = await torch.train(net, batches, batches, 4, optimizer, 'cpu', 1, { log });
  expect(epochs[0]?.loss).toBeNaN();
  expect(lines[1]).toContain('loss nan');
});

describe('bad input', () => {
  const { net, optimizer } = model();
  const [trainIter, testIter] = loaders(20, 10, 10);
  const X = torch.rand(2, 1, 28, 28);
  const start = (
    data: Iterable<readonly [torch.Tensor, torch.Tensor]>,
    change: { device?: string; epochs?: number; batchSize?: number; options?: object } = {},
  ) =>
    torch.train(
      net,
      data,
      testIter,
      change.batchSize ?? 10,
      optimizer,
      change.device ?? 'cpu',
      change.epochs ?? 1,
      { ...quiet, ...change.options },
    );

  test.each([
    ['no batches', () => start([]), 'ERR_DATA_EMPTY'],
    ['label out of range', () => start([[X, torch.tensor([0n, 10n])]]), 'ERR_LIBTORCH'],
    ['negative label', () => start([[X, torch.tensor([0n, -1n])]]), 'ERR_LIBTORCH'],
    ['float labels', () => start([[X, torch.tensor([0, 1])]]), 'ERR_INVALID_ARG'],
    [
      'wrong channels',
      () => start([[torch.rand(2, 3, 28, 28), torch.tensor([0n, 1n])]]),
      'ERR_LIBTORCH',
    ],
    [
      'wrong size',
      () => start([[torch.rand(2, 1, 27, 27), torch.tensor([0n, 1n])]]),
      'ERR_LIBTORCH',
    ],
    ['uint8 images', () => start([[X.to('uint8'), torch.tensor([0n, 1n])]]), 'ERR_LIBTORCH'],
    ['no GPU here', () => start(trainIter, { device: 'cuda:9' }), 'ERR_CUDA_UNAVAILABLE'],
    ['no such device', () => start(trainIter, { device: 'tpu' }), 'ERR_INVALID_ARG'],
    ['epochs', () => start(trainIter, { epochs: 1.5 }), 'ERR_INVALID_ARG'],
    ['batch size', () => start(trainIter, { batchSize: 0 }), 'ERR_INVALID_ARG'],
    ['engine', () => start(trainIter, { options: { engine: 'warp' } }), 'ERR_INVALID_ARG'],
    ['loader', () => start(7 as never), 'ERR_INVALID_ARG'],
    [
      'optimizer',
      () => torch.train(net, trainIter, testIter, 1, {} as never, 'cpu', 1),
      'ERR_INVALID_ARG',
    ],
    [
      'net',
      () => torch.train({} as never, trainIter, testIter, 1, optimizer, 'cpu', 1),
      'ERR_INVALID_ARG',
    ],
  ])('%s', async (_, run, code) => {
    await expect(run()).rejects.toThrow(coded(code));
    // Whatever went wrong, the model is free again.
    await torch.evaluate(testIter, net);
  });
});

// A step makes some thirty tensors; ten thousand of them must leave nothing behind.
test('memory stays flat, in train and in a loop by hand', { timeout: 240_000 }, async () => {
  const { net, optimizer } = model();
  const steps = long ? 10_000 : 400;
  const [trainIter, testIter] = loaders(Math.min(10 * steps, 60_000), 10, 10);
  const passes = Math.ceil(steps / trainIter.length);
  const loss = new torch.nn.CrossEntropyLoss();
  const byHand = (): void => {
    for (const [X, y] of trainIter) {
      const l = loss.forward(net.forward(X), y);
      optimizer.zeroGrad();
      l.backward();
      optimizer.step();
      torch.zeros([100]).add(l.item() as number);
    }
  };
  const bytes = inUse(temporaryFolder());
  const measure = async (work: () => unknown): Promise<void> => {
    await work();
    const tensors = await tensorsInUse();
    const before = bytes();
    for (let i = 0; i < passes; i++) await work();
    // The handles of the ten gradients may be collected and made again; a leak shows in every step.
    expect(Math.abs((await tensorsInUse()) - tensors)).toBeLessThanOrEqual(10);
    expect(bytes() - before).toBeLessThan(1e6);
  };
  await measure(byHand);
  await measure(() => torch.train(net, trainIter, testIter, 10, optimizer, 'cpu', 1, quiet));
});
