import { expect, test } from 'vitest';

import { inMemory } from '../../lib/data/loader/inMemory.js';
import { residentOn } from '../../lib/data/loader/resident.js';
import * as torch from '../../lib/index.js';
import { coded, invalid } from '../coded.js';
import { tensorsInUse } from '../garbage.js';

const { DataLoader, Dataset, FashionMNIST, Subset, TensorDataset, transforms } = torch.data;

function batches(loader: Iterable<readonly torch.Tensor[]>, most = 3): number[][] {
  const seen: number[][] = [];
  for (const batch of loader) {
    seen.push(batch.flatMap((part) => [...part.data()].map(Number)));
    if (seen.length === most) break;
  }
  return seen;
}

const toTensor = new transforms.ToTensor();

test.each([
  ['scaled', () => new FashionMNIST({ train: false, transform: toTensor })],
  ['as bytes', () => new FashionMNIST({ train: false })],
  ['a part', () => new Subset(new FashionMNIST({ train: false, transform: toTensor }), 300)],
  [
    'a part of a part',
    () => new Subset(new Subset(new FashionMNIST({ train: false, transform: toTensor }), 300), 90),
  ],
  [
    'resized',
    () =>
      new Subset(
        new FashionMNIST({
          train: false,
          transform: new transforms.Compose([toTensor, new transforms.Pad(2)]),
        }),
        200,
      ),
  ],
  ['tensors', () => new TensorDataset(torch.arange(90).view([30, 3]), torch.arange(30))],
])('loader.to gathers on the device what the loader gathers: %s', (_, make) => {
  const options = { batchSize: 64, shuffle: true };
  torch.manualSeed(3);
  const expected = batches(new DataLoader<readonly torch.Tensor[]>(make() as never, options));
  torch.manualSeed(3);
  const loader = new DataLoader<readonly torch.Tensor[]>(make() as never, options);
  expect(loader.device).toBeUndefined();
  expect(loader.to('cpu')).toBe(loader);
  expect(loader.device).toBe(torch.device('cpu'));
  // Numbers of the lookup on the device and of the native gather are the same, bit for bit.
  expect(batches(loader)).toEqual(expected);
});

test('the data set itself stays as it is, and so does its copy when it goes', () => {
  const dataset = new FashionMNIST({ train: false, transform: toTensor });
  const loader = new DataLoader(dataset, { batchSize: 4 }).to('cpu');
  expect(loader.dataset).not.toBe(dataset);
  (loader.dataset as torch.data.FashionMNIST).images.dispose();
  expect(dataset.get(0)[0].shape).toEqual([1, 28, 28]);
});

test('a data set of another kind stays where it is, and its batches are moved', () => {
  class Own extends Dataset<readonly [torch.Tensor, number]> {
    readonly length = 5;
    get(index: number): [torch.Tensor, number] {
      return [torch.full([2], index), index];
    }
  }
  const own = new Own();
  const loader = new DataLoader(own, { batchSize: 2 }).to('cpu');
  expect(loader.dataset).toBe(own);
  expect(batches(loader)).toEqual([
    [0, 0, 1, 1, 0, 1],
    [2, 2, 3, 3, 2, 3],
    [4, 4, 4],
  ]);
});

test('a loader whose data is moved still is one for the fused engine on the CPU', async () => {
  const dataset = new Subset(new FashionMNIST({ train: false, transform: toTensor }), 96);
  const loader = new DataLoader(dataset, { batchSize: 32 }).to('cpu');
  expect(inMemory(loader)).toMatchObject({ table: expect.anything() });
  const net = new torch.LeNet();
  const optimizer = new torch.optim.Adam(net.parameters());
  const { epochs } = await torch.train(net, loader, loader, 32, optimizer, 'cpu', 1, { log: null });
  expect(epochs[0]!.engine).toBe('fused');
});

test('a resident loader draws and gives the same; it is disposed of with all of its tensors', async () => {
  const dataset = new Subset(new FashionMNIST({ train: false, transform: toTensor }), 100);
  const generator = new torch.Generator().manualSeed(7);
  const loader = new DataLoader(dataset, { batchSize: 32, shuffle: true, generator });
  const state = generator.getState();
  const expected = batches(loader, 9);
  generator.setState(state);
  const tensors = await tensorsInUse();
  const resident = residentOn(loader, torch.device('cpu'));
  expect(batches(resident.batches as typeof loader, 9)).toEqual(expected);
  resident.dispose();
  expect(torch.memory().tensors).toBe(tensors);
});

test('no device, no data on it', () => {
  if (torch.cuda.isAvailable()) return;
  const loader = new DataLoader(new TensorDataset(torch.ones([2]), torch.ones([2])));
  expect(() => loader.to('cuda')).toThrow(coded('ERR_CUDA_UNAVAILABLE'));
  expect(() => loader.to('gpu')).toThrow(invalid());
  expect(loader.device).toBeUndefined();
});
