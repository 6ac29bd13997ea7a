// Whatever a public function or method is called with, what it throws has a code.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';

import * as torch from '../../lib/index.js';

const { data, nn, optim, transforms } = torch;
const long = process.env.LENET_TORCH_LONG === '1';

const back = process.cwd();
const folder = mkdtempSync(path.join(os.tmpdir(), 'lenet-errors-'));
beforeAll(() => {
  // Names of files are among the arguments.
  process.chdir(folder);
  vi.spyOn(console, 'log').mockImplementation(() => {});
  vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
});
afterAll(() => {
  process.chdir(back);
  rmSync(folder, { recursive: true });
});

// Made anew for each call: some are changed by it.
const strange = (): unknown[] => [
  undefined,
  null,
  5,
  -1,
  Number.NaN,
  'x',
  '',
  true,
  3n,
  Symbol('s'),
  {},
  { a: 1 },
  [],
  [null],
  [[1], [2, 3]],
  () => {},
  new Map(),
  new Date(),
  Promise.resolve(),
  torch.ones(2),
];
const first = (): unknown[] => [
  torch.ones(2, 3),
  new nn.Linear(2, 2),
  2,
  [2],
  'cpu',
  [torch.ones(2)],
  () => {},
];
const second = (): unknown[] => [torch.ones(2, 3), 1, torch.tensor([1n, 0n])];

function* argumentLists(): Generator<unknown[]> {
  yield [];
  const count = strange().length;
  for (let i = 0; i < count; i++) yield [strange()[i]];
  for (let k = 0; k < first().length; k++) {
    for (let i = 0; i < count; i += long ? 1 : 3) yield [first()[k], strange()[i]];
    if (!long) continue;
    for (let j = 0; j < second().length; j++) {
      for (let i = 0; i < count; i++) yield [first()[k], second()[j], strange()[i]];
    }
  }
}

type Callable = (...args: unknown[]) => unknown;

/** What was thrown without a code. */
async function blemishes(name: string, call: Callable): Promise<string[]> {
  const found = new Set<string>();
  for (const args of argumentLists()) {
    try {
      const result = call(...args);
      if (result instanceof Promise)
        await Promise.race([result, new Promise((r) => setTimeout(r, 2000))]);
      if (typeof (result as Iterator<unknown> | undefined)?.next === 'function') {
        (result as Iterator<unknown>).next();
      }
    } catch (error) {
      const { code, message } = error as { code?: string; message?: string };
      if (!code?.startsWith('ERR_')) found.add(`${name}: ${String(message)}`);
    }
  }
  return [...found].slice(0, 2);
}

// Not for users: what TypeScript calls internal, private or protected.
const internal =
  /^(new )?(TorchError|OutOfMemoryError|Run|Summary|cuda\.|ops)|#(moveToScope|checkOptions|checkState|copyState|complete|rates|closedRates|setRates|begin|undo|restart|advance|scale|updateGroup|update|remembers|recall|due|settingsOf|fusedRule|capturable|followParameters|prepare|stepWithRates|readOptions|savedBesides|savedName|inMemory|ownMembers|beginPass|resumePass)$/;

function* functionsOf(prefix: string, value: object): Generator<[string, Callable]> {
  for (const [key, member] of Object.entries(value)) {
    const name = `${prefix}${key}`;
    if (internal.test(name)) continue;
    if (typeof member === 'function') {
      const isClass = /^class\b/.test(Function.prototype.toString.call(member));
      yield isClass
        ? [`new ${name}`, (...args) => Reflect.construct(member, args)]
        : [name, (...args) => member(...args)];
    } else if (typeof member === 'object' && member !== null && !(member instanceof torch.Tensor)) {
      if (!Array.isArray(member)) yield* functionsOf(`${name}.`, member);
    }
  }
}

const set = () => new data.TensorDataset(torch.ones(4, 2), torch.ones(4));
const learned = () => [new nn.Parameter(torch.ones(2))];

/** One of each class. */
const instances: Record<string, () => object> = {
  Tensor: () => torch.ones(2, 3),
  Generator: () => new torch.Generator(),
  Scope: () => torch.scope(),
  LeNet: () => new torch.LeNet(),
  LeNet5: () => new torch.LeNet5(),
  Linear: () => new nn.Linear(2, 2),
  Conv2d: () => new nn.Conv2d(1, 1, 1),
  Conv1d: () => new nn.Conv1d(1, 1, 1),
  ConvTranspose2d: () => new nn.ConvTranspose2d(1, 1, 1),
  MaxPool3d: () => new nn.MaxPool3d(2),
  AvgPool1d: () => new nn.AvgPool1d(2),
  LPPool2d: () => new nn.LPPool2d(2, 2),
  AdaptiveAvgPool2d: () => new nn.AdaptiveAvgPool2d(2),
  AdaptiveMaxPool2d: () => new nn.AdaptiveMaxPool2d(2),
  FractionalMaxPool2d: () => new nn.FractionalMaxPool2d(2, { outputSize: 2 }),
  MaxUnpool2d: () => new nn.MaxUnpool2d(2),
  ReflectionPad2d: () => new nn.ReflectionPad2d(1),
  CircularPad2d: () => new nn.CircularPad2d(1),
  ConstantPad2d: () => new nn.ConstantPad2d(1, 0),
  Upsample: () => new nn.Upsample({ size: 2 }),
  Fold: () => new nn.Fold(4, 2),
  Unfold: () => new nn.Unfold(2),
  PixelShuffle: () => new nn.PixelShuffle(2),
  Unflatten: () => new nn.Unflatten(1, [1, -1]),
  PartialConv2d: () => new nn.PartialConv2d(2, [[0], [1]], 1),
  BatchNorm2d: () => new nn.BatchNorm2d(2),
  BatchNorm1d: () => new nn.BatchNorm1d(3),
  SyncBatchNorm: () => new nn.SyncBatchNorm(3),
  InstanceNorm1d: () => new nn.InstanceNorm1d(3),
  GroupNorm: () => new nn.GroupNorm(1, 3),
  LayerNorm: () => new nn.LayerNorm(3),
  RMSNorm: () => new nn.RMSNorm(3),
  LocalResponseNorm: () => new nn.LocalResponseNorm(2),
  CrossMapLRN2d: () => new nn.CrossMapLRN2d(2),
  PReLU: () => new nn.PReLU(),
  Softmax2d: () => new nn.Softmax2d(),
  Dropout1d: () => new nn.Dropout1d(),
  Embedding: () => new nn.Embedding(3, 2),
  EmbeddingBag: () => new nn.EmbeddingBag(3, 2),
  Bilinear: () => new nn.Bilinear(3, 3, 2),
  AdaptiveLogSoftmaxWithLoss: () => new nn.AdaptiveLogSoftmaxWithLoss(3, 4, [2]),
  GaussianNLLLoss: () => new nn.GaussianNLLLoss(),
  CTCLoss: () => new nn.CTCLoss(),
  TripletMarginWithDistanceLoss: () => new nn.TripletMarginWithDistanceLoss(),
  CosineSimilarity: () => new nn.CosineSimilarity(),
  MaxPool2d: () => new nn.MaxPool2d(2),
  AvgPool2d: () => new nn.AvgPool2d(2),
  TrainableSubsampling: () => new nn.TrainableSubsampling(2),
  EuclideanRBF: () => new nn.EuclideanRBF(2, 2),
  EuclideanRBFLoss: () => new nn.EuclideanRBFLoss(),
  CrossEntropyLoss: () => new nn.CrossEntropyLoss(),
  NLLLoss: () => new nn.NLLLoss(),
  MSELoss: () => new nn.MSELoss(),
  Dropout: () => new nn.Dropout(),
  Flatten: () => new nn.Flatten(),
  Softmax: () => new nn.Softmax(),
  LogSoftmax: () => new nn.LogSoftmax(),
  ReLU: () => new nn.ReLU(),
  Sigmoid: () => new nn.Sigmoid(),
  Sequential: () => new nn.Sequential(new nn.Linear(2, 2)),
  ModuleList: () => new nn.ModuleList([new nn.Linear(2, 2)]),
  ModuleDict: () => new nn.ModuleDict({ a: new nn.Linear(2, 2) }),
  ParameterList: () => new nn.ParameterList([torch.ones(2)]),
  ParameterDict: () => new nn.ParameterDict({ a: torch.ones(2) }),
  RemovableHandle: () => new nn.ReLU().registerForwardHook(() => {}),
  RNN: () => new nn.RNN(3, 2),
  LSTM: () => new nn.LSTM(3, 2),
  LSTMCell: () => new nn.LSTMCell(3, 2),
  MultiheadAttention: () => new nn.MultiheadAttention(3, 1),
  TransformerEncoderLayer: () => new nn.TransformerEncoderLayer(3, 1, { dimFeedforward: 4 }),
  SGD: () => new optim.SGD(learned()),
  Adam: () => new optim.Adam(learned()),
  RMSprop: () => new optim.RMSprop(learned()),
  LBFGS: () => new optim.LBFGS(learned()),
  Adagrad: () => new optim.Adagrad(learned()),
  Muon: () => new optim.Muon([new nn.Parameter(torch.ones(2, 2))]),
  StepLR: () => new optim.lrScheduler.StepLR(new optim.SGD(learned()), 1),
  CosineAnnealingWarmRestarts: () =>
    new optim.lrScheduler.CosineAnnealingWarmRestarts(new optim.SGD(learned()), 3),
  CyclicLR: () => new optim.lrScheduler.CyclicLR(new optim.Adam(learned()), 0.1, 1),
  OneCycleLR: () =>
    new optim.lrScheduler.OneCycleLR(new optim.Adam(learned()), 1, { totalSteps: 9 }),
  ReduceLROnPlateau: () => new optim.lrScheduler.ReduceLROnPlateau(new optim.SGD(learned())),
  ChainedScheduler: () =>
    new optim.lrScheduler.ChainedScheduler([
      new optim.lrScheduler.StepLR(new optim.SGD(learned()), 1),
    ]),
  SequentialLR: () => {
    const optimizer = new optim.SGD(learned());
    const first = new optim.lrScheduler.StepLR(optimizer, 1);
    return new optim.lrScheduler.SequentialLR(optimizer, [first], []);
  },
  AveragedModel: () => new optim.swaUtils.AveragedModel(new nn.Linear(2, 2)),
  TensorDataset: set,
  Subset: () => new data.Subset(set(), 2),
  DataLoader: () => new data.DataLoader(set()),
  SequentialSampler: () => new data.SequentialSampler(set()),
  RandomSampler: () => new data.RandomSampler(set()),
  BatchSampler: () => new data.BatchSampler([1, 2], 2, false),
  SubsetRandomSampler: () => new data.SubsetRandomSampler([1, 2]),
  WeightedRandomSampler: () => new data.WeightedRandomSampler([1, 2], 2),
  ConcatDataset: () => new data.ConcatDataset([set()]),
  StackDataset: () => new data.StackDataset(set()),
  DistributedSampler: () => new data.DistributedSampler(set(), { numReplicas: 2, rank: 1 }),
  ToTensor: () => new transforms.ToTensor(),
  Resize: () => new transforms.Resize(2),
  Normalize: () => new transforms.Normalize(0, 1),
  Pad: () => new transforms.Pad(1),
  Compose: () => new transforms.Compose([]),
  Lambda: () => new transforms.Lambda((x) => x),
  RandomChoice: () => new transforms.RandomChoice([new transforms.ToTensor()]),
  RandomApply: () => new transforms.RandomApply([new transforms.ToTensor()]),
  RandomCrop: () => new transforms.RandomCrop(2),
  RandomResizedCrop: () => new transforms.RandomResizedCrop(2),
  ColorJitter: () => new transforms.ColorJitter(0.5),
  RandomAffine: () => new transforms.RandomAffine(10),
  RandomErasing: () => new transforms.RandomErasing(1),
  LinearTransformation: () => new transforms.LinearTransformation(torch.ones(6, 6), torch.ones(6)),
  GaussianBlur: () => new transforms.GaussianBlur(3),
  RandAugment: () => new transforms.RandAugment(),
  AugMix: () => new transforms.AugMix(),
};

function* methodsOf(owner: string, make: () => object): Generator<[string, Callable]> {
  const names = new Set<string>();
  const example = make();
  for (let p = Object.getPrototypeOf(example); p && p !== Object.prototype; ) {
    // Not asked of the example: a getter may refuse it, as `imag` does what is real.
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(p)))
      if (typeof value === 'function') names.add(name);
    p = Object.getPrototypeOf(p);
  }
  for (const name of names) {
    if (name === 'constructor' || internal.test(`#${name}`)) continue;
    yield [
      `${owner}#${name}`,
      (...args) => (Reflect.get(make(), name) as Callable).apply(make(), args),
    ];
  }
}

// Some hundred thousand calls in the long tier.
const timeout = long ? 1_800_000 : 300_000;

test('functions and constructors', { timeout }, async () => {
  const found: string[] = [];
  let count = 0;
  for (const [name, call] of functionsOf('', torch)) {
    count++;
    found.push(...(await blemishes(name, call)));
  }
  expect(found).toEqual([]);
  expect(count).toBeGreaterThan(150);
});

test.each(Object.entries(instances))('methods of %s', { timeout }, async (owner, make) => {
  const found: string[] = [];
  for (const [name, call] of methodsOf(owner, make)) found.push(...(await blemishes(name, call)));
  expect(found).toEqual([]);
});
