// The chapters' kinds of networks, small: layers one after the other, branches, residuals, concatenation, sequences.
import * as torch from '../../lib/index.js';
import { Own } from '../own.js';

const { nn } = torch;
type Module = torch.nn.Module;

/** In order, as the chapters' `net` has it. */
const chain = (...layers: Module[]): Module => new nn.Sequential(...layers);
const relu = (): Module => new nn.ReLU();
const conv = (ins: number, outs: number, size = 3, padding = 1): Module =>
  new nn.Conv2d(ins, outs, size, { padding });

const inception = (ins: number): Module => {
  const parts = {
    one: chain(conv(ins, 4, 1, 0), relu()),
    three: chain(conv(ins, 3, 1, 0), relu(), conv(3, 6), relu()),
    five: chain(conv(ins, 2, 1, 0), relu(), conv(2, 4, 5, 2), relu()),
    pool: chain(new nn.MaxPool2d(3, 1, { padding: 1 }), conv(ins, 2, 1, 0), relu()),
  };
  const branches = Object.values(parts);
  return new Own(parts, (x) =>
    torch.cat(
      branches.map((each) => each.forward(x) as torch.Tensor),
      1,
    ),
  );
};

const residual = (ins: number, outs: number, stride = 1): Module => {
  const body = chain(
    new nn.Conv2d(ins, outs, 3, { padding: 1, stride }),
    new nn.BatchNorm2d(outs),
    relu(),
    conv(outs, outs),
    new nn.BatchNorm2d(outs),
  );
  const shortcut =
    stride === 1 && ins === outs ? new nn.Identity() : new nn.Conv2d(ins, outs, 1, { stride });
  return new Own({ body, shortcut }, (x) =>
    (body.forward(x) as torch.Tensor).add(shortcut.forward(x) as torch.Tensor).relu(),
  );
};

const dense = (ins: number, growth: number): Module => {
  const layers = [0, 1].map((i) =>
    chain(new nn.BatchNorm2d(ins + i * growth), relu(), conv(ins + i * growth, growth)),
  );
  return new Own({ list: new nn.ModuleList(layers) }, (x) =>
    layers.reduce((y, layer) => torch.cat([y, layer.forward(y) as torch.Tensor], 1), x),
  );
};

const head = (channels: number): Module[] => [
  new nn.AdaptiveAvgPool2d(1),
  new nn.Flatten(),
  new nn.Linear(channels, 10),
];

/** Rows of an image as steps of a sequence. */
const reads = (layer: torch.nn.LSTM | torch.nn.RNN | torch.nn.GRU): Module => {
  const last = new nn.Linear(16, 10);
  return new Own({ layer, last }, (x) => {
    const [output] = layer.forward(x.squeeze(1));
    return last.forward(output.select(1, -1));
  });
};

export const networks: Record<string, () => Module> = {
  'softmax regression': () => chain(new nn.Flatten(), new nn.Linear(784, 10)),
  'multilayer perceptron': () =>
    chain(
      new nn.Flatten(),
      new nn.Linear(784, 256),
      relu(),
      new nn.Dropout(),
      new nn.Linear(256, 10),
    ),
  AlexNet: () =>
    chain(
      new nn.Conv2d(1, 12, 5, { stride: 2, padding: 1 }),
      relu(),
      new nn.MaxPool2d(3, 2),
      conv(12, 32, 5, 2),
      relu(),
      new nn.MaxPool2d(2),
      conv(32, 48),
      relu(),
      conv(48, 48),
      relu(),
      conv(48, 32),
      relu(),
      new nn.MaxPool2d(3, 2),
      new nn.Flatten(),
      new nn.Linear(32, 64),
      relu(),
      new nn.Dropout(),
      new nn.Linear(64, 64),
      relu(),
      new nn.Dropout(),
      new nn.Linear(64, 10),
    ),
  VGG: () =>
    chain(
      ...[1, 8, 16].flatMap((ins, i) => [conv(ins, [8, 16, 32][i]!), relu(), new nn.MaxPool2d(2)]),
      new nn.Flatten(),
      new nn.Linear(32 * 9, 64),
      relu(),
      new nn.Dropout(),
      new nn.Linear(64, 10),
    ),
  NiN: () =>
    chain(
      ...[conv(1, 12, 5, 2), relu(), conv(12, 12, 1, 0), relu(), new nn.MaxPool2d(3, 2)],
      ...[conv(12, 24), relu(), conv(24, 24, 1, 0), relu(), new nn.MaxPool2d(3, 2)],
      ...[conv(24, 10), relu(), new nn.AdaptiveAvgPool2d(1), new nn.Flatten()],
    ),
  GoogLeNet: () =>
    chain(conv(1, 8), relu(), new nn.MaxPool2d(2), inception(8), inception(16), ...head(16)),
  'batch normalization': () =>
    chain(
      conv(1, 6, 5, 0),
      new nn.BatchNorm2d(6),
      new nn.Sigmoid(),
      new nn.AvgPool2d(2),
      new nn.Flatten(),
      new nn.Linear(6 * 144, 20),
      new nn.BatchNorm1d(20),
      new nn.Sigmoid(),
      new nn.Linear(20, 10),
    ),
  ResNet: () =>
    chain(
      conv(1, 8),
      new nn.BatchNorm2d(8),
      relu(),
      residual(8, 8),
      residual(8, 16, 2),
      ...head(16),
    ),
  DenseNet: () =>
    chain(
      conv(1, 8),
      relu(),
      dense(8, 4),
      ...[new nn.BatchNorm2d(16), relu(), conv(16, 8, 1, 0), new nn.AvgPool2d(2)],
      dense(8, 4),
      ...head(16),
    ),
  RNN: () => reads(new nn.RNN(28, 16, 1, { batchFirst: true })),
  GRU: () => reads(new nn.GRU(28, 16, 1, { batchFirst: true })),
  LSTM: () => reads(new nn.LSTM(28, 16, 2, { batchFirst: true })),
};
