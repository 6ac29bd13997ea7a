import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { loaders, model } from '../loops.js';
import { copyOf, largestDifference } from './variants.js';

const quiet = { log: null } as const;

beforeEach(() => torch.setNumThreads(2));
afterEach(() => torch.setNumThreads(2));

describe('stopping and progress', () => {
  const setup = (count = 4000) => {
    const { net, optimizer } = model();
    const [trainIter, testIter] = loaders(count, 100, 100);
    const go = (options: torch.TrainOptions) =>
      torch.train(net, trainIter, testIter, 100, optimizer, 'cpu', 1, {
        ...quiet,
        engine: 'fused',
        ...options,
      });
    return { net, optimizer, go };
  };

  const enough = new Error('enough');
  const aborts: Record<string, (controller: AbortController) => torch.TrainOptions> = {
    // Waits for work rather than for time, which passes without a step where others are at work.
    'while nobody watches': (controller) => {
      let before: NodeJS.CpuUsage | undefined;
      const timer = setInterval(() => {
        // Not from now on: the order of the images is still to be drawn.
        before ??= process.cpuUsage();
        if (process.cpuUsage(before).user >= 200_000) controller.abort(enough);
      }, 5);
      onTestFinished(() => clearInterval(timer));
      return {};
    },
    // As soon as the steps after the first report have begun.
    'while progress is told': (controller) => ({
      onProgress: () => setImmediate(() => controller.abort(enough)),
    }),
  };

  test.each(Object.entries(aborts))(
    'an abort in the middle keeps the steps and their optimizer state: %s',
    async (_, abort) => {
      const { net, optimizer } = model();
      const before = copyOf(net);
      // Many more steps than are done before the abort: each image 20 times.
      const { DataLoader, FashionMNIST, Subset, transforms } = torch.data;
      const data = new FashionMNIST({ train: true, transform: new transforms.ToTensor() });
      const indices = torch.arange(20 * data.length).remainder(data.length);
      const many = new DataLoader(new Subset(data, indices), { batchSize: 100, shuffle: true });
      const [trainIter, testIter] = loaders(100, 100, 100);
      const train = (iter: typeof trainIter, options: torch.TrainOptions) =>
        torch.train(net, iter, testIter, 100, optimizer, 'cpu', 1, {
          ...quiet,
          engine: 'fused',
          ...options,
        });
      const controller = new AbortController();
      const options = { signal: controller.signal, ...abort(controller) };
      await expect(train(many, options)).rejects.toThrow('enough');
      expect(largestDifference(before, copyOf(net))).toBeGreaterThan(0);
      const { state } = optimizer.stateDict();
      const steps = Object.values(state).map(({ step }) => Number(step!.item()));
      expect(new Set(steps).size).toBe(1);
      expect(steps[0]).toBeGreaterThan(0);
      expect(steps[0]).toBeLessThan(many.length);
      // What was left as it was goes on.
      await train(trainIter, {});
      expect(Number(Object.values(state)[0]!.step!.item())).toBe(steps[0]! + 1);
    },
  );

  test('aborted before it began, nothing happens', async () => {
    const { net, go } = setup();
    const before = copyOf(net);
    const state = torch.getRngState();
    await expect(go({ signal: AbortSignal.abort(new Error('no')) })).rejects.toThrow('no');
    expect(largestDifference(before, copyOf(net))).toBe(0);
    expect(torch.getRngState().equal(state)).toBe(true);
  });

  test('progress tells of every step, with the parameters as they are then', async () => {
    const { net, optimizer, go } = setup();
    let steps = 0;
    const seen: number[] = [];
    await go({
      onProgress: (progress) => {
        steps += progress.steps;
        const [first] = net.parameters();
        seen.push(Number(optimizer.state.get(first!)!.step!.item()));
        expect(seen.at(-1)).toBe(progress.done);
      },
    });
    expect(steps).toBe(40);
    expect(seen.length).toBeGreaterThan(1);
  });

  test('an error in a progress callback ends the training with it', async () => {
    const { go } = setup();
    const onProgress = () => {
      throw new Error('mine');
    };
    await expect(go({ onProgress })).rejects.toThrow('mine');
  });

  test('the event loop turns meanwhile', async () => {
    const { go } = setup(60_000);
    let turns = 0;
    const timer = setInterval(() => turns++, 5);
    await go({});
    clearInterval(timer);
    expect(turns).toBeGreaterThan(10);
  });

  test('a worker may be terminated in the middle', async () => {
    const index = new URL('../../dist/index.js', import.meta.url).href;
    const worker = new Worker(
      `import(${JSON.stringify(index)}).then(async (torch) => {
         const [trainIter, testIter] = await torch.loadDataFashionMnist();
         const net = new torch.LeNet();
         const optimizer = new torch.optim.Adam(net.parameters());
         const { parentPort } = await import('node:worker_threads');
         setTimeout(() => parentPort.postMessage('training'), 50);
         await torch.train(net, trainIter, testIter, 256, optimizer, 'cpu', 100, { log: null, engine: 'fused' });
       })`,
      { eval: true },
    );
    await new Promise((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
    });
    expect(await worker.terminate()).toBe(1);
  });
});
