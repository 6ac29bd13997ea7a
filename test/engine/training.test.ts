import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { loaders, model } from '../loops.js';
import { loaderOf, Network, randomData } from './variants.js';

type Engine = 'fused' | 'eager';
const quiet = { log: null } as const;
const long = process.env.LENET_TORCH_LONG === '1';

beforeEach(() => torch.setNumThreads(2));
afterEach(() => torch.setNumThreads(2));

const copyOf = (net: torch.nn.Module): torch.Tensor[] =>
  [...net.parameters()].map((parameter) => parameter.detach().clone().keep());

function largestDifference(a: torch.Tensor[], b: torch.Tensor[]): number {
  const each = a.map((tensor, i) => Number(tensor.sub(b[i]!).abs().max().item()));
  return Math.max(...each);
}

interface Run {
  engines: Engine[];
  optimizer?: (net: torch.nn.Module) => torch.optim.Optimizer<never>;
  threads?: number;
  shuffle?: boolean;
}

// Epochs over 300 images in batches of 96, each in its engine.
async function run({ engines, optimizer: make, threads = 2 }: Run) {
  torch.setNumThreads(threads);
  const { net } = model();
  const optimizer = make?.(net) ?? new torch.optim.Adam(net.parameters(), { lr: 0.002 });
  const [trainIter, testIter] = loaders(300, 100, 96);
  const losses: number[] = [];
  for (const engine of engines) {
    const options = { ...quiet, engine };
    const { epochs } = await torch.train(
      net,
      trainIter,
      testIter,
      96,
      optimizer as never,
      'cpu',
      1,
      options,
    );
    expect(epochs[0]!.engine).toBe(engine);
    losses.push(epochs[0]!.loss);
  }
  const state = optimizer.stateDict().state;
  return { net, losses, parameters: copyOf(net), state, rng: torch.getRngState() };
}

const { Adam, SGD } = torch.optim;
const optimizers: Record<string, Run['optimizer']> = {
  Adam: (net) => new Adam(net.parameters(), { lr: 0.002 }) as never,
  'Adam with weight decay': (net) =>
    new Adam(net.parameters(), {
      lr: 0.002,
      weightDecay: 0.1,
      betas: [0.8, 0.99],
      eps: 1e-6,
    }) as never,
  SGD: (net) => new SGD(net.parameters(), { lr: 0.1 }) as never,
  'SGD with momentum': (net) =>
    new SGD(net.parameters(), {
      lr: 0.05,
      momentum: 0.9,
      dampening: 0.1,
      weightDecay: 0.01,
    }) as never,
  'SGD with Nesterov’s momentum': (net) =>
    new SGD(net.parameters(), { lr: 0.05, momentum: 0.8, nesterov: true }) as never,
};

describe.each(Object.entries(optimizers))('%s', (_, optimizer) => {
  test.each<[string, Engine[]]>([
    ['fused', ['fused', 'fused', 'fused']],
    ['alternating', ['fused', 'eager', 'fused']],
    ['alternating', ['eager', 'fused', 'eager']],
  ])('%s epochs come to what eager ones do: %j', async (_name, engines) => {
    const eager = await run({ engines: ['eager', 'eager', 'eager'], optimizer: optimizer! });
    const fused = await run({ engines, optimizer: optimizer! });
    fused.losses.forEach((loss, i) => {
      expect(loss).toBeCloseTo(eager.losses[i]!, 4);
    });
    expect(largestDifference(fused.parameters, eager.parameters)).toBeLessThan(2e-3);
    expect(fused.rng.equal(eager.rng)).toBe(true);
    expect(Object.keys(fused.state)).toEqual(Object.keys(eager.state));
    for (const [i, state] of Object.entries(eager.state)) {
      const other = fused.state[Number(i)]!;
      expect(Object.keys(other).sort()).toEqual(Object.keys(state).sort());
      if (state.step) expect(other.step!.item()).toBe(state.step.item());
    }
  });
});

test('gradients are null after a fused epoch', async () => {
  const { net } = await run({ engines: ['eager', 'fused'] });
  expect([...net.parameters()].map(({ grad }) => grad)).toEqual(Array(10).fill(null));
});

test('two runs are bit-equal; other numbers of threads are within rounding', async () => {
  const [first, second, one, five] = [
    await run({ engines: ['fused', 'fused'] }),
    await run({ engines: ['fused', 'fused'] }),
    await run({ engines: ['fused', 'fused'], threads: 1 }),
    await run({ engines: ['fused', 'fused'], threads: 5 }),
  ];
  expect(largestDifference(first.parameters, second.parameters)).toBe(0);
  expect(first.losses).toEqual(second.losses);
  for (const { parameters } of [one, five]) {
    expect(largestDifference(first.parameters, parameters)).toBeLessThan(1e-3);
  }
});

test.runIf(long)('five epochs on all images, far from collapse with 16 threads', async () => {
  torch.setNumThreads(16);
  const { net, optimizer } = model();
  const [trainIter, testIter] = await torch.loadDataFashionMnist();
  const { epochs } = await torch.train(net, trainIter, testIter, 256, optimizer, 'cpu', 5, {
    ...quiet,
    engine: 'fused',
  });
  expect(epochs.at(-1)!.loss).toBeCloseTo(0.61, 1);
});

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

describe('loaders', () => {
  const epoch = async (
    trainIter: Iterable<readonly [torch.Tensor, torch.Tensor]>,
    engine: Engine,
    net: torch.nn.Module = new torch.LeNet(),
  ) => {
    const optimizer = new torch.optim.SGD(net.parameters(), { lr: 0.1 });
    const { epochs } = await torch.train(net, trainIter, trainIter, 1, optimizer, 'cpu', 1, {
      ...quiet,
      engine,
    });
    return { ...epochs[0]!, rng: torch.getRngState() };
  };

  const both = async (
    make: () => Iterable<readonly [torch.Tensor, torch.Tensor]>,
    net?: () => torch.nn.Module,
    digits = 5,
  ) => {
    const results: Awaited<ReturnType<typeof epoch>>[] = [];
    for (const engine of ['fused', 'eager'] as const) {
      torch.manualSeed(3);
      results.push(await epoch(make(), engine, net?.()));
    }
    const [fused, eager] = results as [(typeof results)[0], (typeof results)[0]];
    expect(fused.loss).toBeCloseTo(eager.loss, digits);
    expect(fused.testAcc).toBeCloseTo(eager.testAcc, 2);
    expect(fused.rng.equal(eager.rng)).toBe(true);
  };

  torch.manualSeed(1);
  const [images, labels] = randomData({}, 50);
  const { DataLoader, FashionMNIST, Subset, TensorDataset, transforms } = torch.data;

  test('dropLast', () =>
    both(
      () => new DataLoader(new TensorDataset(images, labels), { batchSize: 16, dropLast: true }),
    ));

  test('a generator of its own', async () => {
    const states: torch.Tensor[] = [];
    await both(() => {
      const generator = new torch.Generator().manualSeed(5);
      const dataset = new TensorDataset(images, labels);
      const loader = new DataLoader(dataset, { batchSize: 16, shuffle: true, generator });
      states.push(generator.getState());
      return loader;
    });
    expect(states).toHaveLength(2);
  });

  test('a part of a part', () => {
    const dataset = new TensorDataset(images, labels);
    const part = new Subset(new Subset(dataset, [9, 8, 7, 6, 5, 5, 4]), [6, 0, 3]);
    return both(() => new DataLoader(part, { batchSize: 2, shuffle: true }));
  });

  test('a transform of single pixels', () => {
    const { Compose, Normalize, ToTensor } = transforms;
    const transform = new Compose([new ToTensor(), new Normalize(0.5, 0.25)]);
    const dataset = new Subset(new FashionMNIST({ train: false, transform }), 64);
    return both(() => new DataLoader(dataset, { batchSize: 32 }));
  });

  test('uint8 images that the model itself scales', () => {
    const bytes = images.mul(255).to('uint8').keep();
    const net = () => {
      const lenet = new torch.LeNet();
      const plain = torch.LeNet.prototype.forward;
      lenet.forward = (X) => plain.call(lenet, X.to('float32').div(255).sub(0.5));
      return lenet;
    };
    const dataset = new TensorDataset(bytes, labels.to('uint8').to('int64').keep());
    return both(() => new DataLoader(dataset, { batchSize: 32 }), net);
  });

  test.each([
    ['all zero', () => [torch.zeros([50, 1, 28, 28]).keep(), labels] as const],
    ['one class', () => [images, torch.full([50], 3, { dtype: 'int64' }).keep()] as const],
    [
      'a single image',
      () => [images.narrow(0, 0, 1).keep(), labels.narrow(0, 0, 1).keep()] as const,
    ],
  ])('images: %s', (_, data) => both(() => loaderOf(data(), 16)));

  // Saturated sigmoids make ties by rounding, which the engines break differently (docs/engine.md).
  test('images: saturating', () =>
    both(() => loaderOf([images.mul(1e4).keep(), labels], 16), undefined, 4));

  test.each([Number.NaN, Number.POSITIVE_INFINITY])(
    '%d in an image: the loss as in PyTorch',
    async (value) => {
      const spoiled = images.clone().keep();
      spoiled.select(0, 20).fill_(value);
      const loader = loaderOf([spoiled, labels], 16);
      torch.manualSeed(0);
      const eager = await epoch(loader, 'eager');
      torch.manualSeed(0);
      const fused = await epoch(loader, 'fused');
      expect(Number.isNaN(eager.loss)).toBe(true);
      expect(fused.loss).toBeNaN();
      expect(fused.trainAcc).toBeCloseTo(eager.trainAcc, 5);
    },
  );

  test('without images there is the same error in both engines', async () => {
    const empty = new Subset(new TensorDataset(images, labels), 0);
    for (const engine of ['auto', 'fused'] as Engine[]) {
      await expect(epoch(new DataLoader(empty, { batchSize: 4 }), engine)).rejects.toMatchObject({
        code: 'ERR_DATA_EMPTY',
      });
    }
  });
});

test('exact ties are broken as in PyTorch: the first wins', async () => {
  // Equal weights and images of one value: every window is a tie.
  const [, labels] = randomData({}, 32);
  const images = torch.full([32, 1, 28, 28], 0.5).keep();
  const gradients: torch.Tensor[][] = [];
  for (const engine of ['fused', 'eager'] as const) {
    torch.manualSeed(0);
    const net = new Network({ activation: 'relu' });
    const optimizer = new torch.optim.SGD(net.parameters(), { lr: 0, momentum: 0.9 });
    const loader = loaderOf([images, labels], 32);
    await torch.train(net, loader, loader, 32, optimizer, 'cpu', 1, { ...quiet, engine });
    gradients.push([...net.parameters()].map((each) => optimizer.state.get(each)!.momentumBuffer!));
  }
  expect(largestDifference(gradients[0]!, gradients[1]!)).toBeLessThan(1e-6);
});

test('learning rate 0 changes nothing', async () => {
  const { net } = model();
  const before = copyOf(net);
  const optimizer = new torch.optim.Adam(net.parameters(), { lr: 0 });
  const [trainIter, testIter] = loaders(300, 100, 96);
  const options = { ...quiet, engine: 'fused' } as const;
  await torch.train(net, trainIter, testIter, 96, optimizer, 'cpu', 1, options);
  expect(largestDifference(before, copyOf(net))).toBe(0);
});

test('autograd notices that parameters have changed', async () => {
  const { net, optimizer } = model();
  const [trainIter, testIter] = loaders(100, 100, 96);
  const images = torch.rand([2, 1, 28, 28]).keep();
  const loss = net.forward(images).sum();
  await torch.train(net, trainIter, testIter, 96, optimizer, 'cpu', 1, {
    ...quiet,
    engine: 'fused',
  });
  expect(() => loss.backward()).toThrow(/modified by an inplace operation/);
});

test('a new optimizer remembers nothing of the last one', async () => {
  const [trainIter, testIter] = loaders(300, 10, 96);
  const { net, optimizer } = model();
  const train = (each: torch.nn.Module, by: torch.optim.Adam) => {
    torch.manualSeed(1);
    const options = { ...quiet, engine: 'fused' as const };
    return torch.train(each, trainIter, testIter, 96, by, 'cpu', 1, options);
  };
  await train(net, optimizer);
  const { net: other } = model();
  other.loadStateDict(net.stateDict());
  for (const each of [net, other]) await train(each, new Adam(each.parameters(), { lr: 0.002 }));
  expect(largestDifference(copyOf(net), copyOf(other))).toBe(0);
});
