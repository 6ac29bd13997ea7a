// Fine-tuning: a network that knows five classes learns five others from few images.
// Run: npm run example -- fine-tuning [--epochs N] [--images N] [--few N]
import { data, type ImageLoader, manualSeed, nn, optim, train } from 'lenet-torch';

import BNLeNet from './networks/bnLenet.js';
import { settings, tryGpu } from './parts/settings.js';

const { epochs, images, few } = settings({ epochs: 5, images: 30_000, few: 100 });
const device = tryGpu();
const classes = 5;

/** Loaders of five classes of Fashion-MNIST, numbered from 0: some images to train with, and 1,000 for tests. */
function half(from: number, count: number, batchSize: number): [ImageLoader, ImageLoader] {
  const loader = (train: boolean): ImageLoader => {
    const set = new data.FashionMNIST({ train });
    const isOne = set.targets.ge(from).logicalAnd(set.targets.lt(from + classes));
    const rows = isOne
      .nonzero()
      .view(-1)
      .slice(0, 0, train ? count : 1000);
    const pixels = set.images.indexSelect(0, rows).to('float32').div(255);
    const labels = set.targets.indexSelect(0, rows).sub(from);
    return new data.DataLoader(new data.TensorDataset(pixels, labels), {
      batchSize,
      shuffle: train,
    });
  };
  return [loader(true), loader(false)];
}

console.log('shirts, trousers, pullovers, dresses and coats');
manualSeed(0);
const pretrained = new BNLeNet(classes);
const source = half(0, images, 256);
const adam = new optim.Adam(pretrained.parameters(), { lr: 0.001 });
await train(pretrained, ...source, 256, adam, device, epochs);

const target = half(5, few, 16);
const lr = 0.01;

console.log(`${few} images of sandals, sneakers, bags and boots, from the beginning`);
const scratch = new BNLeNet(classes);
const fromScratch = new optim.SGD(scratch.parameters(), { lr: lr * 10, momentum: 0.9 });
await train(scratch, ...target, 16, fromScratch, device, 4 * epochs);

console.log(
  'and with what the other garments taught: a new last layer, which learns ten times as fast',
);
pretrained.net.set(-1, new nn.Linear(84, classes).to(device));
const head = [...pretrained.net.at(-1).parameters()];
const body = [...pretrained.parameters()].filter((parameter) => !head.includes(parameter));
const groups = [{ params: body }, { params: head, lr: lr * 10 }];
const tuning = new optim.SGD(groups, { lr, momentum: 0.9 });
await train(pretrained, ...target, 16, tuning, device, 4 * epochs);
