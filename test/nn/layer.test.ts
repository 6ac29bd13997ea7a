// Declared layers as users meet them: made, derived from, printed, asked what they are.
import { describe, expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { pythonText } from '../../lib/nn/module/repr.js';
import { invalid } from '../coded.js';

const { nn, draw } = torch;

// biome-ignore lint/suspicious/noExplicitAny: wrong answers on purpose
const wrong = (value: unknown): any => value;

describe('a user’s subclass', () => {
  class Padded extends nn.Conv2d {
    constructor(channels: number) {
      super(1, channels, 3, { padding: 1 });
    }

    override forward(input: torch.Tensor): torch.Tensor {
      return super.forward(input).relu();
    }
  }

  test('is of its class and of those above, and computes by its own forward', () => {
    const layer = new Padded(2);
    expect(layer).toBeInstanceOf(Padded);
    expect(layer).toBeInstanceOf(nn.Conv2d);
    expect(layer).toBeInstanceOf(nn.Module);
    expect(nn.Linear.prototype).not.toBeInstanceOf(nn.Conv2d);
    const output = layer.forward(torch.randn([1, 1, 4, 4]));
    expect(output.shape).toEqual([1, 2, 4, 4]);
    expect(output.min().item()).toBeGreaterThanOrEqual(0);
  });

  test('prints under its own name, and is refused under the layer’s', () => {
    expect(String(new Padded(2))).toBe(
      'Padded(1, 2, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1))',
    );
    expect(() => new Padded(0)).toThrow(invalid('Conv2d: outChannels: expected an integer ≥ 1'));
  });

  test('answers as the layer does', () => {
    expect(new Padded(2).arithmetic(32)).toEqual({ connections: 320, multiplyAdds: 288 });
    expect(torch.summary(new Padded(2), [1, 4, 4]).total.connections).toBe(320);
    expect(draw.architecture(new Padded(2), { inputShape: [1, 4, 4] })).toContain('convolution');
  });
});

test('fields are as Python has them, in its order, before parameters', () => {
  const layer = new nn.Conv2d(2, 4, 3, { groups: 2 });
  expect(
    Object.keys(layer).filter((name) => !/^(moduleNumber|cloning|training)$/.test(name)),
  ).toEqual([
    'inChannels',
    'outChannels',
    'kernelSize',
    'stride',
    'padding',
    'dilation',
    'groups',
    'paddingMode',
    'weight',
    'bias',
  ]);
  expect(layer.kernelSize).toEqual([3, 3]);
  expect(layer.paddingMode).toBe('zeros');
});

test('text follows the layer as it is', () => {
  const layer = new nn.Conv2d(1, 1, 1);
  expect(String(layer)).not.toContain('bias');
  layer.bias = null;
  expect(String(layer)).toContain('bias=False');
  expect(String(new nn.ReLU())).toBe('ReLU()');
  expect(String(new nn.ReLU({ inplace: true }))).toBe('ReLU(inplace=True)');
  expect(String(new nn.LeakyReLU(0.2, { inplace: true }))).toBe(
    'LeakyReLU(negative_slope=0.2, inplace=True)',
  );
});

test('in place, the input itself is changed', () => {
  const options = { inplace: true };
  for (const layer of [
    new nn.ReLU(options),
    new nn.SiLU(options),
    new nn.LeakyReLU(0.5, options),
  ]) {
    const input = torch.tensor([-2, 3]);
    const wanted = new (layer.constructor as typeof nn.ReLU)(
      ...((layer instanceof nn.LeakyReLU ? [0.5] : []) as []),
    ).forward(input.clone());
    expect(layer.forward(input)).toBe(input);
    expect(input.tolist()).toEqual(wanted.tolist());
  }
});

test('numbers that are none print as Python’s, and may be filled in', () => {
  expect(String(new nn.ConstantPad1d(1, Number.POSITIVE_INFINITY))).toBe(
    'ConstantPad1d(padding=(1, 1), value=inf)',
  );
  expect(String(new nn.Threshold(-0, Number.NEGATIVE_INFINITY))).toBe(
    'Threshold(threshold=-0.0, value=-inf)',
  );
  const padded = new nn.ConstantPad1d(1, Number.NaN);
  expect(String(padded)).toBe('ConstantPad1d(padding=(1, 1), value=nan)');
  expect(padded.forward(torch.ones(1, 1)).tolist()).toEqual([[Number.NaN, 1, Number.NaN]]);
  const sequences = [torch.ones(2), torch.ones(1)];
  expect(nn.utils.rnn.padSequence(sequences, { paddingValue: Number.NaN }).tolist()).toEqual([
    [1, 1],
    [1, Number.NaN],
  ]);
});

test('a list of one prints as Python’s tuple', () => {
  expect([[], [5], [5, 1]].map(pythonText)).toEqual(['()', '(5,)', '(5, 1)']);
});

describe('a module of the user’s own', () => {
  class Scale extends nn.Module {
    factor = new nn.Parameter(torch.ones(4, 1, 1));

    override arithmetic(units: number): torch.nn.Arithmetic | undefined {
      return { connections: units, multiplyAdds: units };
    }

    override portrait(): torch.nn.Portrait | undefined {
      return { kind: 'subsampling', verb: 'scaling', window: 1 };
    }

    forward(input: torch.Tensor): torch.Tensor {
      return input.mul(this.factor);
    }
  }

  test('is counted and drawn by what it answers', () => {
    const net = new nn.Sequential(new nn.Conv2d(1, 4, 3), new Scale());
    const { layers } = torch.summary(net, [1, 5, 5]);
    expect(layers[1]).toMatchObject({ parameters: 4, connections: 36, multiplyAdds: 36 });
    const picture = draw.architecture(net, { inputShape: [1, 5, 5] });
    expect(picture).toContain('scaling');
    expect(picture).toContain('1×1');
  });

  test('that does not answer is unknown where it has parameters', () => {
    class Silent extends Scale {
      override arithmetic(): undefined {}
      override portrait(): undefined {}
    }
    const { layers } = torch.summary(new nn.Sequential(new Silent(), new nn.ReLU()), [4, 5, 5]);
    expect(layers.map(({ connections }) => connections)).toEqual([null, 0]);
    class Learned extends nn.ReLU {
      slope = new nn.Parameter(torch.ones(1));
    }
    expect(torch.summary(new Learned(), [3]).total.multiplyAdds).toBeNull();
  });

  test('whose kernels lead from maps to maps is drawn with them', () => {
    class Grouped extends nn.Conv2d {}
    class Mine extends nn.Module {
      weight = new nn.Parameter(torch.randn([3, 2, 2]));

      override portrait(): torch.nn.Portrait {
        const connections = { inputs: 2, table: [[0], [1, 0]] };
        return { kind: 'convolution', verb: 'mine', window: 2, weight: this.weight, connections };
      }

      forward(input: torch.Tensor): torch.Tensor {
        return input;
      }
    }
    expect(draw.filters(new Mine())).toContain('Mine: 3×2×2 = 12 weights');
    expect(draw.connections(new Mine())).toContain('2×2×1×1 + 2×2×2×1 = 12 parameters');
    const net = new nn.Sequential(new Grouped(4, 4, 1, { groups: 2 }), new nn.Conv2d(4, 2, 1));
    expect(draw.connections(net)).toContain('Which of 4 input maps each of the 4 output maps of 0');
  });

  test.each([
    ['arithmetic: expected { connections, multiplyAdds }, got 5', 5],
    ['arithmetic: connections: expected an integer ≥ 0, got NaN', { connections: Number.NaN }],
    ['arithmetic: multiplyAdds: expected an integer ≥ 0, got undefined', { connections: 1 }],
  ])('is refused by name: %s', (message, answer) => {
    class Off extends Scale {
      override arithmetic = () => wrong(answer);
    }
    expect(() => torch.summary(new Off(), [4, 2, 2])).toThrow(invalid(`Off.${message}`));
  });

  test.each<[string, unknown]>([
    ["kind: expected one of 'convolution', 'subsampling', 'full', 'rbf'", { verb: 'x' }],
    ['verb: expected a string, got undefined', { kind: 'full' }],
    ["unknown option 'name'", { kind: 'full', verb: 'x', name: 'y' }],
    ['window: expected an integer ≥ 1', { kind: 'full', verb: 'x', window: 0 }],
    [
      'connections: expected { inputs, table }',
      {
        kind: 'full',
        verb: 'x',
        window: 1,
        weight: torch.ones(1),
        connections: { inputs: 1, table: [[1]] },
      },
    ],
    ['options: expected an object', null],
  ])('is refused by name: %s', (message, answer) => {
    class Off extends Scale {
      override portrait = () => wrong(answer);
    }
    const picture = () => draw.architecture(new Off(), { inputShape: [4, 2, 2] });
    expect(picture).toThrow(invalid(message));
    expect(picture).toThrow(/Off\.portrait/);
  });

  test('may have members of those names', () => {
    const net = new nn.Sequential(new nn.Flatten(), new nn.Linear(2, 2));
    Object.assign(net, { arithmetic: new nn.Linear(1, 1), portrait: new nn.Linear(1, 1) });
    expect(torch.summary(net, [2]).total.parameters).toBe(6 + 4);
    expect(draw.architecture(net, { inputShape: [2, 1, 1] })).toContain('full');
  });
});

test('memory is what an output takes: none where it is the input or a view of it', () => {
  class View extends nn.Module {
    forward(input: torch.Tensor): torch.Tensor {
      return input.narrow(1, 1, 2).reshape(1, -1);
    }
  }
  class Turned extends nn.Module {
    forward(input: torch.Tensor): torch.Tensor {
      return input.transpose(1, 2);
    }
  }
  const net = new nn.Sequential(
    new Turned(),
    new nn.Dropout(0.5, { inplace: true }),
    new nn.Flatten(), // Copies what does not lie in order.
    new View(),
    new nn.Tanh(),
  );
  const { layers } = torch.summary(net, [3, 4]);
  expect(layers.map(({ activationBytes }) => activationBytes)).toEqual([0, 0, 48, 0, 8]);
});

describe('what may be left out by position goes by name', () => {
  const { nn } = torch;

  test('as values, and for the compiler', () => {
    const layers = [
      new nn.MaxPool2d(2, { padding: 1 }),
      new nn.AvgPool1d(2, { ceilMode: true }),
      new nn.Softmax({ dim: 1 }),
      new nn.Dropout({ inplace: true }),
      new nn.LSTM(2, 3, { batchFirst: true, numLayers: 2 }),
      new nn.ELU({ alpha: 2 }),
      new nn.Flatten({ startDim: 0 }),
      new nn.Hardtanh(-2, { maxVal: 2 }),
    ];
    expect(layers.map(String)).toEqual([
      'MaxPool2d(kernel_size=2, stride=2, padding=1, dilation=1, ceil_mode=False)',
      'AvgPool1d(kernel_size=(2,), stride=(2,), padding=(0,))',
      'Softmax(dim=1)',
      'Dropout(p=0.5, inplace=True)',
      'LSTM(2, 3, num_layers=2, batch_first=True)',
      'ELU(alpha=2.0)',
      'Flatten(start_dim=0, end_dim=-1)',
      'Hardtanh(min_val=-2.0, max_val=2.0)',
    ]);
  });

  test('a misspelt name is refused by both', () => {
    // @ts-expect-error: no such option
    expect(() => new nn.MaxPool2d(2, { pading: 1 })).toThrow("did you mean 'padding'?");
  });
});
