import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';

import * as torch from '../lib/index.js';
import { coded, invalid } from './coded.js';
import { tensorsInUse } from './garbage.js';

const { nn } = torch;

// biome-ignore lint/suspicious/noExplicitAny: wrong arguments on purpose
const wrong = (value: unknown): any => value;

const parametersOf = (net: torch.nn.Module): number =>
  [...net.parameters()].reduce((sum, parameter) => sum + parameter.numel(), 0);

function rowsOf(net: torch.nn.Module, inputShape: number[]) {
  const { layers, total } = torch.summary(net, inputShape);
  expect(total.parameters).toBe(parametersOf(net));
  return layers.map((row) => Object.values(row));
}

describe('LeNet5: the paper’s numbers', () => {
  const wanted = [
    ['C1', [6, 28, 28], 156, 122_304, 117_600, 18_816],
    ['S2', [6, 14, 14], 12, 5880, 1176, 4704],
    ['C3', [16, 10, 10], 1516, 151_600, 150_000, 6400],
    ['S4', [16, 5, 5], 32, 2000, 400, 1600],
    ['C5', [120, 1, 1], 48_120, 48_120, 48_000, 480],
    ['F6', [84], 10_164, 10_164, 10_080, 336],
    ['OUTPUT', [10], 840, 840, 840, 40],
  ];

  test.each(['sigmoid', 'tanh'] as const)('%s', (squash) => {
    expect(rowsOf(new torch.LeNet5({ squash }), [1, 32, 32])).toEqual(wanted);
    expect(torch.summary(new torch.LeNet5({ squash }), [1, 32, 32]).total).toEqual({
      parameters: 60_840,
      connections: 340_908,
      multiplyAdds: 328_096,
      activationBytes: 32_376,
    });
  });

  test('are counted: another connection table, other numbers', () => {
    const net = new torch.LeNet5();
    net.C3 = new nn.PartialConv2d(6, Array(16).fill([0, 1, 2, 3, 4, 5]), 5);
    const { layers } = torch.summary(net, [1, 32, 32]);
    expect(layers[2]).toMatchObject({ parameters: 2416, connections: 241_600 });
  });
});

test('docs/lenet5.md shows what is counted', () => {
  const guide = readFileSync(new URL('../docs/lenet5.md', import.meta.url), 'utf8');
  const found = torch.summary(new torch.LeNet5(), [1, 32, 32]);
  expect(guide).toContain(`\n${found}\n`);
  for (const { name, outputShape, parameters, connections } of found.layers) {
    const [maps, ...size] = outputShape!;
    const output = size.length > 0 ? `${maps}@${size.join('×')}` : `${maps}`;
    const row = guide.split('\n').find((line) => line.startsWith(`| ${name} |`))!;
    const [, , shown, sums, total] = row.split('|').map((cell) => cell.trim());
    expect([shown, sums, total].map((cell) => cell!.split(' = ').at(-1))).toEqual([
      output,
      parameters.toLocaleString('en-US'),
      connections!.toLocaleString('en-US'),
    ]);
  }
});

test('LeNet: every layer of the chapter’s second half', () => {
  expect(rowsOf(new torch.LeNet(), [1, 28, 28])).toEqual([
    ['conv.0', [6, 24, 24], 156, 89_856, 86_400, 13_824],
    ['conv.1', [6, 24, 24], 0, 0, 0, 13_824],
    ['conv.2', [6, 12, 12], 0, 3456, 0, 3456],
    ['conv.3', [16, 8, 8], 2416, 154_624, 153_600, 4096],
    ['conv.4', [16, 8, 8], 0, 0, 0, 4096],
    ['conv.5', [16, 4, 4], 0, 1024, 0, 1024],
    ['fc.0', [120], 30_840, 30_840, 30_720, 480],
    ['fc.1', [120], 0, 0, 0, 480],
    ['fc.2', [84], 10_164, 10_164, 10_080, 336],
    ['fc.3', [84], 0, 0, 0, 336],
    ['fc.4', [10], 850, 850, 840, 40],
  ]);
});

describe('each layer type', () => {
  test.each<[string, torch.nn.Module, number[], unknown[]]>([
    ['groups', new nn.Conv2d(4, 8, 3, { groups: 2, bias: false }), [4, 5, 5], [144, 1296, 1296]],
    [
      'padding, stride',
      new nn.Conv2d(1, 2, [3, 5], { stride: 2, padding: 1 }),
      [1, 7, 9],
      [32, 512, 480],
    ],
    [
      'PartialConv2d',
      new nn.PartialConv2d(3, [[0], [], [0, 1, 2]], 3, { bias: false }),
      [3, 4, 4],
      [36, 144, 144],
    ],
    ['Linear on rows', new nn.Linear(3, 2), [5, 3], [8, 40, 30]],
    ['Linear without bias', new nn.Linear(3, 2, { bias: false }), [3], [6, 6, 6]],
    ['MaxPool2d', new nn.MaxPool2d(3, 2), [2, 7, 7], [0, 162, 0]],
    ['AvgPool2d', new nn.AvgPool2d([2, 1]), [1, 4, 4], [0, 16, 0]],
    ['TrainableSubsampling', new nn.TrainableSubsampling(2, 3), [2, 6, 6], [4, 80, 8]],
    ['EuclideanRBF', new nn.EuclideanRBF(3, 4, { trainable: true }), [3], [12, 12, 12]],
    ['BatchNorm2d', new nn.BatchNorm2d(2), [2, 3, 3], [4, 36, 18]],
    ['BatchNorm2d, not affine', new nn.BatchNorm2d(2, { affine: false }), [2, 3, 3], [0, 36, 18]],
    ['Softmax', new nn.Softmax(1), [7], [0, 0, 0]],
  ])('%s', (_, layer, inputShape, counts) => {
    const [row] = torch.summary(layer, inputShape).layers;
    expect(row!.name).toBe(layer.constructor.name);
    expect([row!.parameters, row!.connections, row!.multiplyAdds]).toEqual(counts);
  });

  test('what is its input seen differently takes no memory; float64 takes eight bytes', () => {
    const net = new nn.Sequential(
      new nn.Identity(),
      new nn.Dropout(),
      new nn.ReLU({ inplace: true }),
      new nn.ReLU(),
      new nn.Flatten(),
      new nn.Linear(4, 1),
    ).double();
    const { layers } = torch.summary(net, [1, 2, 2]);
    expect(layers.map(({ activationBytes }) => activationBytes)).toEqual([0, 0, 0, 32, 0, 8]);
  });
});

describe('how networks are put together', () => {
  class Block extends nn.Module {
    conv = new nn.Conv2d(2, 2, 3, { padding: 1 });
    norm = new nn.BatchNorm2d(2);

    forward(x: torch.Tensor): torch.Tensor {
      return x.add(this.norm.forward(this.conv.forward(x)));
    }
  }

  test('a module called twice has two rows, its parameters count once', () => {
    const shared = new Block();
    expect(rowsOf(new nn.Sequential(shared, new nn.Sequential(shared)), [2, 4, 4])).toEqual([
      ['0.conv', [2, 4, 4], 38, 608, 576, 128],
      ['0.norm', [2, 4, 4], 4, 64, 32, 128],
      ['0.conv', [2, 4, 4], 0, 608, 576, 128],
      ['0.norm', [2, 4, 4], 0, 64, 32, 128],
    ]);
  });

  test('a parameter of two layers counts in the first', () => {
    const [a, b] = [new nn.Linear(3, 3), new nn.Linear(3, 3)];
    b.weight = a.weight;
    const rows = rowsOf(new nn.Sequential(a, b), [3]);
    expect(rows.map(([, , parameters]) => parameters)).toEqual([12, 3]);
  });

  test('what is not called has a row for its parameters', () => {
    class Spare extends nn.Module {
      used = new nn.Linear(2, 2);
      spare = new nn.Sequential(new nn.Linear(5, 5), new nn.ReLU());

      forward(x: torch.Tensor): torch.Tensor {
        return this.used.forward(x);
      }
    }
    expect(rowsOf(new Spare(), [2])).toEqual([
      ['used', [2], 6, 6, 4, 8],
      ['spare.0', null, 30, 0, 0, 0],
    ]);
  });

  test('of a module of one’s own: parameters, but no connections, and none in the total', () => {
    class Scale extends nn.Module {
      scale = new nn.Parameter(torch.ones(3));
      inner = new nn.Linear(3, 3);

      forward(x: torch.Tensor): torch.Tensor {
        return this.inner.forward(x).mul(this.scale);
      }
    }
    const found = torch.summary(new nn.Sequential(new Scale()), [3]);
    expect(found.layers.map((row) => Object.values(row))).toEqual([
      ['0', [3], 3, null, null, 12],
      ['0.inner', [3], 12, 12, 9, 12],
    ]);
    expect(found.total).toMatchObject({ parameters: 15, connections: null });
    expect(String(found)).toMatch(/total +15 +\? +\? +24$/);
  });
});

test('leaves modes, buffers, gradients, methods and the generator as they were', async () => {
  class Noisy extends nn.Module {
    norm = new nn.BatchNorm2d(1);
    frozen = new nn.BatchNorm2d(1).eval();
    drop = new nn.Dropout();

    forward(x: torch.Tensor): torch.Tensor {
      const noise = torch.rand(x.shape);
      this.frozen.train();
      return this.drop.forward(this.norm.forward(this.frozen.forward(x.add(noise))));
    }
  }
  const net = new Noisy();
  torch.manualSeed(5);
  const next = torch.rand(3).tolist();
  torch.manualSeed(5);
  const before = Object.entries(net.stateDict()).map(([key, value]) => [key, value.tolist()]);
  const tensors = await tensorsInUse();
  torch.summary(net, [1, 4, 4]);
  expect(torch.memory().tensors).toBe(tensors);
  expect(torch.rand(3).tolist()).toEqual(next);
  const after = Object.entries(net.stateDict()).map(([key, value]) => [key, value.tolist()]);
  expect(after).toEqual(before);
  expect([...net.modules()].map(({ training }) => training)).toEqual([true, true, false, true]);
  expect([...net.modules()].some((module) => Object.hasOwn(module, 'forward'))).toBe(false);
  expect([...net.parameters()].every(({ grad }) => grad === null)).toBe(true);
});

test('a failing forward pass leaves it as it was too', () => {
  const net = new torch.LeNet();
  expect(() => torch.summary(net, [1, 32, 32])).toThrow(
    coded('ERR_LIBTORCH', /^summary: inputShape: \[1, 32, 32\]: .*cannot be multiplied/),
  );
  expect([...net.modules()].some((module) => Object.hasOwn(module, 'forward'))).toBe(false);
  expect(net.training).toBe(true);
});

test('prints an aligned table, and is plain in JSON', () => {
  const net = new nn.Sequential(new nn.Linear(1000, 2), new nn.Sigmoid());
  const found = torch.summary(net, [3, 1000]);
  expect(inspect(found)).toBe(
    [
      'layer  type     output  parameters  connections  multiply-adds  activation bytes',
      '--------------------------------------------------------------------------------',
      '0      Linear   3×2          2,002        6,006          6,000                24',
      '1      Sigmoid  3×2              0            0              0                24',
      '--------------------------------------------------------------------------------',
      'total                        2,002        6,006          6,000                48',
    ].join('\n'),
  );
  const layers = [
    {
      name: '0',
      outputShape: [3, 2],
      parameters: 2002,
      connections: 6006,
      multiplyAdds: 6000,
      activationBytes: 24,
    },
    {
      name: '1',
      outputShape: [3, 2],
      parameters: 0,
      connections: 0,
      multiplyAdds: 0,
      activationBytes: 24,
    },
  ];
  const total = { parameters: 2002, connections: 6006, multiplyAdds: 6000, activationBytes: 48 };
  expect(JSON.parse(JSON.stringify(found))).toEqual({ layers, total });
});

test.each<[string, () => unknown]>([
  [
    'net: expected a Module',
    () =>
      torch.summary(
        wrong((x: unknown) => x),
        [1],
      ),
  ],
  ['inputShape: .* got 28', () => torch.summary(new torch.LeNet(), wrong(28))],
  ['inputShape: .* got \\[ 1, 28.5, 28 \\]', () => torch.summary(new torch.LeNet(), [1, 28.5, 28])],
  ['inputShape: .* got undefined', () => torch.summary(new nn.Linear(2, 2), undefined)],
])('%s', (message, call) => {
  expect(call).toThrow(invalid(new RegExp(message)));
});
