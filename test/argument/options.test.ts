// Every function that takes options, read off the declarations: what is no option of its is refused.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';

import { takenBy } from '../../lib/argument/ordered.js';
import { idxSets, parts } from '../../lib/data/sets/idxSets.js';
import * as torch from '../../lib/index.js';
import { isOperator } from '../../lib/tensor/method.js';
import { coded } from '../coded.js';
import { declared, functionOf } from './declared.js';
import { mathAlso, mathByPosition, mathCalls } from './mathCalls.js';

const { autograd, data, distributed, draw, nn, optim } = torch;
const F = nn.functional;
const folder = mkdtempSync(path.join(os.tmpdir(), 'lenet-options-'));
afterAll(() => rmSync(folder, { recursive: true }));

const sequence = () => torch.ones(3, 1, 4);
const encoderLayer = () => new nn.TransformerEncoderLayer(4, 2);

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
const x = () => torch.ones(2, 3);
const leaf = () => torch.ones([2], { dtype: 'float64', requiresGrad: true });
const doubled = (y: torch.Tensor) => y.mul(2);
const summed = (y: torch.Tensor) => y.square().sum();
const { lrScheduler: schedules } = optim;
const plainSGD = () => new optim.SGD(parameter());
const parameter = () => [new nn.Parameter(torch.ones(2))];
const image = () => torch.rand(1, 1, 28, 28);
const volume = (dimensions: number) => torch.rand([1, 1, ...new Array(dimensions).fill(4)]);
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
  'nn.Module#registerBuffer': (o) => new nn.ReLU().registerBuffer('b', x(), o),
  'nn.Module#namedParameters': (o) => new nn.ReLU().namedParameters(o),
  'nn.Module#parameters': (o) => new nn.ReLU().parameters(o),
  'nn.Module#namedBuffers': (o) => new nn.ReLU().namedBuffers(o),
  'nn.Module#buffers': (o) => new nn.ReLU().buffers(o),
  'nn.Module#zeroGrad': (o) => new nn.ReLU().zeroGrad(o),
  'nn.Module#loadStateDict': (o) => new nn.ReLU().loadStateDict({}, o),
  'new nn.Conv1d': (o) => new nn.Conv1d(1, 2, 3, o),
  'new nn.ConvTranspose1d': (o) => new nn.ConvTranspose1d(1, 2, 3, o),
  'new nn.MaxPool1d': (o) => new nn.MaxPool1d(2, 2, o),
  'new nn.AvgPool1d': (o) => new nn.AvgPool1d(2, 2, o),
  'new nn.LPPool1d': (o) => new nn.LPPool1d(2, 2, 2, o),
  'new nn.AdaptiveMaxPool1d': (o) => new nn.AdaptiveMaxPool1d(2, o),
  'new nn.MaxUnpool1d': (o) => new nn.MaxUnpool1d(2, 2, o),
  'new nn.ConvTranspose2d': (o) => new nn.ConvTranspose2d(1, 2, 3, o),
  'new nn.LPPool2d': (o) => new nn.LPPool2d(2, 2, 2, o),
  'new nn.AdaptiveMaxPool2d': (o) => new nn.AdaptiveMaxPool2d(2, o),
  'new nn.MaxUnpool2d': (o) => new nn.MaxUnpool2d(2, 2, o),
  'new nn.FractionalMaxPool2d': [(o) => new nn.FractionalMaxPool2d(2, o), { outputSize: 2 }],
  'new nn.Conv3d': (o) => new nn.Conv3d(1, 2, 3, o),
  'new nn.ConvTranspose3d': (o) => new nn.ConvTranspose3d(1, 2, 3, o),
  'new nn.MaxPool3d': (o) => new nn.MaxPool3d(2, 2, o),
  'new nn.AvgPool3d': (o) => new nn.AvgPool3d(2, 2, o),
  'new nn.LPPool3d': (o) => new nn.LPPool3d(2, 2, 2, o),
  'new nn.AdaptiveMaxPool3d': (o) => new nn.AdaptiveMaxPool3d(2, o),
  'new nn.MaxUnpool3d': (o) => new nn.MaxUnpool3d(2, 2, o),
  'new nn.FractionalMaxPool3d': [(o) => new nn.FractionalMaxPool3d(2, o), { outputSize: 2 }],
  'new nn.Upsample': (o) => new nn.Upsample(o),
  'new nn.UpsamplingNearest2d': (o) => new nn.UpsamplingNearest2d(o),
  'new nn.UpsamplingBilinear2d': (o) => new nn.UpsamplingBilinear2d(o),
  'new nn.Unfold': (o) => new nn.Unfold(2, o),
  'new nn.Fold': (o) => new nn.Fold(4, 2, o),
  'new nn.AvgPool2d': (o) => new nn.AvgPool2d(2, 2, o),
  'new nn.BatchNorm2d': (o) => new nn.BatchNorm2d(2, o),
  'new nn.BatchNorm1d': (o) => new nn.BatchNorm1d(2, o),
  'new nn.BatchNorm3d': (o) => new nn.BatchNorm3d(2, o),
  'new nn.SyncBatchNorm': (o) => new nn.SyncBatchNorm(2, o),
  'new nn.InstanceNorm1d': (o) => new nn.InstanceNorm1d(2, o),
  'new nn.InstanceNorm2d': (o) => new nn.InstanceNorm2d(2, o),
  'new nn.InstanceNorm3d': (o) => new nn.InstanceNorm3d(2, o),
  'new nn.GroupNorm': (o) => new nn.GroupNorm(2, 4, o),
  'new nn.LayerNorm': (o) => new nn.LayerNorm(2, o),
  'new nn.RMSNorm': (o) => new nn.RMSNorm(2, o),
  'new nn.LocalResponseNorm': (o) => new nn.LocalResponseNorm(2, o),
  'new nn.CrossMapLRN2d': (o) => new nn.CrossMapLRN2d(2, o),
  'new nn.Embedding': (o) => new nn.Embedding(3, 2, o),
  'new nn.EmbeddingBag': (o) => new nn.EmbeddingBag(3, 2, o),
  'nn.static Embedding#fromPretrained': (o) => nn.Embedding.fromPretrained(x(), o),
  'nn.static EmbeddingBag#fromPretrained': (o) => nn.EmbeddingBag.fromPretrained(x(), o),
  'new nn.Bilinear': (o) => new nn.Bilinear(2, 2, 2, o),
  'new nn.AdaptiveLogSoftmaxWithLoss': (o) => new nn.AdaptiveLogSoftmaxWithLoss(4, 4, [2], o),
  'new nn.Conv2d': (o) => new nn.Conv2d(1, 2, 3, o),
  'new nn.CrossEntropyLoss': (o) => new nn.CrossEntropyLoss(o),
  'new nn.Dropout': (o) => new nn.Dropout(0.5, o),
  'new nn.Dropout1d': (o) => new nn.Dropout1d(0.5, o),
  'new nn.Dropout2d': (o) => new nn.Dropout2d(0.5, o),
  'new nn.Dropout3d': (o) => new nn.Dropout3d(0.5, o),
  'new nn.AlphaDropout': (o) => new nn.AlphaDropout(0.5, o),
  'new nn.FeatureAlphaDropout': (o) => new nn.FeatureAlphaDropout(0.5, o),
  'new nn.EuclideanRBF': (o) => new nn.EuclideanRBF(4, 2, o),
  'new nn.EuclideanRBFLoss': (o) => new nn.EuclideanRBFLoss(o),
  'new nn.Linear': (o) => new nn.Linear(2, 2, o),
  'new nn.MSELoss': (o) => new nn.MSELoss(o),
  'new nn.MaxPool2d': (o) => new nn.MaxPool2d(2, 2, o),
  'new nn.NLLLoss': (o) => new nn.NLLLoss(o),
  'new nn.L1Loss': (o) => new nn.L1Loss(o),
  'new nn.SmoothL1Loss': (o) => new nn.SmoothL1Loss(o),
  'new nn.HuberLoss': (o) => new nn.HuberLoss(o),
  'new nn.PoissonNLLLoss': (o) => new nn.PoissonNLLLoss(o),
  'new nn.GaussianNLLLoss': (o) => new nn.GaussianNLLLoss(o),
  'new nn.BCELoss': (o) => new nn.BCELoss(o),
  'new nn.BCEWithLogitsLoss': (o) => new nn.BCEWithLogitsLoss(o),
  'new nn.KLDivLoss': (o) => new nn.KLDivLoss(o),
  'new nn.SoftMarginLoss': (o) => new nn.SoftMarginLoss(o),
  'new nn.HingeEmbeddingLoss': (o) => new nn.HingeEmbeddingLoss(o),
  'new nn.MultiLabelSoftMarginLoss': (o) => new nn.MultiLabelSoftMarginLoss(o),
  'new nn.MarginRankingLoss': (o) => new nn.MarginRankingLoss(o),
  'new nn.CosineEmbeddingLoss': (o) => new nn.CosineEmbeddingLoss(o),
  'new nn.MultiLabelMarginLoss': (o) => new nn.MultiLabelMarginLoss(o),
  'new nn.MultiMarginLoss': (o) => new nn.MultiMarginLoss(o),
  'new nn.TripletMarginLoss': (o) => new nn.TripletMarginLoss(o),
  'new nn.TripletMarginWithDistanceLoss': (o) => new nn.TripletMarginWithDistanceLoss(o),
  'new nn.CTCLoss': (o) => new nn.CTCLoss(o),
  'new nn.CosineSimilarity': (o) => new nn.CosineSimilarity(1, o),
  'new nn.PairwiseDistance': (o) => new nn.PairwiseDistance(2, o),
  'new nn.PartialConv2d': (o) => new nn.PartialConv2d(2, [[0], [0, 1]], 3, o),
  'new nn.ReLU': (o) => new nn.ReLU(o),
  'new nn.SiLU': (o) => new nn.SiLU(o),
  'new nn.LeakyReLU': (o) => new nn.LeakyReLU(0.1, o),
  'new nn.CELU': (o) => new nn.CELU(1, o),
  'new nn.ELU': (o) => new nn.ELU(1, o),
  'new nn.GELU': (o) => new nn.GELU(o),
  'new nn.Hardsigmoid': (o) => new nn.Hardsigmoid(o),
  'new nn.Hardswish': (o) => new nn.Hardswish(o),
  'new nn.Hardtanh': (o) => new nn.Hardtanh(-1, 1, o),
  'new nn.Mish': (o) => new nn.Mish(o),
  'new nn.PReLU': (o) => new nn.PReLU(1, 0.5, o),
  'new nn.ReLU6': (o) => new nn.ReLU6(o),
  'new nn.RReLU': (o) => new nn.RReLU(0.1, 0.2, o),
  'new nn.SELU': (o) => new nn.SELU(o),
  'new nn.Threshold': (o) => new nn.Threshold(1, 2, o),
  'new nn.TrainableSubsampling': (o) => new nn.TrainableSubsampling(2, 2, o),
  'nn.functional.conv1d': (o) => F.conv1d(volume(1), torch.ones(1, 1, 3), null, o),
  'nn.functional.maxPool1d': (o) => F.maxPool1d(volume(1), 2, 2, o),
  'nn.functional.avgPool1d': (o) => F.avgPool1d(volume(1), 2, 2, o),
  'nn.functional.convTranspose1d': (o) =>
    F.convTranspose1d(volume(1), torch.ones(1, 1, 3), null, o),
  'nn.functional.maxPool1dWithIndices': (o) => F.maxPool1dWithIndices(volume(1), 2, 2, o),
  'nn.functional.lpPool1d': (o) => F.lpPool1d(volume(1), 2, 2, 2, o),
  'nn.functional.adaptiveMaxPool1d': (o) => F.adaptiveMaxPool1d(volume(1), 2, o),
  'nn.functional.adaptiveMaxPool1dWithIndices': (o) =>
    F.adaptiveMaxPool1dWithIndices(volume(1), 2, o),
  'nn.functional.maxUnpool1d': (o) =>
    F.maxUnpool1d(...F.maxPool1dWithIndices(volume(1), 2), 2, 2, o),
  'nn.functional.convTranspose2d': (o) =>
    F.convTranspose2d(volume(2), torch.ones(1, 1, 3, 3), null, o),
  'nn.functional.maxPool2dWithIndices': (o) => F.maxPool2dWithIndices(volume(2), 2, 2, o),
  'nn.functional.lpPool2d': (o) => F.lpPool2d(volume(2), 2, 2, 2, o),
  'nn.functional.adaptiveMaxPool2d': (o) => F.adaptiveMaxPool2d(volume(2), 2, o),
  'nn.functional.adaptiveMaxPool2dWithIndices': (o) =>
    F.adaptiveMaxPool2dWithIndices(volume(2), 2, o),
  'nn.functional.maxUnpool2d': (o) =>
    F.maxUnpool2d(...F.maxPool2dWithIndices(volume(2), 2), 2, 2, o),
  'nn.functional.fractionalMaxPool2d': [
    (o) => F.fractionalMaxPool2d(volume(2), 2, o),
    { outputSize: 2 },
  ],
  'nn.functional.fractionalMaxPool2dWithIndices': [
    (o) => F.fractionalMaxPool2dWithIndices(volume(2), 2, o),
    { outputSize: 2 },
  ],
  'nn.functional.conv3d': (o) => F.conv3d(volume(3), torch.ones(1, 1, 3, 3, 3), null, o),
  'nn.functional.maxPool3d': (o) => F.maxPool3d(volume(3), 2, 2, o),
  'nn.functional.avgPool3d': (o) => F.avgPool3d(volume(3), 2, 2, o),
  'nn.functional.convTranspose3d': (o) =>
    F.convTranspose3d(volume(3), torch.ones(1, 1, 3, 3, 3), null, o),
  'nn.functional.maxPool3dWithIndices': (o) => F.maxPool3dWithIndices(volume(3), 2, 2, o),
  'nn.functional.lpPool3d': (o) => F.lpPool3d(volume(3), 2, 2, 2, o),
  'nn.functional.adaptiveMaxPool3d': (o) => F.adaptiveMaxPool3d(volume(3), 2, o),
  'nn.functional.adaptiveMaxPool3dWithIndices': (o) =>
    F.adaptiveMaxPool3dWithIndices(volume(3), 2, o),
  'nn.functional.maxUnpool3d': (o) =>
    F.maxUnpool3d(...F.maxPool3dWithIndices(volume(3), 2), 2, 2, o),
  'nn.functional.fractionalMaxPool3d': [
    (o) => F.fractionalMaxPool3d(volume(3), 2, o),
    { outputSize: 2 },
  ],
  'nn.functional.fractionalMaxPool3dWithIndices': [
    (o) => F.fractionalMaxPool3dWithIndices(volume(3), 2, o),
    { outputSize: 2 },
  ],
  'nn.functional.interpolate': [(o) => F.interpolate(image(), o), { size: 4 }],
  'nn.functional.upsample': [(o) => F.upsample(image(), o), { size: 4 }],
  'nn.functional.upsampleNearest': [(o) => F.upsampleNearest(image(), o), { size: 4 }],
  'nn.functional.upsampleBilinear': [(o) => F.upsampleBilinear(image(), o), { size: 4 }],
  'nn.functional.unfold': (o) => F.unfold(image(), 2, o),
  'nn.functional.fold': (o) => F.fold(torch.ones(1, 4, 9), 4, 2, o),
  'nn.functional.gridSample': (o) => F.gridSample(image(), torch.zeros(1, 2, 2, 2), o),
  'nn.functional.affineGrid': (o) => F.affineGrid(torch.ones(1, 2, 3), [1, 1, 2, 2], o),
  'nn.functional.avgPool2d': (o) => F.avgPool2d(image(), 2, 2, o),
  'nn.functional.conv2d': (o) => F.conv2d(image(), torch.ones(1, 1, 3, 3), null, o),
  'nn.Module#registerForwardPreHook': (o) => new nn.ReLU().registerForwardPreHook(() => {}, o),
  'nn.Module#registerForwardHook': (o) => new nn.ReLU().registerForwardHook(() => {}, o),
  'new nn.RNN': (o) => new nn.RNN(2, 2, 1, o),
  'new nn.GRU': (o) => new nn.GRU(2, 2, 1, o),
  'new nn.LSTM': (o) => new nn.LSTM(2, 2, 1, o),
  'new nn.RNNCell': (o) => new nn.RNNCell(2, 2, o),
  'new nn.GRUCell': (o) => new nn.GRUCell(2, 2, o),
  'new nn.LSTMCell': (o) => new nn.LSTMCell(2, 2, o),
  'new nn.MultiheadAttention': (o) => new nn.MultiheadAttention(4, 2, o),
  'nn.MultiheadAttention#forward': (o) =>
    new nn.MultiheadAttention(4, 2).forward(sequence(), sequence(), sequence(), o),
  'new nn.TransformerEncoderLayer': (o) => new nn.TransformerEncoderLayer(4, 2, o),
  'nn.TransformerEncoderLayer#forward': (o) => encoderLayer().forward(sequence(), o),
  'new nn.TransformerDecoderLayer': (o) => new nn.TransformerDecoderLayer(4, 2, o),
  'nn.TransformerDecoderLayer#forward': (o) =>
    new nn.TransformerDecoderLayer(4, 2).forward(sequence(), sequence(), o),
  'new nn.TransformerEncoder': (o) => new nn.TransformerEncoder(encoderLayer(), 1, null, o),
  'nn.TransformerEncoder#forward': (o) =>
    new nn.TransformerEncoder(encoderLayer(), 1).forward(sequence(), o),
  'nn.TransformerDecoder#forward': (o) =>
    new nn.TransformerDecoder(new nn.TransformerDecoderLayer(4, 2), 1).forward(
      sequence(),
      sequence(),
      o,
    ),
  'new nn.Transformer': (o) => new nn.Transformer(4, 2, 1, 1, o),
  'nn.Transformer#forward': (o) =>
    new nn.Transformer(4, 2, 1, 1).forward(sequence(), sequence(), o),
  'nn.static Transformer#generateSquareSubsequentMask': (o) =>
    nn.Transformer.generateSquareSubsequentMask(2, o),
  'nn.functional.scaledDotProductAttention': (o) =>
    F.scaledDotProductAttention(sequence(), sequence(), sequence(), o),
  'nn.functional.multiHeadAttentionForward': (o) =>
    F.multiHeadAttentionForward(
      sequence(),
      sequence(),
      sequence(),
      4,
      2,
      torch.ones(12, 4),
      null,
      null,
      null,
      false,
      0,
      torch.ones(4, 4),
      null,
      o,
    ),
  'nn.init.truncNormal_': (o) => nn.init.truncNormal_(x(), 0, 1, -2, 2, o),
  'nn.init.orthogonal_': (o) => nn.init.orthogonal_(x(), 1, o),
  'nn.init.sparse_': (o) => nn.init.sparse_(x(), 0.5, 0.01, o),
  'nn.utils.getTotalNorm': (o) => nn.utils.getTotalNorm(x(), 2, o),
  'nn.utils.clipGradNorm_': (o) => nn.utils.clipGradNorm_(x(), 1, 2, o),
  'nn.utils.clipGradsWithNorm_': (o) => nn.utils.clipGradsWithNorm_(x(), 1, torch.ones([]), o),
  'nn.utils.clipGradValue_': (o) => nn.utils.clipGradValue_(x(), 1, o),
  'nn.utils.parametrizations.spectralNorm': (o) =>
    nn.utils.parametrizations.spectralNorm(new nn.Linear(2, 2), 'weight', 1, 1e-12, o),
  'nn.utils.parametrizations.orthogonal': (o) =>
    nn.utils.parametrizations.orthogonal(new nn.Linear(2, 2), 'weight', null, o),
  'nn.utils.parametrize.registerParametrization': (o) =>
    nn.utils.parametrize.registerParametrization(new nn.Linear(2, 2), 'weight', new nn.ReLU(), o),
  'nn.utils.parametrize.removeParametrizations': (o) =>
    nn.utils.parametrize.removeParametrizations(
      nn.utils.parametrizations.weightNorm(new nn.Linear(2, 2)),
      'weight',
      o,
    ),
  'nn.utils.rnn.packPaddedSequence': (o) =>
    nn.utils.rnn.packPaddedSequence(torch.ones(2, 1, 1), [2], o),
  'nn.utils.rnn.padPackedSequence': (o) =>
    nn.utils.rnn.padPackedSequence(nn.utils.rnn.packSequence([torch.ones(2, 1)]), o),
  'nn.utils.rnn.padSequence': (o) => nn.utils.rnn.padSequence([x()], o),
  'nn.utils.rnn.unpadSequence': (o) => nn.utils.rnn.unpadSequence(torch.ones(2, 1, 1), [2], o),
  'nn.utils.rnn.packSequence': (o) => nn.utils.rnn.packSequence([torch.ones(2, 1)], o),
  'nn.functional.crossEntropy': (o) => F.crossEntropy(torch.ones(1, 3), label(), o),
  'nn.functional.maxPool2d': (o) => F.maxPool2d(image(), 2, 2, o),
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
  'new optim.ASGD': (o) => new optim.ASGD(parameter(), o),
  'new optim.Adadelta': (o) => new optim.Adadelta(parameter(), o),
  'new optim.Adafactor': (o) => new optim.Adafactor(parameter(), o),
  'new optim.Adagrad': (o) => new optim.Adagrad(parameter(), o),
  'new optim.Adamax': (o) => new optim.Adamax(parameter(), o),
  'new optim.LBFGS': (o) => new optim.LBFGS(parameter(), o),
  'new optim.NAdam': (o) => new optim.NAdam(parameter(), o),
  'new optim.RAdam': (o) => new optim.RAdam(parameter(), o),
  'new optim.Rprop': (o) => new optim.Rprop(parameter(), o),
  'new optim.SparseAdam': (o) => new optim.SparseAdam(parameter(), o),
  'new optim.Muon': (o) => new optim.Muon([torch.ones(2, 2, { requiresGrad: true })], o),
  'new optim.SGD': (o) => new optim.SGD(parameter(), o),
  'new optim.RMSprop': (o) => new optim.RMSprop(parameter(), o),
  'new optim.lrScheduler.StepLR': (o) => new schedules.StepLR(plainSGD(), 1, o),
  'new optim.lrScheduler.ChainedScheduler': (o) =>
    new schedules.ChainedScheduler([new schedules.StepLR(plainSGD(), 1)], o),
  'new optim.lrScheduler.ConstantLR': (o) => new schedules.ConstantLR(plainSGD(), o),
  'new optim.lrScheduler.CosineAnnealingLR': (o) =>
    new schedules.CosineAnnealingLR(plainSGD(), 3, o),
  'new optim.lrScheduler.CosineAnnealingWarmRestarts': (o) =>
    new schedules.CosineAnnealingWarmRestarts(plainSGD(), 3, o),
  'new optim.lrScheduler.CyclicLR': (o) => new schedules.CyclicLR(plainSGD(), 0.1, 1, o),
  'new optim.lrScheduler.ExponentialLR': (o) => new schedules.ExponentialLR(plainSGD(), 0.9, o),
  'new optim.lrScheduler.LambdaLR': (o) => new schedules.LambdaLR(plainSGD(), () => 1, o),
  'new optim.lrScheduler.LinearLR': (o) => new schedules.LinearLR(plainSGD(), o),
  'new optim.lrScheduler.MultiStepLR': (o) => new schedules.MultiStepLR(plainSGD(), [3], o),
  'new optim.lrScheduler.MultiplicativeLR': (o) =>
    new schedules.MultiplicativeLR(plainSGD(), () => 1, o),
  'new optim.lrScheduler.OneCycleLR': [
    (o) => new schedules.OneCycleLR(plainSGD(), 1, o),
    { totalSteps: 9 },
  ],
  'new optim.lrScheduler.PolynomialLR': (o) => new schedules.PolynomialLR(plainSGD(), o),
  'new optim.lrScheduler.ReduceLROnPlateau': (o) => new schedules.ReduceLROnPlateau(plainSGD(), o),
  'new optim.lrScheduler.SequentialLR': (o) => {
    const optimizer = plainSGD();
    return new schedules.SequentialLR(optimizer, [new schedules.StepLR(optimizer, 1)], [], o);
  },
  'new optim.swaUtils.SWALR': (o) => new optim.swaUtils.SWALR(plainSGD(), 0.1, o),
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
  'autograd.grad': (o) => {
    const y = leaf();
    return autograd.grad(y.sum(), y, o);
  },
  'autograd.backward': (o) => autograd.backward(x().requiresGrad_().sum(), null, o),
  'autograd.gradcheck': (o) => autograd.gradcheck(doubled, leaf(), o),
  'autograd.gradgradcheck': (o) => autograd.gradgradcheck(doubled, leaf(), o),
  'autograd.detectAnomaly': (o) => autograd.detectAnomaly(() => {}, o),
  'autograd.setDetectAnomaly': (o) => autograd.setDetectAnomaly(false, o),
  'autograd.inferenceMode': (o) => autograd.inferenceMode(() => {}, o),
  inferenceMode: (o) => torch.inferenceMode(() => {}, o),
  'autograd.functional.jacobian': (o) => autograd.functional.jacobian(doubled, leaf(), o),
  'autograd.functional.hessian': (o) => autograd.functional.hessian(summed, leaf(), o),
  'autograd.functional.vjp': (o) => autograd.functional.vjp(doubled, leaf(), leaf(), o),
  'autograd.functional.jvp': (o) => autograd.functional.jvp(doubled, leaf(), leaf(), o),
  'autograd.functional.vhp': (o) => autograd.functional.vhp(summed, leaf(), leaf(), o),
  'autograd.functional.hvp': (o) => autograd.functional.hvp(summed, leaf(), leaf(), o),
  'nn.Module#registerFullBackwardHook': (o) => new nn.ReLU().registerFullBackwardHook(() => {}, o),
  'nn.Module#registerFullBackwardPreHook': (o) =>
    new nn.ReLU().registerFullBackwardPreHook(() => {}, o),
  'new optim.swaUtils.AveragedModel': (o) =>
    new optim.swaUtils.AveragedModel(new nn.Linear(2, 2), o),
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
  'Tensor#half': (o) => x().half(o),
  'Tensor#bfloat16': (o) => x().bfloat16(o),
  'Tensor#float': (o) => x().float(o),
  'Tensor#double': (o) => x().double(o),
  'Tensor#cfloat': (o) => x().cfloat(o),
  'Tensor#cdouble': (o) => x().cdouble(o),
  'Tensor#byte': (o) => x().byte(o),
  'Tensor#char': (o) => x().char(o),
  'Tensor#short': (o) => x().short(o),
  'Tensor#int': (o) => x().int(o),
  'Tensor#long': (o) => x().long(o),
  'Tensor#bool': (o) => x().bool(o),
  'Tensor#cpu': (o) => x().cpu(o),
  'Tensor#to': (o) => x().to(o),
  'Tensor#cuda': (o) => x().cuda(0, false, o),
  'Tensor#resize_': (o) => x().resize_([6], o),
  norm: (o) => torch.norm(x(), o),
  'Tensor#newTensor': (o) => x().newTensor([1], o),
  'Tensor#newFull': (o) => x().newFull([2], 1, o),
  'Tensor#nonzero': (o) => x().nonzero(o),
  'Tensor#unique': (o) => x().unique(o),
  'Tensor#uniqueConsecutive': (o) => x().uniqueConsecutive(o),
  nonzero: (o) => torch.nonzero(x(), o),
  unique: (o) => torch.unique(x(), o),
  uniqueConsecutive: (o) => torch.uniqueConsecutive(x(), o),
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
};

// Options of another sort: a language's own, and what cannot be called without a GPU.
const others = /^new (OutOfMemoryError|TorchError|Run)$|^(new )?cuda\./;
// A run that is not there, and a group, are looked for after the options.
const fails = new Set([
  'static Run#resume',
  'Tensor#cuda',
  ...Object.keys(calls).filter((name) => /^distributed\.[a-z]+[A-Z]?\w*$/.test(name)),
  ...Object.keys(calls).filter((name) => name.includes('nn.parallel.')),
]);

/** What functions take there besides options, as Python does. */
const also: Record<string, readonly string[]> = {
  ...mathAlso,
  'nn.functional.lpPool1d': ['a boolean'],
  'nn.functional.adaptiveMaxPool1d': ['a boolean'],
  'nn.functional.adaptiveMaxPool1dWithIndices': ['a boolean'],
  'nn.functional.lpPool2d': ['a boolean'],
  'nn.functional.adaptiveMaxPool2d': ['a boolean'],
  'nn.functional.adaptiveMaxPool2dWithIndices': ['a boolean'],
  'nn.functional.lpPool3d': ['a boolean'],
  'nn.functional.adaptiveMaxPool3d': ['a boolean'],
  'nn.functional.adaptiveMaxPool3dWithIndices': ['a boolean'],
  'nn.functional.affineGrid': ['a boolean', 'null'],
  'nn.MultiheadAttention#forward': ['null'],
  'nn.TransformerEncoderLayer#forward': ['null'],
  'nn.TransformerDecoderLayer#forward': ['null'],
  'nn.TransformerEncoder#forward': ['null'],
  'nn.TransformerDecoder#forward': ['null'],
  'nn.Transformer#forward': ['null'],
  'nn.functional.crossEntropy': ['a Tensor', 'null'],
  'nn.functional.nllLoss': ['a Tensor', 'null'],
  'nn.functional.pad': ['a word', 'null'],
  'Tensor#softmax': ['null'],
  'Tensor#logSoftmax': ['null'],
  softmax: ['null'],
  logSoftmax: ['null'],
};
// Arguments that operators take by position there: a dimension, several, a power, a tolerance, a bound.
const byPosition =
  /^(Tensor#(sum|mean|prod|max|min|argmax|argmin|any|all|var|std|norm|sort|topk|logsumexp|clamp_?|allclose|isclose|to)|norm|sum|mean|argmax|allclose|arange)$|^nn\.functional\.(avgPool2d|maxPool2d|conv2d|scaledDotProductAttention)$/;

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

// These say themselves what they take, and are held to it: test/nn/ordered.test.ts, test/transforms/arguments.test.ts.
const areOrdered = (name: string): boolean => {
  const made: unknown = functionOf(name);
  return typeof made === 'function' && takenBy(made) !== undefined;
};

test('all that take options are here', () => {
  const taking = [...declared().values()]
    .filter(({ parameters }) => parameters.some((names) => names.includes('options')))
    .map(({ name }) => name)
    .filter((name) => !others.test(name))
    // All operators' options are read in one place: some stand here.
    .filter((name) => !isOperator(functionOf(name)));
  expect(taking.filter((name) => !(name in calls) && !areOrdered(name))).toEqual([]);
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
