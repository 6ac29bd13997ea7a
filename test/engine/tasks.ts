// What the conformance suite asks every engine: tasks as users make them.
import * as torch from '../../lib/index.js';
import { images, loader, lr, type Making } from './engines.js';

const { nn } = torch;
const lenet = (change: (net: torch.LeNet) => unknown) => () => {
  const net = new torch.LeNet();
  change(net);
  return net;
};
const forwarded = (forward: (net: torch.LeNet, X: torch.Tensor) => torch.Tensor) =>
  lenet((net) => {
    net.forward = (X) => forward(net, X);
  });
const plain = (net: torch.LeNet, X: torch.Tensor) => torch.LeNet.prototype.forward.call(net, X);
const adam = (options: object) => (net: torch.nn.Module) =>
  new torch.optim.Adam(net.parameters(), { lr, ...options }) as never;
const sgd = (options: object) => (net: torch.nn.Module) =>
  new torch.optim.SGD(net.parameters(), { lr, ...options }) as never;
class Halving extends torch.optim.Adam {
  override step<T>(closure?: () => T): T | undefined {
    for (const group of this.paramGroups) group.lr = Number(group.lr) / 2;
    return super.step(closure);
  }
}
class Numbers extends torch.data.Dataset<readonly [torch.Tensor, number]> {
  readonly length = 6;
  get(index: number) {
    return [torch.full([1, 28, 28], index / 6), index] as const;
  }
}
const [X, y] = images();
const bytes = X.mul(255).to('uint8').keep();
const { DistributedSampler, RandomSampler } = torch.data;
function* drawnOneByOne(): Generator<number> {
  for (let i = 0; i < 7; i++) yield Number(torch.randint(0, 10, []).item());
}
const arrays = () => [0, 1].map((i) => [X.narrow(0, 4 * i, 4), y.narrow(0, 4 * i, 4)] as const);
// How often the forward pass that changes has been called.
let calls = 0;

/** By what is out of the ordinary. */
export const tasks: Readonly<Record<string, Making>> = {
  'a frozen parameter': {
    net: lenet((net) => {
      [...net.parameters()][2]!.requiresGrad = false;
    }),
  },
  'a part in evaluation mode': { net: lenet((net) => net.conv.eval()) },
  'batch normalisation': {
    net: lenet((net) => {
      (net as { conv: unknown }).conv = new nn.Sequential(
        new nn.BatchNorm2d(1),
        ...(net.conv as Iterable<torch.nn.Module>),
      );
    }),
  },
  dropout: {
    net: lenet((net) => {
      (net as { fc: unknown }).fc = new nn.Sequential(
        ...(net.fc as Iterable<torch.nn.Module>),
        new nn.Dropout(0.25),
      );
    }),
  },
  'normalised pixels': { net: forwarded((net, x) => plain(net, x.sub(0.5).div(0.25))) },
  'scaled scores': { net: forwarded((net, x) => plain(net, x).mul(2)) },
  'a forward pass that changes': {
    net: forwarded((net, x) => plain(net, calls++ % 2 === 0 ? x : x.mul(2))),
  },
  'a forward pass for one size of batches': {
    net: forwarded((net, x) => (x.shape[0] === 4 ? plain(net, x) : plain(net, x.mul(0.5)))),
  },
  float64: {
    net: lenet((net) => net.double()),
    batches: () => loader({}, [X.to('float64'), y]),
  },
  'an objective of its own': {
    net: lenet((net) => Object.assign(net, { objective: new nn.CrossEntropyLoss() })),
  },
  AdamW: {
    optimizer: (net) => new torch.optim.AdamW(net.parameters(), { lr }) as never,
  },
  'Adam with options': {
    optimizer: adam({ betas: [0.8, 0.99], weightDecay: 0.01, eps: 1e-6 }),
  },
  amsgrad: { optimizer: adam({ amsgrad: true }) },
  maximize: { optimizer: adam({ maximize: true }) },
  SGD: { optimizer: sgd({}) },
  'SGD with momentum': { optimizer: sgd({ momentum: 0.9, nesterov: true, weightDecay: 0.01 }) },
  'groups of parameters': {
    optimizer: (net) => {
      const [first, ...rest] = net.parameters();
      const groups = [{ params: [first!], lr: lr / 2 }, { params: rest }];
      return new torch.optim.Adam(groups, { lr }) as never;
    },
  },
  'some of the parameters': {
    optimizer: (net) => new torch.optim.Adam([...net.parameters()].slice(2), { lr }) as never,
  },
  'an optimizer of its own kind': {
    optimizer: (net) => new Halving(net.parameters(), { lr }) as never,
  },
  'without shuffling': { batches: () => loader({ shuffle: false }) },
  'a generator of its own': {
    batches: () => loader({ generator: new torch.Generator().manualSeed(9) }),
  },
  'without the smaller last batch': { batches: () => loader({ dropLast: true }) },
  'one image a batch': { batches: () => loader({ batchSize: 1 }) },
  'one batch for all': { batches: () => loader({ batchSize: 64 }) },
  'one image': { batches: () => loader({}, images(1)) },
  'an array of batches': { batches: arrays },
  'batches from a generator': {
    batches: () => ({
      *[Symbol.iterator]() {
        yield* arrays();
      },
    }),
  },
  'a data set of its own kind': {
    batches: () => new torch.data.DataLoader(new Numbers(), { batchSize: 4, shuffle: true }),
  },
  'a part of a data set': {
    batches: () => {
      const all = new torch.data.TensorDataset(X, y);
      const subset = new torch.data.Subset(all, [7, 1, 3, 3, 0, 9]);
      return new torch.data.DataLoader(subset, { batchSize: 4, shuffle: true });
    },
  },
  'a share of several': {
    batches: () => {
      const sampler = new DistributedSampler(y, { numReplicas: 3, rank: 2 });
      return loader({ shuffle: false, sampler, batchSize: 3 });
    },
  },
  'more examples than there are': {
    batches: () => {
      const sampler = new RandomSampler(y, { replacement: true, numSamples: 23 });
      return loader({ shuffle: false, sampler });
    },
  },
  'a sampler with a generator of its own': {
    batches: () => {
      const generator = new torch.Generator().manualSeed(9);
      const sampler = new RandomSampler(y, { numSamples: 20, generator });
      return loader({ shuffle: false, sampler, dropLast: true });
    },
  },
  'a list of examples': {
    batches: () => loader({ shuffle: false, sampler: [3, 9n, 3, 0, 1] }),
  },
  'a sampler of its own kind': {
    batches: () => loader({ shuffle: false, sampler: { [Symbol.iterator]: drawnOneByOne } }),
  },
  'bytes that the network scales': {
    net: forwarded((net, x) => plain(net, x.to('float32').div(255))),
    batches: () => loader({}, [bytes, y]),
  },
};

/** As new: a forward pass that changes begins again. */
export function begin(): void {
  calls = 0;
}
