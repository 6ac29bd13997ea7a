// Networks of any layers that the fused engine knows, made by a generator: predictions, gradients and training beside
// the eager engine, and what does not fit, by name.
import { beforeAll, describe, expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { dice } from '../dice.js';
import { eagerGradients, fusedGradients, loaderOf, relativeErrors } from './variants.js';

const { nn } = torch;
type Layers = torch.nn.Module[];

/** GELU, for which there is no layer. */
class Gelu extends nn.Module {
  readonly approximate: 'none' | 'tanh';

  constructor(approximate: 'none' | 'tanh' = 'none') {
    super();
    this.approximate = approximate;
  }

  forward(x: torch.Tensor): torch.Tensor {
    const { approximate } = this;
    return torch.ops.aten.gelu!(x, { approximate }) as torch.Tensor;
  }
}

/** The layers, and the linear one that ends them. */
function closed(layers: Layers, images: torch.Tensor, classes: number): torch.nn.Sequential {
  const all = new nn.Sequential(...layers, new nn.Flatten());
  const features = torch.noGrad(() => all.forward(images)).shape[1]!;
  return new nn.Sequential(...layers, new nn.Flatten(), new nn.Linear(features, classes));
}

beforeAll(() => torch.setNumThreads(2));

const activations = [
  () => new nn.Sigmoid(),
  () => new nn.ReLU(),
  () => new nn.Tanh(),
  () => new nn.LeakyReLU(0.2),
  () => new Gelu(),
  () => new Gelu('tanh'),
  () => new nn.SiLU(),
];

interface Made {
  readonly net: torch.nn.Sequential;
  readonly data: readonly [torch.Tensor, torch.Tensor];
  readonly what: string;
}

/** A network and images for it, by chance: softmax regression and perceptrons first, then convolutions. */
function made(seed: number, count: number): Made {
  const { pick, upto } = dice(seed);
  torch.manualSeed(seed);
  const channels = pick([1, 1, 3]);
  const [height, width] = [8 + upto(12), 8 + upto(12)];
  const layers: Layers = [];
  const add = (layer: torch.nn.Module) => layers.push(layer);
  let [inputs, h, w] = [channels, height, width];
  for (let block = seed < 5 ? 0 : 1 + upto(2); block > 0 && Math.min(h, w) >= 7; block--) {
    const kernel = pick([1, 3, 3, 5, 7]);
    const [stride, padding, outputs] = [pick([1, 1, 2]), upto(kernel - 1), 1 + upto(9)];
    add(new nn.Conv2d(inputs, outputs, kernel, { stride, padding, bias: upto(4) > 0 }));
    [h, w] = [h, w].map((side) => Math.floor((side + 2 * padding - kernel) / stride) + 1) as [
      number,
      number,
    ];
    inputs = outputs;
    const Pool = pick([nn.MaxPool2d, nn.AvgPool2d]);
    const size = pick([2, 3]);
    const pools = Math.min(h, w) >= size && upto(2) > 0;
    const between = [...(pools ? [new Pool(size, 2)] : []), pick(activations)()];
    for (const layer of upto(1) > 0 ? between : between.reverse()) add(layer);
    if (pools) [h, w] = [h, w].map((side) => Math.floor((side - size) / 2) + 1) as [number, number];
  }
  add(new nn.Flatten());
  let features = inputs * h * w;
  for (let hidden = upto(3); hidden > 0; hidden--) {
    const outputs = 1 + upto(60);
    add(new nn.Linear(features, outputs, { bias: upto(4) > 0 }));
    if (upto(4) > 0) add(pick(activations)());
    features = outputs;
  }
  const classes = 2 + upto(9);
  add(new nn.Linear(features, classes));
  const net = new nn.Sequential(...layers);
  const data = [
    torch.rand([count, channels, height, width]).keep(),
    torch.randint(0, classes, [count]).keep(),
  ] as const;
  return { net, data, what: `seed ${seed}: ${layers.map(String).join(' ')}` };
}

const distanceOf = (a: torch.Tensor, b: torch.Tensor): number =>
  Number(a.sub(b).abs().max().item()) / Number(b.abs().max().item());

const long = process.env.LENET_TORCH_LONG !== undefined;
const seeds = Array.from({ length: long ? 200 : 20 }, (_, i) => i);

test.each(seeds)('generated network %i: predictions and gradients', async (seed) => {
  const { net, data, what } = made(seed, 24);
  const [images] = data;
  const expected = torch.noGrad(() => net.forward(images));
  for (const count of [1, 3, 24]) {
    const some = images.narrow(0, 0, count);
    const got = await torch.predict(net, some, { engine: 'fused' });
    expect(distanceOf(got, expected.narrow(0, 0, count)), what).toBeLessThan(2e-6);
  }
  const eager = eagerGradients(net, data);
  const fused = await fusedGradients(net, data);
  net.double();
  const exact = eagerGradients(net, data);
  const own = relativeErrors(eager, exact);
  relativeErrors(fused, exact).forEach((error, i) => {
    const where = `${what}, parameter ${i}`;
    // No gradient at all behind a ReLU that lets nothing pass.
    if (Number.isNaN(own[i])) expect(error, where).toBeNaN();
    else expect(error, where).toBeLessThan(Math.max(5e-6, 3 * own[i]!));
  });
});

test('dropout in evaluation is nothing', async () => {
  const net = new nn.Sequential(
    new nn.Conv2d(1, 2, 3),
    new nn.Dropout(0.5),
    new nn.Flatten(),
    new nn.Linear(72, 8),
    new nn.ReLU(),
    new nn.Dropout(0.5),
    new nn.Linear(8, 3),
  );
  const images = torch.rand([5, 1, 8, 8]);
  const got = await torch.predict(net, images, { engine: 'fused' });
  net.eval();
  expect(
    distanceOf(
      got,
      torch.noGrad(() => net.forward(images)),
    ),
  ).toBeLessThan(2e-6);
});

type Optimizer = (net: torch.nn.Module) => torch.optim.Optimizer<never>;
const halves = (net: torch.nn.Module) => {
  const all = [...net.parameters()];
  return [{ params: all.slice(0, 1), lr: 0.02, weightDecay: 0 }, { params: all.slice(1) }];
};
const optimizers: Record<string, Optimizer> = {
  AdamW: (net) => new torch.optim.AdamW(net.parameters(), { lr: 0.01, weightDecay: 0.1 }) as never,
  'AdamW in groups': (net) => new torch.optim.AdamW(halves(net), { weightDecay: 0.1 }) as never,
  'Adam in groups': (net) => new torch.optim.Adam(halves(net), { lr: 0.01 }) as never,
  'SGD in groups': (net) =>
    new torch.optim.SGD(halves(net), { lr: 0.05, momentum: 0.9, weightDecay: 0.01 }) as never,
};

describe.each(Object.entries(optimizers))('%s', (_, optimizerOf) => {
  test('three epochs, the second in the other engine, are those of the eager one', async () => {
    const trained = async (engines: ('fused' | 'eager')[]) => {
      // Smooth all through: a ReLU's kink may be passed on one side or the other.
      torch.manualSeed(3);
      const layers = [new nn.Linear(64, 12), new nn.SiLU(), new nn.Linear(12, 5)];
      const conv = [new nn.Conv2d(1, 4, 3, { padding: 1 }), new Gelu(), new nn.AvgPool2d(2)];
      const net = new nn.Sequential(...conv, new nn.Flatten(), ...layers);
      const optimizer = optimizerOf(net);
      const loader = loaderOf(
        [torch.rand([50, 1, 8, 8]).keep(), torch.randint(0, 5, [50]).keep()],
        16,
      );
      for (const engine of engines) {
        const options = { engine, log: null };
        const { epochs } = await torch.train(net, loader, loader, 16, optimizer, 'cpu', 1, options);
        expect(epochs[0]!.engine).toBe(engine);
      }
      return [...net.parameters()].map((each) => each.detach());
    };
    const eager = await trained(['eager', 'eager', 'eager']);
    const fused = await trained(['fused', 'eager', 'fused']);
    fused.forEach((each, i) => {
      expect(distanceOf(each, eager[i]!)).toBeLessThan(2e-5);
    });
  });
});

describe('ties and values that are no numbers', () => {
  const convolution = (...rest: Layers) => {
    const first = new nn.Conv2d(1, 3, 3, { padding: 1 });
    return closed([first, ...rest], torch.zeros([1, 1, 9, 9]), 4);
  };

  test.each([2, 3])('max pooling, windows of %i: the first of equal ones', async (size) => {
    torch.manualSeed(1);
    const net = convolution(new nn.MaxPool2d(size, 2), new nn.Tanh());
    const images = torch.arange(6).div(6).view(6, 1, 1, 1).expand([6, 1, 9, 9]).contiguous();
    net.forward(images);
    const data = [
      images.keep(),
      torch.tensor([0, 1, 2, 3, 0, 1], { dtype: 'int64' }).keep(),
    ] as const;
    const eager = eagerGradients(net, data);
    relativeErrors(await fusedGradients(net, data), eager).forEach((error) => {
      expect(error).toBeLessThan(2e-6);
    });
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    '%s',
    async (value) => {
      torch.manualSeed(2);
      for (const between of [
        [new nn.ReLU(), new nn.MaxPool2d(3, 2)],
        [new nn.MaxPool2d(2), new nn.Sigmoid()],
        [new nn.AvgPool2d(2), new nn.Tanh()],
      ]) {
        const net = convolution(...between);
        const images = torch.rand([20, 1, 9, 9]);
        images.select(0, 3).fill_(value);
        images.select(0, 11).select(1, 4).select(1, 4).fill_(value);
        const expected = torch.noGrad(() => net.forward(images));
        const kinds = (scores: torch.Tensor) =>
          [...scores.data()].map((x) =>
            Number.isFinite(x) ? Number(Number(x).toFixed(4)) : String(x),
          );
        for (const count of [1, 5, 20]) {
          const some = images.narrow(0, 0, count);
          const got = await torch.predict(net, some.contiguous(), { engine: 'fused' });
          expect(kinds(got)).toEqual(kinds(expected.narrow(0, 0, count)));
        }
      }
    },
  );
});

const misfits: Record<string, [layers: () => Layers, reason: RegExp]> = {
  'a kernel of 4×4': [
    () => [new nn.Conv2d(2, 2, 4)],
    /conv2d: the kernel is 4×4, not square of 1, 3, 5 or 7/,
  ],
  'a kernel of 3×5': [() => [new nn.Conv2d(2, 2, [3, 5])], /conv2d: the kernel is 3×5/],
  'a stride of 3': [
    () => [new nn.Conv2d(2, 2, 3, { stride: 3 })],
    /conv2d: the stride is neither 1 nor 2/,
  ],
  'two strides': [
    () => [new nn.Conv2d(2, 2, 3, { stride: [1, 2] })],
    /conv2d: the stride is not the same in both directions/,
  ],
  'padding of a kernel': [
    () => [new nn.Conv2d(2, 2, 3, { padding: 3 })],
    /conv2d: the padding is not below the kernel/,
  ],
  dilation: [() => [new nn.Conv2d(2, 2, 3, { dilation: 2 })], /conv2d: the dilation is not 1/],
  groups: [() => [new nn.Conv2d(2, 2, 3, { groups: 2 })], /conv2d: there are groups/],
  'pooling of 4×4': [
    () => [new nn.MaxPool2d(4, 2)],
    /max_pool2d: the window is neither 2×2 nor 3×3/,
  ],
  'pooling by 3': [() => [new nn.AvgPool2d(3)], /avg_pool2d: the stride is not 2/],
  'padded pooling': [
    () => [new nn.MaxPool2d(3, 2, { padding: 1 })],
    /max_pool2d: there is padding/,
  ],
  'an activation on the scores': [
    () => [new nn.Flatten(), new nn.Linear(162, 3), new nn.Sigmoid()],
    /sigmoid: the last layer is not linear/,
  ],
  'another activation': [() => [new nn.Softmax(1)], /softmax: a convolution, pooling/],
  'a slope below 0': [() => [new nn.LeakyReLU(-0.1)], /leaky_relu: the slope is below 0/],
  'dropout in training': [() => [new nn.Dropout(0.1)], /dropout: a convolution, pooling/],
  'normalised batches': [() => [new nn.BatchNorm2d(2)], /add_: a convolution, pooling/],
  'too many channels': [
    () => [new nn.Conv2d(2, 257, 1)],
    /layer 1: outputs is 257, expected 1 to 256/,
  ],
};

test.each(Object.entries(misfits))('%s: eagerly, with the reason', async (_, [layers, reason]) => {
  const data = [torch.rand([6, 2, 9, 9]).keep(), torch.randint(0, 3, [6]).keep()] as const;
  const list = layers();
  const isWhole = list.at(-1) instanceof nn.Sigmoid;
  const net = isWhole ? new nn.Sequential(...list) : closed(list, data[0], 3);
  const loader = loaderOf(data, 3);
  const optimizer = new torch.optim.SGD(net.parameters());
  const { epochs } = await torch.train(net, loader, loader, 3, optimizer, 'cpu', 1, { log: null });
  expect(epochs[0]).toMatchObject({ engine: 'eager', engineReason: expect.stringMatching(reason) });
});
