// What train and evaluate make of a loader with a sampler.
import { describe, expect, test } from 'vitest';

import { Engines } from '../../lib/engine/choose.js';
import * as torch from '../../lib/index.js';
import { coded } from '../coded.js';
import { contenders, images, pass, setUp } from './engines.js';

const { DataLoader, DistributedSampler, RandomSampler, TensorDataset } = torch.data;
type Batches = torch.data.DataLoader<readonly [torch.Tensor, torch.Tensor]>;

const [X, y] = images(50);
const loaderOf = (sampler: torch.data.SamplerLike, options: object = {}): Batches =>
  new DataLoader(new TensorDataset(X, y), { batchSize: 8, sampler, ...options });

function trained(trainIter: Batches, testIter: Batches, options: torch.TrainOptions, epochs = 1) {
  torch.manualSeed(1);
  const net = new torch.LeNet();
  const optimizer = new torch.optim.SGD(net.parameters(), { lr: 0 });
  const done = torch.train(net, trainIter, testIter, 8, optimizer, 'cpu', epochs, {
    log: null,
    ...options,
  });
  return { net, done };
}

// Of a network that learns nothing: what of these examples it gets right.
function accuracyOf(net: torch.nn.Module, indices: number[]): number {
  const rows = torch.tensor(indices, { dtype: 'int64' });
  const scores = torch.noGrad(() => net.forward(X.indexSelect(0, rows)));
  const right = scores.argmax({ dim: 1 }).eq(y.indexSelect(0, rows)).sum();
  return Number(right.item()) / indices.length;
}

describe.each(['eager', 'fused'] as const)('%s', (engine) => {
  test.each([
    ['a share', () => new DistributedSampler(y, { numReplicas: 3, rank: 1 })],
    ['a share that is filled up', () => new DistributedSampler(y, { numReplicas: 4, rank: 3 })],
    ['a list', () => [4, 8, 15, 16, 23, 42, 4, 8, 15]],
    ['bigints', () => BigInt64Array.of(4n, 8n, 49n)],
    ['a tensor', () => torch.tensor([4n, 8n, 15n, 16n, 23n, 42n, 0n, 1n, 2n])],
  ])('%s: trained and evaluated are its examples, and no others', async (_, make) => {
    const sampler = make() as torch.data.SamplerLike;
    const indices = Array.from(sampler, Number);
    const told: torch.Progress[] = [];
    const { net, done } = trained(loaderOf(sampler), loaderOf(sampler), {
      engine,
      onProgress: (progress) => void told.push(progress),
    });
    const wanted = accuracyOf(net, indices);
    const [epoch] = (await done).epochs;
    expect(epoch).toMatchObject({ engine, trainAcc: wanted, testAcc: wanted });
    expect(await torch.evaluate(loaderOf(sampler), net, 'cpu', { engine })).toBe(wanted);
    const total = Math.ceil(indices.length / 8);
    expect(told.at(-1)).toMatchObject({ images: indices.length, done: total, total });
  });

  test('shares add up to the whole', async () => {
    const net = new torch.LeNet();
    const options = { numReplicas: 5, shuffle: true };
    let right = 0;
    for (let rank = 0; rank < 5; rank++) {
      const share = loaderOf(new DistributedSampler(y, { ...options, rank }));
      right += 10 * (await torch.evaluate(share, net, 'cpu', { engine }));
    }
    expect(right).toBeCloseTo(50 * accuracyOf(net, [...Array(50).keys()]), 9);
  });

  test('the sampler is told of each epoch before its pass, from 0', async () => {
    const epochs: unknown[] = [];
    class Telling extends DistributedSampler {
      override setEpoch(epoch: number): void {
        super.setEpoch(epoch);
        epochs.push(epoch);
      }
    }
    const sampler = new Telling(y, { numReplicas: 2, rank: 0 });
    const test = new Telling(y, { numReplicas: 1, rank: 0 });
    const onEpoch = () => void epochs.push(`after ${sampler.epoch}`);
    await trained(loaderOf(sampler), loaderOf(test), { engine, onEpoch }, 3).done;
    expect(epochs).toEqual([0, 'after 0', 1, 'after 1', 2, 'after 2']);
  });

  test('numbers beyond the data set are refused, as many as there may be', async () => {
    const plain = loaderOf([0, 1]);
    const beyond = /sampler: expected numbers of 50 examples, from 0, got (50|-1)/;
    for (const sampler of [
      [50],
      [0, -1],
      new DistributedSampler([...Array(51)], { numReplicas: 1, rank: 0 }),
    ]) {
      const { done } = trained(loaderOf(sampler), plain, { engine });
      const error = await done.catch((thrown) => thrown);
      expect(error).toBeInstanceOf(RangeError);
      expect(error).toEqual(coded('ERR_INVALID_ARG', beyond));
    }
  });

  test('an empty share is no training', async () => {
    const empty = new DistributedSampler([1, 2], { numReplicas: 4, rank: 0, dropLast: true });
    const { done } = trained(loaderOf(empty), loaderOf([1]), { engine });
    await expect(done).rejects.toThrow(coded('ERR_DATA_EMPTY'));
  });
});

describe('a sampler that is asked one number after another', () => {
  const own = (count: number) => ({
    *[Symbol.iterator]() {
      for (let i = 0; i < count; i++) yield i;
    },
  });

  test('is for the eager engine, without a length too', async () => {
    const told: torch.Progress[] = [];
    const onProgress = (progress: torch.Progress) => void told.push(progress);
    const { net, done } = trained(loaderOf(own(20)), loaderOf(own(10)), { onProgress });
    const [epoch] = (await done).epochs;
    const seen = [...Array(20).keys()];
    expect(epoch).toMatchObject({
      engine: 'eager',
      engineReason: 'the sampler Object is asked for one example after another',
      trainAcc: accuracyOf(net, seen),
      testAcc: accuracyOf(net, seen.slice(0, 10)),
    });
    expect(told.at(-1)).toMatchObject({ images: 20, done: 3, total: undefined });
  });

  test.each([
    ['an iterable', () => own(20)],
    [
      'an heir that is iterated otherwise',
      () =>
        new (class Odd extends RandomSampler {
          override *[Symbol.iterator]() {
            yield* [1, 3];
          }
        })(y),
    ],
    [
      'an heir of another length',
      () =>
        new (class Few extends RandomSampler {
          override get length() {
            return 2;
          }
        })(y),
    ],
  ])('%s: the fused engine refuses it by name', async (_, make) => {
    const { done } = trained(loaderOf(make()), loaderOf([1]), { engine: 'fused' });
    await expect(done).rejects.toThrow(
      coded('ERR_ENGINE_UNSUPPORTED', 'one example after another'),
    );
  });
});

test('captured steps are those of the sampler’s length, also when it changes', async () => {
  const { make, device } = contenders.graph;
  const engine = make();
  const list = [1, 2, 3, 4, 5];
  const task = setUp(device, { batches: () => loaderOf(list).to(device) });
  expect(await pass(engine, task)).toMatchObject({ count: 5, batches: 1 });
  list.push(...Array(60).fill(7));
  expect(await pass(engine, task)).toMatchObject({ count: 65, batches: 9 });
  engine.dispose();
});

test('a copy of the data on the device keeps the sampler', async () => {
  const sampler = new DistributedSampler(y, { numReplicas: 3, rank: 1 });
  const batches = loaderOf(sampler, { dropLast: true });
  const engines = new Engines('auto', [contenders.graph.make()]);
  const net = new torch.LeNet().to(contenders.graph.device);
  const optimizer = new torch.optim.SGD(net.parameters(), { lr: 0 });
  const device = contenders.graph.device;
  const { pass: planned, engine } = engines.training({ net, batches, optimizer, device } as never);
  expect(engine).toBe('graph');
  const sums = { loss: 0, correct: 0, count: 0, batches: 0 };
  await planned.run(sums, { meter: undefined, signal: undefined, keeper: undefined });
  planned.dispose();
  expect(sums).toMatchObject({ count: 16, batches: 2 });
  engines.dispose();
});
