import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { coded } from '../coded.js';
import { temporaryFolder } from '../folder.js';
import { batchSize, finish, lenet, type Make, resumed, trainData, trained } from './trainings.js';

describe('a run goes on with what it was begun with', () => {
  const other = (change: (setup: ReturnType<Make>) => object): Make => {
    return () => {
      const setup = lenet();
      return { ...setup, ...change(setup) };
    };
  };
  const netWith = (net: torch.nn.Module) => ({
    net,
    optimizer: new torch.optim.Adam(net.parameters(), { lr: 0.01 }),
  });
  const { DataLoader, Subset } = torch.data;
  const datasetOf = ({ trainIter }: ReturnType<Make>) =>
    (trainIter as unknown as torch.data.DataLoader<readonly [torch.Tensor, torch.Tensor]>).dataset;

  test.each<[string, Make, string]>([
    [
      'model',
      other(() =>
        netWith(new torch.nn.Sequential(new torch.nn.Flatten(), new torch.nn.Linear(784, 10))),
      ),
      'model.name: lenet there, sequential here',
    ],
    [
      'layers',
      other(() =>
        netWith(
          new (class LeNet extends torch.LeNet {
            override fc = new torch.nn.Sequential(
              new torch.nn.Linear(256, 120),
              new torch.nn.ReLU(),
              new torch.nn.Linear(120, 84),
              new torch.nn.Sigmoid(),
              new torch.nn.Linear(84, 10),
            );
          })(),
        ),
      ),
      '(1): Sigmoid() there, (1): ReLU() here',
    ],
    [
      'learning rate',
      other(({ net }) => ({ optimizer: new torch.optim.Adam(net.parameters(), { lr: 0.1 }) })),
      'optimizer.groups.0.lr: 0.01 there, 0.1 here',
    ],
    [
      'optimizer',
      other(({ net }) => ({ optimizer: new torch.optim.SGD(net.parameters(), { lr: 0.01 }) })),
      'optimizer.name: Adam there, SGD here',
    ],
    [
      'batch size',
      other((setup) => ({
        trainIter: new DataLoader(datasetOf(setup), { batchSize: 16, shuffle: true }),
      })),
      'data.train.batchSize: 32 there, 16 here',
    ],
    [
      'data',
      other((setup) => ({
        trainIter: new DataLoader(new Subset(datasetOf(setup), 149), { batchSize, shuffle: true }),
      })),
      'data.train.examples: 150 there, 149 here',
    ],
  ])('%s', async (_, make, text) => {
    const dir = await trained();
    const before = readFileSync(join(dir, 'config.json'), 'utf8');
    await expect(resumed(dir, make, 2)).rejects.toThrow(coded('ERR_RUN_MISMATCH', text));
    expect(readFileSync(join(dir, 'config.json'), 'utf8')).toBe(before);
  });

  const { DistributedSampler, RandomSampler } = torch.data;
  const share = (options: torch.data.DistributedSamplerOptions) => () =>
    new DistributedSampler(trainData, { numReplicas: 2, rank: 0, ...options });
  const random = (options: torch.data.RandomSamplerOptions) => () =>
    new RandomSampler(trainData, options);
  const iterated = (count: number) => () => new Set(Array(count).keys());

  test.each<[string, () => torch.data.SamplerLike, () => torch.data.SamplerLike, string]>([
    [
      'another number of processes',
      share({}),
      share({ numReplicas: 3 }),
      'numReplicas: 2 there, 3',
    ],
    ['another share', share({}), share({ rank: 1 }), 'rank: 0 there, 1 here'],
    ['another seed', share({}), share({ seed: 2n ** 60n }), 'seed: 0 there, 1152921504606846976'],
    ['another order', share({}), share({ shuffle: false }), 'shuffle: true there, false here'],
    ['another kind', share({}), random({}), 'kind: DistributedSampler there, RandomSampler here'],
    ['replacement', random({}), random({ replacement: true }), 'replacement: false there, true'],
    ['another number', random({}), random({ numSamples: 7 }), 'examples: 150 there, 7 here'],
    [
      'a generator',
      random({}),
      random({ generator: new torch.Generator() }),
      'ownGenerator: false there, true here',
    ],
    ['another list', () => [1, 2, 3], () => [1, 2, 4], 'sha256: '],
    ['another iterable', iterated(3), () => [0, 1, 2].values(), 'kind: Set there'],
    [
      'a sampler',
      random({}),
      () => new torch.data.SequentialSampler(trainData),
      '.*RandomSampler.* there, nothing',
    ],
  ])('sampler: %s', async (_, there, here, text) => {
    const withSampler = (sampler: torch.data.SamplerLike): Make =>
      other((setup) => ({
        trainIter: new DataLoader(datasetOf(setup), { batchSize, sampler }),
      }));
    const dir = join(temporaryFolder(), 'run');
    await finish(await torch.Run.create(dir), withSampler(there())(), 1);
    await resumed(dir, withSampler(there()), 1);
    const wrong = resumed(dir, withSampler(here()), 2);
    await expect(wrong).rejects.toThrow(
      coded('ERR_RUN_MISMATCH', new RegExp(`data.train.sampler[.:] ?${text}`)),
    );
  });

  test('a sampler that takes all in their order is none', async () => {
    const inOrder = (options: torch.data.DataLoaderOptions) =>
      other((setup) => ({
        trainIter: new DataLoader(datasetOf(setup), { batchSize, ...options }),
      }));
    const dir = join(temporaryFolder(), 'run');
    await finish(await torch.Run.create(dir), inOrder({})(), 1);
    const sampler = new torch.data.SequentialSampler(trainData);
    expect((await resumed(dir, inOrder({ sampler }), 2)).history.epochs).toHaveLength(2);
  });

  test('bytes of the data', async () => {
    const dir = await trained();
    const make = other((setup) => {
      const { tensors } = datasetOf(setup) as unknown as torch.data.TensorDataset<torch.Tensor[]>;
      const [images, labels] = tensors as [torch.Tensor, torch.Tensor];
      const changed = new torch.data.TensorDataset(images.add(1e-3), labels);
      return { trainIter: new DataLoader(changed, { batchSize, shuffle: true }) };
    });
    await expect(resumed(dir, make, 2)).rejects.toThrow(
      coded('ERR_RUN_MISMATCH', 'data.train.sha256'),
    );
  });

  test('threads and engine', async () => {
    const dir = await trained();
    const threads = torch.getNumThreads();
    torch.setNumThreads(threads + 1);
    onTestFinished(() => torch.setNumThreads(threads));
    await expect(resumed(dir, lenet, 2, { engine: 'eager' })).rejects.toThrow(
      coded('ERR_RUN_MISMATCH', `engine: auto there, eager here; threads: ${threads} there`),
    );
  });
});
