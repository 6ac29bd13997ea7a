// Small pieces of the real data set for the tests of the training loops.
import * as torch from '../lib/index.js';

const { DataLoader, FashionMNIST, Subset, transforms } = torch.data;

/** Loaders of the first images of Fashion-MNIST. */
export function loaders(trainCount: number, testCount: number, batchSize = 256) {
  const transform = new transforms.ToTensor();
  const part = (train: boolean, count: number) =>
    new Subset(new FashionMNIST({ train, transform }), count);
  return [
    new DataLoader(part(true, trainCount), { batchSize, shuffle: true }),
    new DataLoader(part(false, testCount), { batchSize }),
  ] as const;
}

/** A LeNet with its optimizer. */
export function model(seed = 0) {
  torch.manualSeed(seed);
  const net = new torch.LeNet();
  return { net, optimizer: new torch.optim.Adam(net.parameters(), { lr: 0.001 }) };
}
