import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { loaders, model } from '../loops.js';
import { copyOf, largestDifference, loaderOf, Network, randomData } from './variants.js';

type Engine = 'fused' | 'eager';
const quiet = { log: null } as const;
const long = process.env.LENET_TORCH_LONG === '1';

beforeEach(() => torch.setNumThreads(2));
afterEach(() => torch.setNumThreads(2));

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

test.each(['fused', 'eager'] as const)(
  '%s: where float64 is the default, it counts steps in it',
  async (engine) => {
    const [trainIter, testIter] = loaders(96, 10, 96);
    const { net, optimizer } = model();
    torch.setDefaultDtype('float64');
    try {
      await torch.train(net, trainIter, testIter, 96, optimizer, 'cpu', 1, { ...quiet, engine });
    } finally {
      torch.setDefaultDtype('float32');
    }
    // As in Python: torch.optim.optimizer's _get_scalar_dtype.
    expect(optimizer.state.get([...net.parameters()][0]!)!.step!.dtype).toBe('float64');
  },
);
