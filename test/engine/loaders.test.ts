import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { loaderOf, randomData } from './variants.js';

type Engine = 'fused' | 'eager';
const quiet = { log: null } as const;

beforeEach(() => torch.setNumThreads(2));
afterEach(() => torch.setNumThreads(2));

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
