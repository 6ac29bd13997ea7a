import { describe, expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { coded, invalid } from '../coded.js';

const { nn } = torch;
const F = nn.functional;

// biome-ignore lint/suspicious/noExplicitAny: wrong arguments on purpose
const wrong = (value: unknown): any => value;

describe('constructors name the argument, what was expected and what came', () => {
  test.each<[string, () => unknown]>([
    ['Conv2d: inChannels: expected an integer ≥ 1, got 0', () => new nn.Conv2d(0, 1, 1)],
    ['Conv2d: inChannels: .* got NaN', () => new nn.Conv2d(Number.NaN, 1, 1)],
    ['Conv2d: outChannels: .* got 1.5', () => new nn.Conv2d(1, 1.5, 1)],
    ["Conv2d: kernelSize: .* got '3'", () => new nn.Conv2d(1, 1, wrong('3'))],
    ['Conv2d: kernelSize: .* got \\[3, 3, 3\\]', () => new nn.Conv2d(1, 1, wrong([3, 3, 3]))],
    ['Conv2d: kernelSize: .* got undefined', () => new nn.Conv2d(1, 1, wrong(undefined))],
    ['Conv2d: stride: .* got 0', () => new nn.Conv2d(1, 1, 1, { stride: 0 })],
    ['Conv2d: padding: .* got -1', () => new nn.Conv2d(1, 1, 1, { padding: -1 })],
    ["Conv2d: padding: .* got 'half'", () => new nn.Conv2d(1, 1, 1, { padding: wrong('half') })],
    ["Conv2d: padding: 'same' needs", () => new nn.Conv2d(1, 1, 1, { padding: 'same', stride: 2 })],
    ['Conv2d: dilation: .* got Infinity', () => new nn.Conv2d(1, 1, 1, { dilation: Infinity })],
    ['Conv2d: groups: .* divisor', () => new nn.Conv2d(4, 4, 1, { groups: 3 })],
    ['Conv2d: bias: expected a boolean, got 1', () => new nn.Conv2d(1, 1, 1, { bias: wrong(1) })],
    ['Conv2d: paddingMode', () => new nn.Conv2d(1, 1, 1, { paddingMode: wrong('mirror') })],
    ['Conv2d: options', () => new nn.Conv2d(1, 1, 1, wrong(2))],
    ['Linear: inFeatures: .* got -1', () => new nn.Linear(-1, 1)],
    ['Linear: outFeatures: .* got null', () => new nn.Linear(1, wrong(null))],
    ['Linear: options', () => new nn.Linear(1, 1, wrong(false))],
    ['MaxPool2d: kernelSize: .* got 0', () => new nn.MaxPool2d(0)],
    ['MaxPool2d: stride: .* got 0', () => new nn.MaxPool2d(2, 0)],
    ['MaxPool2d: options', () => new nn.MaxPool2d(2, 2, wrong(0))],
    ['MaxPool2d: ceilMode', () => new nn.MaxPool2d(2, 2, { ceilMode: wrong(1) })],
    ['AvgPool2d: kernelSize', () => new nn.AvgPool2d(wrong(torch.ones(1)))],
    ['AvgPool2d: divisorOverride', () => new nn.AvgPool2d(2, 2, { divisorOverride: 0 })],
    ['Flatten: startDim', () => new nn.Flatten(0.5)],
    ['Flatten: endDim', () => new nn.Flatten(0, wrong('1'))],
    ['Softmax: dim', () => new nn.Softmax(wrong('1'))],
    ['LogSoftmax: dim', () => new nn.LogSoftmax(1.5)],
    ['ReLU: inplace', () => new nn.ReLU({ inplace: wrong('yes') })],
    ['Dropout: p: .* got -0.1', () => new nn.Dropout(-0.1)],
    ['Dropout: p: .* got 1.1', () => new nn.Dropout(1.1)],
    ['Dropout: p: .* got NaN', () => new nn.Dropout(Number.NaN)],
    ['BatchNorm2d: numFeatures', () => new nn.BatchNorm2d(0)],
    ['BatchNorm2d: eps', () => new nn.BatchNorm2d(1, { eps: -1 })],
    ['BatchNorm2d: momentum', () => new nn.BatchNorm2d(1, { momentum: wrong('x') })],
    ['BatchNorm2d: affine', () => new nn.BatchNorm2d(1, { affine: wrong(null) })],
    ['CrossEntropyLoss: options', () => new nn.CrossEntropyLoss(wrong('mean'))],
    [
      "CrossEntropyLoss: reduction: .* got 'avg'",
      () => new nn.CrossEntropyLoss({ reduction: wrong('avg') }),
    ],
    ['CrossEntropyLoss: labelSmoothing', () => new nn.CrossEntropyLoss({ labelSmoothing: 2 })],
    ['CrossEntropyLoss: weight', () => new nn.CrossEntropyLoss({ weight: wrong([1, 2]) })],
    ['CrossEntropyLoss: ignoreIndex', () => new nn.CrossEntropyLoss({ ignoreIndex: 0.5 })],
    ['NLLLoss: reduction', () => new nn.NLLLoss({ reduction: wrong(1) })],
    ['MSELoss: reduction', () => new nn.MSELoss({ reduction: wrong('') })],
    ['PartialConv2d: inChannels: .* got 0', () => new nn.PartialConv2d(0, [[0]], 1)],
    ['PartialConv2d: connections: .* got 16', () => new nn.PartialConv2d(6, wrong(16), 5)],
    ['PartialConv2d: connections: .* got \\[\\]', () => new nn.PartialConv2d(6, [], 5)],
    [
      'PartialConv2d: connections: .* got \\[0, 1\\]',
      () => new nn.PartialConv2d(2, wrong([0, 1]), 1),
    ],
    ['output channel 1: .* from 0 to 1, got 2', () => new nn.PartialConv2d(2, [[0], [2]], 1)],
    ["output channel 0: .* from 0 to 1, got '0'", () => new nn.PartialConv2d(2, wrong([['0']]), 1)],
    ['output channel 0: .* got undefined', () => new nn.PartialConv2d(2, [[wrong(undefined)]], 1)],
    ['output channel 0: .* once, got \\[1, 1\\]', () => new nn.PartialConv2d(2, [[1, 1]], 1)],
    ['PartialConv2d: kernelSize: .* got 0', () => new nn.PartialConv2d(1, [[0]], 0)],
    ['PartialConv2d: stride', () => new nn.PartialConv2d(1, [[0]], 1, { stride: 0 })],
    ['PartialConv2d: padding', () => new nn.PartialConv2d(1, [[0]], 1, { padding: -1 })],
    ['PartialConv2d: bias', () => new nn.PartialConv2d(1, [[0]], 1, { bias: wrong(0) })],
    ['PartialConv2d: options', () => new nn.PartialConv2d(1, [[0]], 1, wrong(1))],
    ['TrainableSubsampling: channels: .* got 0', () => new nn.TrainableSubsampling(0)],
    ['TrainableSubsampling: kernelSize', () => new nn.TrainableSubsampling(1, 0)],
    [
      "TrainableSubsampling: squash: .* got 'relu'",
      () => new nn.TrainableSubsampling(1, 2, { squash: wrong('relu') }),
    ],
    ['TrainableSubsampling: options', () => new nn.TrainableSubsampling(1, 2, wrong('tanh'))],
    ['EuclideanRBF: inFeatures', () => new nn.EuclideanRBF(0, 10)],
    ['EuclideanRBF: outFeatures', () => new nn.EuclideanRBF(84, wrong('10'))],
    [
      'EuclideanRBF: centers: expected a Tensor \\(10, 84\\), got \\(84, 10\\)',
      () => new nn.EuclideanRBF(84, 10, { centers: torch.ones(84, 10) }),
    ],
    [
      'EuclideanRBF: centers: .* got \\[1\\]',
      () => new nn.EuclideanRBF(1, 1, { centers: wrong([1]) }),
    ],
    ['EuclideanRBF: trainable', () => new nn.EuclideanRBF(1, 1, { trainable: wrong(1) })],
    ['EuclideanRBFLoss: criterion', () => new nn.EuclideanRBFLoss({ criterion: wrong('mse') })],
    ['EuclideanRBFLoss: j: .* > 0, got 0', () => new nn.EuclideanRBFLoss({ j: 0 })],
    ['EuclideanRBFLoss: j: .* got Infinity', () => new nn.EuclideanRBFLoss({ j: Infinity })],
    ['EuclideanRBFLoss: reduction', () => new nn.EuclideanRBFLoss({ reduction: wrong('max') })],
    ["squash: kind: .* got 'relu'", () => F.squash(torch.ones(1), wrong('relu'))],
    ['dropout: p', () => F.dropout(torch.ones(1), 2)],
    [
      'reduction',
      () => F.crossEntropy(torch.ones(1, 1), torch.tensor([0n]), { reduction: wrong('x') }),
    ],
  ])('%s', (message, make) => {
    expect(make).toThrow(invalid(new RegExp(message)));
  });
});

describe('what Python checks in the forward pass', () => {
  test('BatchNorm2d wants four dimensions, and more than one value per channel', () => {
    const norm = new nn.BatchNorm2d(2);
    expect(() => norm.forward(torch.ones(2, 2))).toThrow(
      invalid('expected 4D input (got 2D input)'),
    );
    expect(() => norm.forward(torch.ones(1, 2, 1, 1))).toThrow(
      invalid('more than 1 value per channel when training, got input size torch.Size'),
    );
    expect(norm.eval().forward(torch.ones(1, 2, 1, 1)).shape).toEqual([1, 2, 1, 1]);
  });
});

test.each([
  [1, 3, 4, 4],
  [1, 2, 1, 4],
  [1, 2, 4, 1],
  [2, 4, 4],
])('TrainableSubsampling refuses an input (%i, %i, …)', (...shape) => {
  expect(() => new nn.TrainableSubsampling(2).forward(torch.ones(shape))).toThrow(
    invalid(`input (N, 2, H ≥ 2, W ≥ 2), got (${shape.join(', ')})`),
  );
});

describe('libtorch’s own errors reach the caller with a code', () => {
  const scores = torch.randn(2, 3);
  test.each<[string, () => unknown]>([
    ['Target 12 is out of bounds', () => F.crossEntropy(scores, torch.tensor([0n, 12n]))],
    ['Target -1 is out of bounds', () => F.crossEntropy(scores, torch.tensor([0n, -1n]))],
    [
      'expected scalar type Long but found Int',
      () => F.crossEntropy(scores, torch.tensor([0n, 1n]).int()),
    ],
    ['batch_size', () => F.crossEntropy(scores, torch.tensor([0n]))],
    ['mat1 and mat2 shapes', () => new nn.Linear(4, 2).forward(scores)],
    ['same dtype|dtype', () => new nn.Linear(3, 2).forward(scores.to('float64'))],
    ['channels', () => new nn.Conv2d(3, 1, 1).forward(torch.ones(1, 1, 4, 4))],
    ['Kernel size', () => new nn.Conv2d(1, 1, 5).forward(torch.ones(1, 1, 4, 4))],
    ['[Ee]xpected', () => new nn.Conv2d(1, 1, 5).forward(torch.ones(4))],
    ['pad should be', () => new nn.MaxPool2d(2, 2, { padding: 2 }).forward(torch.ones(1, 1, 4, 4))],
    ['shapes cannot be multiplied', () => new torch.LeNet().forward(torch.ones(2, 1, 32, 32))],
    ['out of bounds', () => new nn.EuclideanRBFLoss().forward(scores, torch.tensor([0n, 3n]))],
    ['channels', () => new nn.PartialConv2d(2, [[1]], 1).forward(torch.ones(1, 1, 4, 4))],
    ['size|must match', () => new nn.EuclideanRBF(4, 2).forward(scores)],
    ['broadcast|must match', () => F.mseLoss(torch.ones(2), torch.ones(3))],
  ])('%s', (message, call) => {
    expect(call).toThrow(coded('ERR_LIBTORCH', new RegExp(message)));
  });

  test.each<[string, () => unknown]>([
    ['text', () => new torch.LeNet().forward(wrong('3'))],
    ['nothing', () => F.crossEntropy(scores, wrong(undefined))],
    ['an array', () => F.linear(wrong([1]), torch.ones(1, 1))],
  ])('%s is no tensor', (_, call) => {
    expect(call).toThrow(TypeError);
  });

  test('a released input is named as one', () => {
    const image = torch.ones(1, 1, 28, 28);
    image.dispose();
    expect(() => new torch.LeNet().forward(image)).toThrow(coded('ERR_TENSOR_RELEASED'));
  });
});
