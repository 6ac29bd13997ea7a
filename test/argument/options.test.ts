// Every function that takes options, read off the declarations: what is no option of its is refused.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { coded } from '../coded.js';
import { declared } from './declared.js';
import { mathAlso, mathByPosition, mathCalls } from './mathCalls.js';

const { data, distributed, draw, nn, optim } = torch;
const F = nn.functional;
const folder = mkdtempSync(path.join(os.tmpdir(), 'lenet-options-'));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
const file = (ending: string): string => path.join(folder, `${files++}${ending}`);
const x = () => torch.ones(2, 3);
const parameter = () => [new nn.Parameter(torch.ones(2))];
const image = () => torch.rand(1, 1, 28, 28);
const label = () => torch.tensor([1n]);
const batches = () => [[image(), label()] as const];
const epoch = { epoch: 1, loss: 1, trainAcc: 0.5, testAcc: 0.5, seconds: 1 };

// biome-ignore lint/suspicious/noExplicitAny: whatever is given in the place of options
type Call = (options: any) => unknown;

/** A right call of each but for its options, and options that it needs. */
const calls: Record<string, Call | readonly [Call, needed: object]> = {
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
  'new data.DistributedSampler': [
    (o) => new data.DistributedSampler([1, 2], o),
    { numReplicas: 2, rank: 1 },
  ],
  'new data.FashionMNIST': (o) => new data.FashionMNIST(o),
  'data.prepareImage': (o) =>
    data.prepareImage({ data: new Uint8Array(784), width: 28, height: 28, channels: 1 }, o),
  'new data.transforms.Pad': (o) => new data.transforms.Pad(1, o),
  live: async (o) => (await torch.live(o)).close(),
  loadDataFashionMnist: (o) => torch.loadDataFashionMnist(o),
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
  'new LeNet5': (o) => new torch.LeNet5(o),
  'nn.Module#registerBuffer': (o) => new nn.ReLU().registerBuffer('b', x(), o),
  'nn.Module#namedParameters': (o) => new nn.ReLU().namedParameters(o),
  'nn.Module#parameters': (o) => new nn.ReLU().parameters(o),
  'nn.Module#namedBuffers': (o) => new nn.ReLU().namedBuffers(o),
  'nn.Module#buffers': (o) => new nn.ReLU().buffers(o),
  'nn.Module#zeroGrad': (o) => new nn.ReLU().zeroGrad(o),
  'nn.Module#loadStateDict': (o) => new nn.ReLU().loadStateDict({}, o),
  'new nn.AvgPool2d': (o) => new nn.AvgPool2d(2, 2, o),
  'new nn.BatchNorm2d': (o) => new nn.BatchNorm2d(2, o),
  'new nn.Conv2d': (o) => new nn.Conv2d(1, 2, 3, o),
  'new nn.CrossEntropyLoss': (o) => new nn.CrossEntropyLoss(o),
  'new nn.Dropout': (o) => new nn.Dropout(0.5, o),
  'new nn.EuclideanRBF': (o) => new nn.EuclideanRBF(4, 2, o),
  'new nn.EuclideanRBFLoss': (o) => new nn.EuclideanRBFLoss(o),
  'new nn.Linear': (o) => new nn.Linear(2, 2, o),
  'new nn.MSELoss': (o) => new nn.MSELoss(o),
  'new nn.MaxPool2d': (o) => new nn.MaxPool2d(2, 2, o),
  'new nn.NLLLoss': (o) => new nn.NLLLoss(o),
  'new nn.PartialConv2d': (o) => new nn.PartialConv2d(2, [[0], [0, 1]], 3, o),
  'new nn.ReLU': (o) => new nn.ReLU(o),
  'new nn.SiLU': (o) => new nn.SiLU(o),
  'new nn.LeakyReLU': (o) => new nn.LeakyReLU(0.1, o),
  'new nn.TrainableSubsampling': (o) => new nn.TrainableSubsampling(2, 2, o),
  'nn.functional.avgPool2d': (o) => F.avgPool2d(image(), 2, 2, o),
  'nn.functional.batchNorm': (o) =>
    F.batchNorm(torch.ones(2, 1, 2, 2), torch.zeros(1), torch.ones(1), o),
  'nn.functional.conv2d': (o) => F.conv2d(image(), torch.ones(1, 1, 3, 3), null, o),
  'nn.functional.crossEntropy': (o) => F.crossEntropy(torch.ones(1, 3), label(), o),
  'nn.functional.dropout': (o) => F.dropout(x(), 0.5, o),
  'nn.functional.maxPool2d': (o) => F.maxPool2d(image(), 2, 2, o),
  'nn.functional.mseLoss': (o) => F.mseLoss(x(), x(), o),
  'nn.functional.nllLoss': (o) => F.nllLoss(torch.ones(1, 3), label(), o),
  'nn.functional.pad': (o) => F.pad(x(), [1, 1], o),
  'nn.init.fanInUniform_': (o) => nn.init.fanInUniform_(x(), 3, o),
  'nn.init.kaimingNormal_': (o) => nn.init.kaimingNormal_(x(), o),
  'nn.init.kaimingUniform_': (o) => nn.init.kaimingUniform_(x(), o),
  'nn.init.normal_': (o) => nn.init.normal_(x(), 0, 1, o),
  'nn.init.randomSigns_': (o) => nn.init.randomSigns_(x(), o),
  'nn.init.uniform_': (o) => nn.init.uniform_(x(), 0, 1, o),
  'nn.init.xavierNormal_': (o) => nn.init.xavierNormal_(x(), o),
  'nn.init.xavierUniform_': (o) => nn.init.xavierUniform_(x(), o),
  'new nn.parallel.DistributedDataParallel': (o) =>
    new nn.parallel.DistributedDataParallel(new nn.Linear(2, 2), o),
  'nn.parallel.DistributedDataParallel#join': (o) =>
    nn.parallel.DistributedDataParallel.prototype.join(() => {}, o),
  'new optim.Adam': (o) => new optim.Adam(parameter(), o),
  'new optim.AdamW': (o) => new optim.AdamW(parameter(), o),
  'new optim.SGD': (o) => new optim.SGD(parameter(), o),
  'new optim.RMSprop': (o) => new optim.RMSprop(parameter(), o),
  'new optim.lrScheduler.StepLR': (o) =>
    new optim.lrScheduler.StepLR(new optim.SGD(parameter()), 1, o),
  'optim.Optimizer#zeroGrad': (o) => new optim.SGD(parameter()).zeroGrad(o),
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
  'Tensor#add': (o) => x().add(1, o),
  'Tensor#sub': (o) => x().sub(1, o),
  'Tensor#div': (o) => x().div(1, o),
  'Tensor#allclose': (o) => x().allclose(x(), o),
  'Tensor#isclose': (o) => x().isclose(x(), o),
  'Tensor#backward': (o) => torch.ones(1, { requiresGrad: true }).sum().backward(undefined, o),
  'Tensor#add_': (o) => x().add_(1, o),
  'Tensor#sub_': (o) => x().sub_(1, o),
  'Tensor#div_': (o) => x().div_(1, o),
  'Tensor#clamp': [(o) => x().clamp(o), { min: 0 }],
  'Tensor#clamp_': [(o) => x().clamp_(o), { min: 0 }],
  'Tensor#addcmul_': (o) => x().addcmul_(x(), x(), o),
  'Tensor#addcdiv_': (o) => x().addcdiv_(x(), x(), o),
  'Tensor#uniform_': (o) => x().uniform_(0, 1, o),
  'Tensor#normal_': (o) => x().normal_(0, 1, o),
  'Tensor#bernoulli_': (o) => x().bernoulli_(0.5, o),
  'Tensor#random_': (o) => x().random_(o),
  'Tensor#round': (o) => x().round(o),
  'Tensor#softmax': (o) => x().softmax(0, o),
  'Tensor#logSoftmax': (o) => x().logSoftmax(0, o),
  'Tensor#sum': (o) => x().sum(o),
  'Tensor#mean': (o) => x().mean(o),
  'Tensor#prod': (o) => x().prod(o),
  'Tensor#max': [(o) => x().max(o), { dim: 0 }],
  'Tensor#min': [(o) => x().min(o), { dim: 0 }],
  'Tensor#argmax': (o) => x().argmax(o),
  'Tensor#argmin': (o) => x().argmin(o),
  'Tensor#any': (o) => x().any(o),
  'Tensor#all': (o) => x().all(o),
  'Tensor#var': (o) => x().var(o),
  'Tensor#std': (o) => x().std(o),
  'Tensor#norm': (o) => x().norm(o),
  'Tensor#cumsum': (o) => x().cumsum(0, o),
  'Tensor#sort': (o) => x().sort(o),
  'Tensor#topk': (o) => x().topk(1, o),
  'Tensor#logsumexp': [(o) => x().logsumexp(o), { dim: 0 }],
  ...mathCalls,
  arange: (o) => torch.arange(3, o),
  zeros: (o) => torch.zeros([2], o),
  ones: (o) => torch.ones([2], o),
  empty: (o) => torch.empty([2], o),
  rand: (o) => torch.rand([2], o),
  randn: (o) => torch.randn([2], o),
  full: (o) => torch.full([2], 1, o),
  randint: (o) => torch.randint(0, 2, [2], o),
  randperm: (o) => torch.randperm(2, o),
  linspace: (o) => torch.linspace(0, 1, 3, o),
  eye: (o) => torch.eye(2, 2, o),
  fullLike: (o) => torch.fullLike(x(), 1, o),
  tensor: (o) => torch.tensor([1, 2], o),
  zerosLike: (o) => torch.zerosLike(x(), o),
  onesLike: (o) => torch.onesLike(x(), o),
  emptyLike: (o) => torch.emptyLike(x(), o),
  randLike: (o) => torch.randLike(x(), o),
  randnLike: (o) => torch.randnLike(x(), o),
  sum: (o) => torch.sum(x(), o),
  mean: (o) => torch.mean(x(), o),
  argmax: (o) => torch.argmax(x(), o),
  allclose: (o) => torch.allclose(x(), x(), o),
  add: (o) => torch.add(x(), 1, o),
  sub: (o) => torch.sub(x(), 1, o),
  div: (o) => torch.div(x(), 1, o),
  softmax: (o) => torch.softmax(x(), 0, o),
  logSoftmax: (o) => torch.logSoftmax(x(), 0, o),
  'nn.functional.softmax': (o) => F.softmax(x(), 0, o),
  'nn.functional.logSoftmax': (o) => F.logSoftmax(x(), 0, o),
};

// Options of another sort: a language's own, and what cannot be called without a GPU.
const others = /^new (OutOfMemoryError|TorchError|Run)$|^(new )?cuda\./;
// A run that is not there, and a group, are looked for after the options.
const fails = new Set([
  'static Run#resume',
  ...Object.keys(calls).filter((name) => /^distributed\.[a-z]+[A-Z]?\w*$/.test(name)),
  ...Object.keys(calls).filter((name) => name.includes('nn.parallel.')),
]);

/** What functions take there besides options, as Python does. */
const also: Record<string, readonly string[]> = {
  ...mathAlso,
  'nn.functional.dropout': ['a boolean'],
  'nn.functional.crossEntropy': ['a Tensor', 'null'],
  'nn.functional.nllLoss': ['a Tensor', 'null'],
  'nn.functional.pad': ['a word', 'null'],
  'Tensor#softmax': ['null'],
  'Tensor#logSoftmax': ['null'],
  softmax: ['null'],
  logSoftmax: ['null'],
  'nn.functional.softmax': ['null'],
  'nn.functional.logSoftmax': ['null'],
};
// Arguments that operators take by position there: a dimension, several, a power, a tolerance, a bound.
const byPosition =
  /^(Tensor#(sum|mean|prod|max|min|argmax|argmin|any|all|var|std|norm|sort|topk|logsumexp|clamp_?|allclose|isclose)|sum|mean|argmax|allclose|arange)$|^nn\.functional\.(avgPool2d|maxPool2d|conv2d)$/;

const strangers: Record<string, unknown> = {
  'a word': 'word',
  'a number': 0.5,
  'a boolean': true,
  'a list': ['word'],
  'a Map': new Map([['lr', 1]]),
  'a Tensor': torch.ones(4, 5),
  'a Promise': Promise.resolve({}),
  'an object of a class': new nn.ReLU(),
  null: null,
};

test('all that take options are here', () => {
  const taking = [...declared().values()]
    .filter(({ parameters }) => parameters.some((names) => names.includes('options')))
    .map(({ name }) => name)
    .filter((name) => !others.test(name));
  expect(taking.filter((name) => !(name in calls))).toEqual([]);
  expect(taking.length).toBeGreaterThan(100);
});

describe.each(Object.entries(calls))('%s', (name, entry) => {
  const [call, needed] = Array.isArray(entry) ? (entry as [Call, object]) : [entry as Call, {}];
  const done = async (options: unknown): Promise<unknown> => call(options);

  test('takes what it needs, and undefined for the rest', async () => {
    if (fails.has(name)) return;
    await done(needed);
    await done({ ...needed, zzzNoOption: undefined });
  });

  test('refuses an unknown name', async () => {
    await expect(done({ ...needed, zzzNoOption: 1 })).rejects.toThrow(
      coded('ERR_INVALID_ARG', /zzzNoOption/),
    );
  });

  test('refuses anything but an object', async () => {
    for (const [what, value] of Object.entries(strangers)) {
      const takes = byPosition.test(name) || mathByPosition.test(name);
      const isArgument = takes && !['a word', 'a Map', 'a Promise'].includes(what);
      if (isArgument || also[name]?.includes(what)) continue;
      await expect(done(value), what).rejects.toThrow(coded('ERR_INVALID_ARG'));
    }
  });
});

test('a hint names the option that was meant', () => {
  const adam = (options: object) => () => new optim.Adam(parameter(), options);
  expect(adam({ weight_decay: 1 })).toThrow(
    "Adam: unknown option 'weight_decay'; did you mean 'weightDecay'?",
  );
  expect(adam({ learning: 1 })).toThrow("unknown option 'learning'; there are lr, betas");
  expect(() => new optim.SGD(parameter(), 0.1 as never)).toThrow(
    'SGD: options: expected an object such as { lr: 0.1 }, got 0.1',
  );
  expect(() => x().sum({ axis: 0 } as never)).toThrow("did you mean 'dim'?");
  expect(() => x().allclose(x(), { equalNaN: true } as never)).toThrow("did you mean 'equalNan'?");
});

test('groups of optimizers are read as strictly', () => {
  const group = { params: parameter(), weight_decay: 0.5 };
  expect(() => new optim.SGD([group])).toThrow(coded('ERR_INVALID_ARG', /weightDecay/));
  const sgd = new optim.SGD(parameter());
  expect(() => sgd.addParamGroup(group)).toThrow(coded('ERR_INVALID_ARG', /weightDecay/));
});
