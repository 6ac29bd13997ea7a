// This package's rounds for LeNet-5.
// usage: lenet5.js epoch DATA_DIR THREADS LIMIT, or lenet5.js partial|full - THREADS 0
import * as torch from '../../dist/index.js';
import { rounds } from './rounds.js';

const [mode, root, threads, limit] = process.argv.slice(2);
torch.setNumThreads(Number(threads));
torch.manualSeed(0);

function epochs() {
  const { DataLoader, FashionMNIST, Subset } = torch.data;
  const count = Number(limit);
  const part = (train, size) => {
    const all = new FashionMNIST({ root, train, transform: torch.LeNet5.transform() });
    return new DataLoader(new Subset(all, size), { batchSize: 256, shuffle: train });
  };
  const [trainIter, testIter] = [part(true, count), part(false, Math.max(1, count / 6))];
  const net = new torch.LeNet5({ squash: 'tanh', criterion: 'penalty' });
  const optimizer = new torch.optim.Adam(net.parameters(), { lr: 0.003 });
  const options = { log: null };
  return async () => {
    await torch.train(net, trainIter, testIter, 256, optimizer, 'cpu', 1, options);
  };
}

// C3's convolution with its gradients, through the table or with all connections.
function convolutions() {
  const { C3 } = new torch.LeNet5();
  const full = new torch.nn.Conv2d(C3.inChannels, C3.outChannels, C3.kernelSize);
  const layer = mode === 'partial' ? C3 : full;
  const images = torch.randn(256, 6, 14, 14);
  images.requiresGrad = true;
  const step = () => layer.forward(images).sum().backward();
  return async () => {
    for (let i = 0; i < 20; i++) torch.tidy(step);
  };
}

const work = mode === 'epoch' ? epochs() : convolutions();
await work();
await rounds(work);
