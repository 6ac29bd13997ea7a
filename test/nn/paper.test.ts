// The layers of the 1998 network beyond what test/nn/reference.test.ts compares.
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';

import * as torch from '../../lib/index.js';

const { nn } = torch;
const numbers = (tensor: torch.Tensor): number[] => tensor.flatten().tolist() as number[];

describe('PartialConv2d', () => {
  const table = [[0, 2], [1], [], [2, 0, 1]];

  test('stores and learns only the weights that exist', () => {
    const layer = new nn.PartialConv2d(3, table, 3);
    expect([...layer.namedParameters()].map(([name, { shape }]) => [name, shape])).toEqual([
      ['weight', [6, 3, 3]],
      ['bias', [4]],
    ]);
    expect(Object.keys(layer.stateDict())).toEqual(['weight', 'bias']);
    layer
      .forward(torch.randn(2, 3, 5, 5))
      .sum()
      .backward();
    expect(layer.weight.grad?.shape).toEqual([6, 3, 3]);
  });

  test('a full table is a full convolution', () => {
    const full = new nn.Conv2d(3, 2, 3);
    const layer = new nn.PartialConv2d(
      3,
      [
        [0, 1, 2],
        [0, 1, 2],
      ],
      3,
    );
    layer.loadStateDict({ weight: full.weight.view(6, 3, 3), bias: full.bias! });
    const images = torch.randn(2, 3, 6, 6);
    expect(layer.forward(images).equal(full.forward(images))).toBe(true);
  });

  test('its dense weight is zero where nothing is connected', () => {
    const layer = new nn.PartialConv2d(3, table, 1);
    nn.init.ones_(layer.weight);
    expect(layer.denseWeight().view(4, 3).tolist()).toEqual([
      [1, 0, 1],
      [0, 1, 0],
      [0, 0, 0],
      [1, 1, 1],
    ]);
  });

  test('goes to float64 and back, and is not changed through the table it was given', () => {
    const given = [[0], [1]];
    const layer = new nn.PartialConv2d(2, given, 1).double();
    given[0]!.push(1);
    expect(layer.connections).toEqual([[0], [1]]);
    expect(layer.forward(torch.ones([1, 2, 2, 2], { dtype: 'float64' })).dtype).toBe('float64');
    expect(layer.float().forward(torch.ones(1, 2, 2, 2)).dtype).toBe('float32');
  });

  test('prints its settings', () => {
    const layer = new nn.PartialConv2d(3, table, 3, { stride: 2, padding: [1, 0], bias: false });
    expect(inspect(layer)).toBe(
      'PartialConv2d(3, 4, kernel_size=(3, 3), stride=(2, 2), padding=(1, 0), connections=6, bias=False)',
    );
  });
});

test('TrainableSubsampling leaves out what no window covers', () => {
  const layer = new nn.TrainableSubsampling(1, 2, { squash: 'none' });
  nn.init.constant_(layer.weight, 2);
  nn.init.constant_(layer.bias, -1);
  expect(numbers(layer.forward(torch.ones(1, 1, 5, 3)))).toEqual([7, 7]);
  expect(layer.forward(torch.ones(0, 1, 5, 3)).shape).toEqual([0, 1, 2, 1]);
});

describe('EuclideanRBF', () => {
  test('its centres are random ±1 by default, copies where they are given', () => {
    torch.manualSeed(1);
    const values = numbers(new nn.EuclideanRBF(40, 10).weight);
    expect(values.every((value) => Math.abs(value) === 1)).toBe(true);
    expect(Math.abs(values.reduce((sum, value) => sum + value, 0))).toBeLessThan(100);
    const centers = torch.zeros(2, 3);
    const { weight } = new nn.EuclideanRBF(3, 2, { centers });
    centers.fill_(5);
    expect(numbers(weight)).toEqual([0, 0, 0, 0, 0, 0]);
  });

  test('gives nought at a centre', () => {
    const layer = new nn.EuclideanRBF(4, 3);
    expect(layer.forward(layer.weight).tolist()).toEqual(
      [0, 1, 2].map((i) => [0, 1, 2].map((k) => expect.closeTo(distance(layer, i, k)))),
    );
  });

  const distance = (layer: torch.nn.EuclideanRBF, i: number, k: number): number =>
    numbers(layer.weight.select(0, i))
      .map((x, j) => (x - numbers(layer.weight.select(0, k))[j]!) ** 2)
      .reduce((sum, square) => sum + square, 0);
});

describe('EuclideanRBFLoss', () => {
  const far = torch.tensor([[1e4, 2e4, 5]]);
  const label = torch.tensor([0n]);
  const discriminative = new nn.EuclideanRBFLoss({ criterion: 'discriminative', j: 10 });

  test('stays finite where e^−y underflows, and leaves wrong classes beyond j alone', () => {
    const output = torch.tensor([[0, 1e4, 60]]);
    output.requiresGrad = true;
    const loss = discriminative.forward(output, label);
    loss.backward();
    expect(Number(loss.item())).toBeCloseTo(Math.log(1 + Math.exp(-10)), 6);
    const [right, first, second] = numbers(output.grad!);
    expect(right).toBeCloseTo(0, 4);
    expect(Math.abs(first!) + Math.abs(second!)).toBeLessThan(1e-20);
    expect(Number(discriminative.forward(far, label).item())).toBeCloseTo(1e4 - 5, 1);
  });

  test('scores are largest for the smallest output', () => {
    const scores = new nn.EuclideanRBFLoss().scores(far);
    expect(numbers(scores.argmax({ dim: 1 }))).toEqual([2]);
  });

  test('prints its settings', () => {
    expect(inspect(new nn.EuclideanRBFLoss())).toBe('EuclideanRBFLoss(criterion=penalty)');
    expect(inspect(discriminative)).toBe('EuclideanRBFLoss(criterion=discriminative, j=10)');
  });
});

test('squash: the paper’s tanh takes ±1 to ±1', () => {
  const { squash } = nn.functional;
  const x = torch.tensor([-1, 0, 1]);
  const ends = numbers(squash(x, 'tanh'));
  expect(ends).toEqual([expect.closeTo(-1, 4), 0, expect.closeTo(1, 4)]);
  expect(squash(x, 'none').equal(x)).toBe(true);
});
