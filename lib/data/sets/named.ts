import { EMNIST } from './emnist.js';
import { FashionMNIST } from './fashionMnist.js';
import type { IdxDataset, IdxOptions } from './idxDataset.js';
import { type EmnistSplit, emnistNames } from './idxSets.js';
import { KMNIST, MNIST } from './mnist.js';
import { QMNIST } from './qmnist.js';

type Make = (options: IdxOptions) => IdxDataset;

const emnists = emnistNames.map((split: EmnistSplit): [string, Make] => [
  `emnist-${split}`,
  (options) => new EMNIST(split, options),
]);

/** What makes a data set, by what commands call it. */
export const namedSets: Readonly<Record<string, Make>> = {
  'fashion-mnist': (options) => new FashionMNIST(options),
  mnist: (options) => new MNIST(options),
  kmnist: (options) => new KMNIST(options),
  qmnist: (options) => new QMNIST(options),
  ...Object.fromEntries(emnists),
};
