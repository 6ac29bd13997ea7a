// Of data, draw, distributed, and of the package's own functions.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { idxSets, parts } from '../../../lib/data/sets/idxSets.js';
import * as torch from '../../../lib/index.js';
import { type Calls, image, label, x } from './inputs.js';

const { data, distributed, draw, optim } = torch;
const batches = () => [[image(), label()] as const];
const epoch = { epoch: 1, loss: 1, trainAcc: 0.5, testAcc: 0.5, seconds: 1 };

/** @param folder - Where files are written, and read. */
export function restCalls(folder: string): Calls {
  const sets = path.join(folder, 'sets');
  /** A folder with the four files of a set, without images. */
  function setOf(name: string): string {
    const set = idxSets[name]!;
    mkdirSync(path.join(sets, name), { recursive: true });
    for (const part of parts) {
      const isLong = part.endsWith('Labels') && set.hasLongLabels;
      const dims = part.endsWith('Images') ? [0, 28, 28] : isLong ? [0, 8] : [0];
      const header = [0, 0, isLong ? 12 : 8, dims.length];
      const bytes = [...header, ...dims.flatMap((dim) => [0, 0, 0, dim])];
      writeFileSync(path.join(sets, name, set.files[part].name), Uint8Array.from(bytes));
    }
    return path.join(sets, name);
  }

  let files = 0;
  const file = (ending: string): string => path.join(folder, `${files++}${ending}`);

  return {
    'distributed.initProcessGroup': (o) => distributed.initProcessGroup('gloo', o),
    'distributed.newGroup': (o) => distributed.newGroup([0], o),
    'distributed.static TCPStore#open': [
      (o) => distributed.TCPStore.open('localhost', 0, o),
      { isMaster: true },
    ],
    'distributed.allReduce': (o) => distributed.allReduce(x(), o),
    'distributed.broadcast': (o) => distributed.broadcast(x(), 0, o),
    'distributed.reduce': (o) => distributed.reduce(x(), 0, o),
    'distributed.allGather': (o) => distributed.allGather([x()], x(), o),
    'distributed.allGatherIntoTensor': (o) => distributed.allGatherIntoTensor(x(), x(), o),
    'distributed.reduceScatter': (o) => distributed.reduceScatter(x(), [x()], o),
    'distributed.reduceScatterTensor': (o) => distributed.reduceScatterTensor(x(), x(), o),
    'distributed.gather': (o) => distributed.gather(x(), [x()], o),
    'distributed.scatter': (o) => distributed.scatter(x(), [x()], o),
    'distributed.barrier': (o) => distributed.barrier(o),
    'distributed.monitoredBarrier': (o) => distributed.monitoredBarrier(o),
    'distributed.send': (o) => distributed.send(x(), 1, o),
    'distributed.recv': (o) => distributed.recv(x(), 1, o),
    'distributed.isend': (o) => distributed.isend(x(), 1, o),
    'distributed.irecv': (o) => distributed.irecv(x(), 1, o),
    'distributed.allGatherObject': (o) => distributed.allGatherObject(1, o),
    'distributed.broadcastObjectList': (o) => distributed.broadcastObjectList([1], 0, o),
    useDeterministicAlgorithms: (o) => torch.useDeterministicAlgorithms(false, o),
    setPrintoptions: (o) => torch.setPrintoptions(o),
    'new data.DataLoader': (o) => new data.DataLoader(new data.TensorDataset(x()), o),
    'new data.RandomSampler': (o) => new data.RandomSampler([1, 2], o),
    'new data.SubsetRandomSampler': (o) => new data.SubsetRandomSampler([1, 2], o),
    'new data.WeightedRandomSampler': (o) => new data.WeightedRandomSampler([1, 2], 2, o),
    'data.randomSplit': (o) => data.randomSplit(new data.TensorDataset(x()), [1, 1], o),
    'new data.DatasetFolder': [
      (o) => new data.DatasetFolder(sets, () => 1, o),
      { extensions: ['-ubyte', '-int'] },
    ],
    'new data.ImageFolder': [(o) => new data.ImageFolder(sets, o), { isValidFile: () => true }],
    'new data.MNIST': [(o) => new data.MNIST(o), { root: setOf('mnist') }],
    'new data.KMNIST': [(o) => new data.KMNIST(o), { root: setOf('kmnist') }],
    'new data.EMNIST': [(o) => new data.EMNIST('digits', o), { root: setOf('emnist-digits') }],
    'new data.QMNIST': [(o) => new data.QMNIST(o), { root: setOf('qmnist') }],
    'new data.DistributedSampler': [
      (o) => new data.DistributedSampler([1, 2], o),
      { numReplicas: 2, rank: 1 },
    ],
    'new data.FashionMNIST': (o) => new data.FashionMNIST(o),
    'data.prepareImage': (o) =>
      data.prepareImage({ data: new Uint8Array(784), width: 28, height: 28, channels: 1 }, o),
    live: async (o) => (await torch.live(o)).close(),
    loadDataFashionMnist: (o) => torch.loadDataFashionMnist(o),
    summary: (o) => torch.summary(new torch.LeNet(), [1, 28, 28], o),
    'draw.architecture': (o) => draw.architecture(new torch.LeNet(), o),
    'draw.confusion': (o) => draw.confusion([[1]], o),
    'draw.connections': (o) => draw.connections(new torch.LeNet5(), o),
    'draw.curves': (o) => draw.curves([{ name: 'a', epochs: [epoch, { ...epoch, epoch: 2 }] }], o),
    'draw.features': (o) => draw.features(new torch.LeNet(), image(), o),
    'draw.filters': (o) => draw.filters(new torch.LeNet(), o),
    'draw.mistakes': (o) => draw.mistakes(torch.rand(1, 1, 28, 28), label(), torch.zeros(1, 10), o),
    'draw.pooling': (o) => draw.pooling(new torch.LeNet(), o),
    'draw.toPng': (o) => draw.toPng(draw.confusion([[1]]), o),
    evaluate: (o) => torch.evaluate(batches(), new torch.LeNet(), 'cpu', o),
    exportOnnx: [
      (o) => torch.exportOnnx(new torch.LeNet(), file('.onnx'), o),
      { inputShape: [1, 28, 28] },
    ],
    'new LeNet': (o) => new torch.LeNet(o),
    'new LeNet5': (o) => new torch.LeNet5(o),
    predict: (o) => torch.predict(new torch.LeNet(), image(), o),
    train: [
      (o) => {
        const net = new torch.LeNet();
        return torch.train(
          net,
          batches(),
          batches(),
          1,
          new optim.SGD(net.parameters()),
          'cpu',
          1,
          o,
        );
      },
      { log: null },
    ],
    save: (o) => torch.save({ a: x() }, file('.safetensors'), o),
    'serve.handler': (o) => torch.serve.handler(new torch.LeNet(), o),
    'serve.fetchHandler': (o) => torch.serve.fetchHandler(new torch.LeNet(), o),
    saveSafetensors: (o) => torch.saveSafetensors({ a: x() }, file('.safetensors'), o),
    'static Run#create': async (o) => (await torch.Run.create(file(''), o)).close(),
    'static Run#resume': async (o) => (await torch.Run.resume(file(''), o)).close(),
  };
}
