import { afterEach, describe, expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { loaderOf, Network, randomData, type Variant } from './variants.js';

const { Adam, SGD } = torch.optim;
const { nn } = torch;
const quiet = { log: null } as const;

interface Setting {
  net?: torch.nn.Module;
  optimizer?: (net: torch.nn.Module) => torch.optim.Optimizer<never>;
  trainIter?: Iterable<readonly [torch.Tensor, torch.Tensor]>;
}

const data = randomData({}, 8);
const adam =
  (options = {}) =>
  (net: torch.nn.Module) =>
    new Adam(net.parameters(), options);

async function run(setting: Setting, engine: 'auto' | 'fused') {
  torch.manualSeed(0);
  const { net = new torch.LeNet(), optimizer = adam() as never } = setting;
  const { trainIter = loaderOf(data, 4) } = setting;
  const test = loaderOf(data, 8);
  const options = { ...quiet, engine };
  const { epochs } = await torch.train(net, trainIter, test, 4, optimizer(net), 'cpu', 1, options);
  return epochs[0]!;
}

function lenet(change: (net: torch.LeNet) => void): torch.LeNet {
  const net = new torch.LeNet();
  change(net);
  return net;
}

// A network of the given forward pass, with a LeNet's layers.
function custom(forward: (net: torch.LeNet, X: torch.Tensor) => torch.Tensor): torch.nn.Module {
  return lenet((net) => {
    net.forward = (X) => forward(net, X);
  });
}

const plain = (net: torch.LeNet, X: torch.Tensor) => torch.LeNet.prototype.forward.call(net, X);

class Own extends torch.data.Dataset<readonly [torch.Tensor, number]> {
  readonly length = 8;
  get(index: number) {
    return [data[0].select(0, index), Number(data[1].select(0, index).item())] as const;
  }
}

function branching(): torch.nn.Module {
  let calls = 0;
  return custom((net, X) =>
    calls++ % 2 === 0 ? plain(net, X) : net.fc.forward(net.conv.forward(X).flatten(1).mul(2)),
  );
}

const variant = (options: Variant) => new Network(options);
const [images, labels] = data;
const unsupported: Record<string, [setting: () => Setting, reason: RegExp]> = {
  'a frozen parameter': [
    () => ({ net: lenet((net) => ([...net.parameters()][2]!.requiresGrad = false)) }),
    /conv2d: its weight is frozen/,
  ],
  'a shared parameter': [
    () => ({
      net: lenet((net) => {
        const [first, , second] = [...net.fc] as unknown as { bias: torch.nn.Parameter }[];
        Object.assign(net.fc, {});
        const layers = [...net.fc] as torch.nn.Module[];
        layers[2] = Object.assign(new nn.Linear(120, 120), { bias: first!.bias });
        layers[4] = new nn.Linear(120, 10);
        net.fc = new nn.Sequential(...layers);
        expect(second).toBeDefined();
      }),
    }),
    /linear: its bias is shared with another layer/,
  ],
  amsgrad: [() => ({ optimizer: adam({ amsgrad: true }) as never }), /amsgrad/],
  maximize: [() => ({ optimizer: adam({ maximize: true }) as never }), /maximizes/],
  RMSprop: [
    () => ({
      optimizer: ((net: torch.nn.Module) => new torch.optim.RMSprop(net.parameters())) as never,
    }),
    /the optimizer RMSprop has no rule for the fused engine/,
  ],
  'momentum in one group': [
    () => ({
      optimizer: ((net: torch.LeNet) =>
        new SGD([
          { params: net.conv.parameters(), momentum: 0.9 },
          { params: net.fc.parameters() },
        ])) as never,
    }),
    /parameter groups are of different kinds/,
  ],
  'an optimizer of some layers': [
    () => ({ optimizer: ((net: torch.LeNet) => new Adam(net.fc.parameters())) as never }),
    /not those of the model/,
  ],
  'a data set of one’s own': [
    () => ({ trainIter: new torch.data.DataLoader(new Own(), { batchSize: 4 }) as never }),
    /the data set Own does not say what it is in memory/,
  ],
  'an array of batches': [() => ({ trainIter: [data] }), /do not come from a DataLoader/],
  'a transform of whole images': [
    () => {
      const transform = new torch.data.transforms.Compose([
        new torch.data.transforms.ToTensor(),
        new torch.data.transforms.Resize(28),
      ]);
      const all = new torch.data.FashionMNIST({ train: false, transform });
      const few = new torch.data.Subset(all, 8);
      return { trainIter: new torch.data.DataLoader(few, { batchSize: 4 }) };
    },
    /Compose does not work pixel by pixel/,
  ],
  'images that are not contiguous': [
    () => ({ trainIter: loaderOf([images.transpose(2, 3).keep(), labels], 4) }),
    /contiguous/,
  ],
  Dropout: [
    () => ({ net: custom((net, X) => new nn.Dropout(0.1).forward(plain(net, X))) }),
    /dropout: a linear layer is expected here/,
  ],
  'an operator between the layers': [
    () => ({
      net: custom((net, X) => net.fc.forward(net.conv.forward(X).abs().flatten(1))),
    }),
    /abs: a convolution, pooling, an activation or flatten is expected here/,
  ],
  'a look at the values': [
    () => ({ net: custom((net, X) => (Number(X.mean().item()) > 9 ? X : plain(net, X))) }),
    /mean: a convolution, pooling, an activation or flatten is expected here/,
  ],
  'a part without gradients': [
    () => ({
      net: custom((net, X) => net.fc.forward(torch.noGrad(() => net.conv.forward(X)).flatten(1))),
    }),
    /conv2d runs without gradients/,
  ],
  'a forward pass that branches': [
    () => ({ net: branching() }),
    /does not do the same|mul: .* is expected here/,
  ],
  'a weight that is no parameter': [
    () => ({
      net: custom((net, X) => {
        const [first] = [...net.conv] as unknown as { weight: torch.Tensor; bias: torch.Tensor }[];
        const blur = torch.nn.functional.conv2d(X, first!.weight.mul(1), first!.bias);
        return net.fc.forward(
          [...net.conv]
            .slice(1)
            .reduce((x, layer) => layer.forward(x), blur)
            .flatten(1),
        );
      }),
    }),
    /mul is not applied|mul: a convolution, pooling|not a parameter/,
  ],
  'too many channels': [
    () => ({ net: variant({ channels: [1, 257, 16] }) }),
    /layer 1: outputs is 257, expected 1 to 256/,
  ],
};

describe.each(Object.entries(unsupported))('%s', (_, [setting, reason]) => {
  test('runs eagerly and says why', async () => {
    const result = await run(setting(), 'auto');
    expect(result.engine).toBe('eager');
    expect(result.engineReason).toMatch(reason);
  });

  test("is an error for engine: 'fused'", async () => {
    await expect(run(setting(), 'fused')).rejects.toMatchObject({
      code: 'ERR_ENGINE_UNSUPPORTED',
      message: expect.stringMatching(reason),
    });
  });
});

test('labels beyond the classes are left to PyTorch', async () => {
  const trainIter = loaderOf([images, torch.full([8], 10, { dtype: 'int64' }).keep()], 4);
  await expect(run({ trainIter }, 'auto')).rejects.toMatchObject({ code: 'ERR_LIBTORCH' });
  await expect(run({ trainIter }, 'fused')).rejects.toThrow(/labels are not all 0 … 9/);
});

const { aten } = torch.ops;
const supported: Record<string, () => torch.nn.Module> = {
  'the package’s LeNet': () => new torch.LeNet(),
  methods: () =>
    custom((net, X) => {
      const [conv1, , pool1, conv2] = [...net.conv];
      const [fc1, , fc2, , fc3] = [...net.fc];
      const first = pool1!.forward(conv1!.forward(X).sigmoid());
      const second = pool1!.forward(conv2!.forward(first)).relu();
      const hidden = fc1!.forward(second.reshape(-1, 256)).tanh();
      return fc3!.forward(fc2!.forward(hidden).relu());
    }),
  'torch.ops': () =>
    custom((net, X) => {
      const [w1, b1, w2, b2, w3, b3, w4, b4, w5, b5] = [...net.parameters()];
      const first = aten.avg_pool2d!(aten.tanh!(aten.conv2d!(X, w1, b1)), [2, 2], [2, 2]);
      const second = aten.max_pool2d!(aten.relu!(aten.conv2d!(first, w2, b2)), 2, 2);
      const hidden = aten.sigmoid!(aten.linear!(aten.flatten!(second, 1), w3, b3));
      return aten.linear!(aten.linear!(hidden, w4, b4), w5, b5) as torch.Tensor;
    }),
  'no-ops on the way': () => custom((net, X) => plain(net, X.to('float32'))),
};

test.each(Object.entries(supported))('%s runs fused', async (_, make) => {
  const fused = await run({ net: make() }, 'auto');
  expect(fused.engineReason).toMatch(/the model fits \((avx512|avx2|portable)\)/);
  expect(fused.engine).toBe('fused');
});

test('a model that changes between epochs changes the engine', async () => {
  const net = new torch.LeNet();
  const dropout = new nn.Dropout(0.5);
  const onEpoch = ({ epoch }: { epoch: number }) => {
    if (epoch === 1) net.forward = (X) => dropout.forward(plain(net, X));
    if (epoch === 2) Reflect.deleteProperty(net, 'forward');
  };
  const optimizer = new Adam(net.parameters());
  const iter = loaderOf(data, 4);
  const { epochs } = await torch.train(net, iter, iter, 4, optimizer, 'cpu', 3, {
    ...quiet,
    onEpoch,
  });
  expect(epochs.map(({ engine }) => engine)).toEqual(['fused', 'eager', 'fused']);
});

test('recording leaves no trace: buffers, modes, gradients and generator', async () => {
  const net = custom((net, X) => plain(net, new nn.Dropout(0.5).forward(X)));
  const norm = new nn.BatchNorm2d(1);
  Object.assign(net, { norm });
  const before = Number(norm.numBatchesTracked!.item());
  torch.manualSeed(1);
  const state = torch.getRngState();
  const { record } = await import('../../lib/observe/recording.js');
  record(net, images, true);
  expect(torch.getRngState().equal(state)).toBe(true);
  expect(Number(norm.numBatchesTracked!.item())).toBe(before);
  expect([...net.parameters()].every(({ grad }) => grad === null)).toBe(true);
});

describe('LENET_TORCH_ISA', () => {
  afterEach(() => {
    delete process.env.LENET_TORCH_ISA;
  });

  test('forces a library', async () => {
    process.env.LENET_TORCH_ISA = 'portable';
    expect((await run({}, 'auto')).engineReason).toBe('the model fits (portable)');
  });

  test('is an error when it names none', async () => {
    process.env.LENET_TORCH_ISA = 'sse9';
    await expect(run({}, 'auto')).rejects.toMatchObject({
      code: 'ERR_INVALID_ARG',
      message: expect.stringContaining("avx512, avx2, portable or nothing, got 'sse9'"),
    });
    expect(
      (
        await torch.train(
          new torch.LeNet(),
          loaderOf(data, 4),
          loaderOf(data, 4),
          4,
          new Adam(new torch.LeNet().parameters()),
          'cpu',
          0,
          quiet,
        )
      ).epochs,
    ).toEqual([]);
  });
});
