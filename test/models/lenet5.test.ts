import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { coded, invalid } from '../coded.js';
import { type Encoded, expectClose, flat, recorded } from '../recorded.js';

const { nn } = torch;

// biome-ignore lint/suspicious/noExplicitAny: wrong arguments on purpose
const wrong = (value: unknown): any => value;

interface Case {
  squash: 'sigmoid' | 'tanh';
  criterion: 'penalty' | 'discriminative';
  j: number;
  outputs: Encoded;
  loss: number;
  grads: Record<string, { norm: number; part: Encoded }>;
}

const { bounds, labels, cases } = recorded<{
  bounds: Record<string, number>;
  labels: number[];
  cases: Case[];
}>('lenet5');

// The numbers that scripts/recording/lenet5.py draws too.
function drawn(options: torch.LeNet5Options): { net: torch.LeNet5; images: torch.Tensor } {
  const net = new torch.LeNet5({ ...options, trainableRBF: true });
  torch.manualSeed(11);
  const images = torch.empty(3, 1, 32, 32).uniform_(-0.1, 1.175);
  images.requiresGrad = true;
  for (const [name, parameter] of net.namedParameters()) {
    const bound = bounds[name.split('.')[0] as string] as number;
    nn.init.uniform_(parameter, -bound, bound);
  }
  return { net, images };
}

const partOf = (gradient: torch.Tensor): torch.Tensor =>
  gradient.flatten().slice(0, 0, gradient.numel(), gradient.numel() > 2000 ? 97 : 1);

describe('equals an independent implementation in PyTorch', () => {
  test.each(cases)('$squash, $criterion: outputs, loss, gradients', (each) => {
    const { squash, criterion, j } = each;
    const { net, images } = drawn({ squash, criterion, j });
    const outputs = net.forward(images);
    expectClose(outputs, each.outputs, 1e-5, 1e-5);
    const loss = net.objective.forward(outputs, torch.tensor(labels.map(BigInt)));
    expect(Math.abs(Number(loss.item()) / each.loss - 1)).toBeLessThan(1e-5);
    loss.backward();
    const gradients = new Map([...net.namedParameters()].map(([name, { grad }]) => [name, grad]));
    gradients.set('images', images.grad);
    expect([...gradients.keys()]).toEqual(Object.keys(each.grads));
    for (const [name, gradient] of gradients) {
      const { norm, part } = each.grads[name]!;
      expect(Math.abs(Number(gradient!.norm().item()) / norm - 1)).toBeLessThan(1e-5);
      const largest = Math.max(...flat(part.tensor).map(Math.abs));
      expectClose(partOf(gradient!), part, 1e-5, 1e-5 * largest);
    }
  });
});

test('prints its layers', () => {
  expect(inspect(new torch.LeNet5({ squash: 'tanh' }))).toBe(`LeNet5(
  squash=tanh, objective=EuclideanRBFLoss(criterion=penalty)
  (C1): Conv2d(1, 6, kernel_size=(5, 5), stride=(1, 1))
  (S2): TrainableSubsampling(6, kernel_size=(2, 2), squash=tanh)
  (C3): PartialConv2d(6, 16, kernel_size=(5, 5), stride=(1, 1), connections=60)
  (S4): TrainableSubsampling(16, kernel_size=(2, 2), squash=tanh)
  (C5): Conv2d(16, 120, kernel_size=(5, 5), stride=(1, 1))
  (F6): Linear(in_features=120, out_features=84, bias=True)
  (OUTPUT): EuclideanRBF(in_features=84, out_features=10, trainable=False)
)`);
});

test('its parameters begin within ±2.4 / F, and use that range', () => {
  torch.manualSeed(0);
  const net = new torch.LeNet5();
  const ranges: [torch.Tensor, number][] = [
    [net.C1.weight, 25],
    [net.C1.bias!, 25],
    [net.S2.weight, 4],
    [net.S2.bias, 4],
    [net.C3.weight.narrow(0, 0, 18), 75],
    [net.C3.weight.narrow(0, 18, 36), 100],
    [net.C3.weight.narrow(0, 54, 6), 150],
    [net.C3.bias!.narrow(0, 15, 1), 150],
    [net.S4.weight, 4],
    [net.C5.weight, 400],
    [net.C5.bias!, 400],
    [net.F6.weight, 120],
    [net.F6.bias!, 120],
  ];
  for (const [values, fanIn] of ranges) {
    const largest = Number(values.abs().max().item());
    expect(largest).toBeLessThanOrEqual((2.4 / fanIn) * (1 + 1e-6));
    if (values.numel() > 100) expect(largest).toBeGreaterThan((2.4 / fanIn) * 0.95);
  }
});

describe('the output units', () => {
  test('are ten different bitmaps of ±1, fixed but counted', () => {
    const { weight } = new torch.LeNet5().OUTPUT;
    expect(weight.requiresGrad).toBe(false);
    const rows = weight.tolist() as number[][];
    expect(rows.flat().every((value) => Math.abs(value) === 1)).toBe(true);
    const differ = (a: number[], b: number[]): number => a.filter((x, i) => x !== b[i]).length;
    const pairs = rows.flatMap((a, i) => rows.slice(i + 1).map((b) => differ(a, b)));
    expect(pairs.length).toBe(45);
    expect(Math.min(...pairs)).toBeGreaterThanOrEqual(4);
    const count = [...new torch.LeNet5().parameters()].reduce((sum, p) => sum + p.numel(), 0);
    expect(count).toBe(156 + 12 + 1516 + 32 + 48_120 + 10_164 + 840);
  });

  test('learn when asked to', () => {
    expect(new torch.LeNet5({ trainableRBF: true }).OUTPUT.weight.requiresGrad).toBe(true);
  });
});

test('its transform pads to 32×32 and scales to −0.1 … 1.175', () => {
  const images = torch.tensor(
    Uint8Array.from({ length: 2 * 784 }, (_, i) => (i % 2) * 255),
    {
      shape: [2, 1, 28, 28],
    },
  );
  const inputs = torch.LeNet5.transform().forward(images);
  expect(inputs.shape).toEqual([2, 1, 32, 32]);
  const [edge, dark, light] = [
    inputs.at(0, 0, 1, 5),
    inputs.at(0, 0, 2, 2),
    inputs.at(1, 0, 29, 29),
  ];
  expect(Number(edge.item())).toBeCloseTo(-0.1, 6);
  expect(Number(dark.item())).toBeCloseTo(-0.1, 6);
  expect(Number(light.item())).toBeCloseTo(1.175, 6);
});

test.each<[string, () => unknown]>([
  [
    "LeNet5: squash: expected one of 'sigmoid', 'tanh', got 'relu'",
    () => new torch.LeNet5({ squash: wrong('relu') }),
  ],
  ["LeNet5: squash: .* got 'none'", () => new torch.LeNet5({ squash: wrong('none') })],
  ['LeNet5: options: .* got 3', () => new torch.LeNet5(wrong(3))],
  [
    'LeNet5: trainableRBF: expected a boolean, got 1',
    () => new torch.LeNet5({ trainableRBF: wrong(1) }),
  ],
  ["criterion: .* got 'map'", () => new torch.LeNet5({ criterion: wrong('map') })],
  ['j: expected a number > 0, got -1', () => new torch.LeNet5({ j: -1 })],
])('%s', (message, make) => {
  expect(make).toThrow(invalid(new RegExp(message)));
});

test('images of another size are refused', () => {
  expect(() => new torch.LeNet5().forward(torch.zeros(1, 1, 28, 28))).toThrow(
    coded('ERR_LIBTORCH'),
  );
});
