// torch.optim.swa_utils held against what scripts/recording/averages.py recorded.
import { describe, expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { coded, invalid } from '../coded.js';
import { tensorsInUse } from '../garbage.js';
import { difference, draw, type EncodedTensor } from '../parity/values.js';
import { recorded } from '../recorded.js';

const { nn, optim } = torch;
const { swaUtils } = optim;
const { AveragedModel, updateBn } = swaUtils;
type Options = torch.optim.swaUtils.AveragedModelOptions;

const reference =
  recorded<
    Record<
      string,
      { state: Record<string, EncodedTensor>; out: EncodedTensor; momentum: number | null }
    >
  >('averages');

function network() {
  torch.manualSeed(1);
  return new nn.Sequential(
    new nn.Conv2d(1, 2, 3),
    new nn.BatchNorm2d(2),
    new nn.ReLU(),
    new nn.Flatten(),
    new nn.Linear(32, 3),
  );
}

async function averaged(options: Options, update = false) {
  const net = network();
  const model = new AveragedModel(net, options);
  const optimizer = new optim.SGD(net.parameters(), { lr: 0.5 });
  const batches = Array.from({ length: 4 }, () => draw('4x1x6x6', 'float32'));
  for (const x of batches) {
    optimizer.zeroGrad();
    net.forward(x).square().mean().backward();
    optimizer.step();
    model.updateParameters(net);
  }
  if (update) {
    await updateBn(
      batches.map((x) => [x, null]),
      model,
    );
  }
  model.eval();
  return { net, model, out: model.forward(batches[0]!) };
}

const ways: Record<string, Options> = {
  mean: {},
  'mean of lists': { multiAvgFn: swaUtils.getSwaMultiAvgFn() },
  'mean with buffers': { useBuffers: true },
  moving: { avgFn: swaUtils.getEmaAvgFn(0.9) },
  'moving of lists': { multiAvgFn: swaUtils.getEmaMultiAvgFn(0.9) },
  'moving of lists with buffers': { multiAvgFn: swaUtils.getEmaMultiAvgFn(), useBuffers: true },
  custom: {
    avgFn: (average, current, count) =>
      average.mul(0.25).add(current.mul(0.75)).add(count.mul(0.001)),
  },
  updated: {},
};

test('all that was recorded is replayed', () => {
  expect(Object.keys(ways)).toEqual(Object.keys(reference));
});

test.each(Object.entries(ways))('%s', async (name, options) => {
  const { model, out } = await averaged(options, name === 'updated');
  const wanted = reference[name]!;
  const state = model.stateDict();
  expect(Object.keys(state)).toEqual(Object.keys(wanted.state));
  for (const [key, each] of Object.entries(wanted.state)) {
    expect(difference(state[key], each), key).toBe(undefined);
  }
  expect(difference(out, wanted.out)).toBe(undefined);
  expect((model.module.at(1) as torch.nn.BatchNorm2d).momentum).toBe(wanted.momentum);
  expect(model.nAveraged).toBe(4);
});

test('a saved average goes on in another', async () => {
  const { net, model } = await averaged({});
  const other = new AveragedModel(network());
  other.loadStateDict(model.stateDict());
  for (const each of [model, other]) each.updateParameters(net);
  const [one, two] = [model, other].map((each) => each.stateDict());
  for (const [key, tensor] of Object.entries(one!)) expect(tensor.equal(two![key]!)).toBe(true);
});

describe('the copy of a model', () => {
  class Own extends nn.Module {
    readonly layers = [new nn.Linear(2, 2)];
    readonly first = new nn.Linear(2, 2);
    readonly again = this.first;
    readonly named = new nn.ModuleDict({ a: new nn.Linear(2, 1), b: new nn.Identity() });
    readonly list = new nn.ParameterList([torch.ones(2)]);
    readonly settings = { rate: [1, 2], of: new Map([['x', torch.ones(1)]]) };
    readonly activation = (x: torch.Tensor): torch.Tensor => x.relu();

    constructor() {
      super();
      this.registerBuffer('kept', torch.ones(1));
      this.registerBuffer('passing', torch.ones(1), { persistent: false });
      this.registerBuffer('none', null);
    }

    override forward(x: torch.Tensor): torch.Tensor {
      const y = this.again.forward(this.activation(this.first.forward(x)));
      return this.named.get('a').forward(y.mul(this.list.at(0)));
    }
  }

  test('has all its parts, and tensors of its own', () => {
    const net = new Own();
    net.first.weight.requiresGrad = false;
    net.named.eval();
    let calls = 0;
    net.first.registerForwardHook(() => void calls++);
    const copy = new AveragedModel(net).module;
    expect(copy).toBeInstanceOf(Own);
    expect(copy.toString()).toBe(net.toString());
    expect(Object.keys(copy.stateDict())).toEqual(Object.keys(net.stateDict()));
    expect([...copy.namedBuffers()].map(([name]) => name)).toEqual(['kept', 'passing']);
    const [own, others] = [net, copy].map((each) => [...each.namedParameters()]);
    for (const [i, [name, parameter]] of own!.entries()) {
      const [otherName, other] = others![i]!;
      expect(otherName).toBe(name);
      expect(other === parameter).toBe(false);
      expect(other.equal(parameter)).toBe(true);
      expect(other.requiresGrad).toBe(parameter.requiresGrad);
    }
    expect(copy.again).toBe(copy.first);
    expect([copy.named.training, copy.named.get('a').training, copy.training]).toEqual([
      false,
      false,
      true,
    ]);
    expect(copy.settings.of.get('x')).not.toBe(net.settings.of.get('x'));
    copy.settings.rate[0] = 5;
    expect(net.settings.rate).toEqual([1, 2]);
    const x = torch.ones(1, 2);
    const before = net.forward(x).item();
    expect(copy.forward(x).item()).toBe(before);
    expect(calls).toBe(4);
    torch.noGrad(() => copy.first.bias!.add_(1));
    expect(net.forward(x).item()).toBe(before);
    // Fields that hold modules are guarded in the copy too.
    expect(() => Reflect.set(copy, 'first', 5)).toThrow(invalid(/child module/));
  });

  test('is there for every layer of the package', () => {
    const layers: torch.nn.Module[] = [
      new torch.LeNet(),
      new torch.LeNet5(),
      new nn.ConvTranspose2d(2, 2, 3),
      new nn.LSTM(2, 3, 2),
      new nn.MultiheadAttention(4, 2),
      new nn.TransformerEncoder(new nn.TransformerEncoderLayer(4, 2), 2),
      new nn.Embedding(3, 2),
      new nn.AdaptiveLogSoftmaxWithLoss(4, 4, [2]),
      new nn.BatchNorm1d(2, { trackRunningStats: false }),
      new nn.ParameterDict({ a: torch.ones(1) }),
    ];
    for (const layer of layers) {
      const copy = new AveragedModel(layer).module;
      expect(copy.toString()).toBe(layer.toString());
      const [own, others] = [layer.stateDict(), copy.stateDict()];
      expect(Object.keys(others)).toEqual(Object.keys(own));
      for (const [key, tensor] of Object.entries(own))
        expect(others[key]!.equal(tensor)).toBe(true);
    }
    const image = torch.rand(1, 1, 28, 28);
    const net = new torch.LeNet();
    expect(new AveragedModel(net).forward(image).equal(net.forward(image))).toBe(true);
    const transposed = new nn.ConvTranspose2d(1, 1, 3, { stride: 2 });
    const outputSize = [1, 1, 58, 58];
    const twin = new AveragedModel(transposed).module;
    expect(twin.forward(image, outputSize).equal(transposed.forward(image, outputSize))).toBe(true);
  });

  test('is refused where it would not be whole, and taken where it is given', () => {
    class Hidden extends nn.Module {
      readonly #layer = new nn.Linear(2, 2);
      readonly shown = new nn.Linear(2, 2);
      override forward(x: torch.Tensor): torch.Tensor {
        return this.shown.forward(this.#layer.forward(x));
      }
    }
    const net = new Hidden();
    expect(() => new AveragedModel(net)).toThrow(invalid(/Hidden has private members/));
    const copy = new Hidden();
    const model = new AveragedModel(net, { copy });
    expect(model.module).toBe(copy);
    expect(copy.shown.weight.equal(net.shown.weight)).toBe(true);
    expect(() => new AveragedModel(net, { copy: new nn.Linear(1, 1) as never })).toThrow(
      coded('ERR_STATE_DICT'),
    );
    const linear = nn.utils.parametrizations.weightNorm(new nn.Linear(2, 2));
    expect(() => new AveragedModel(linear)).toThrow(invalid(/cannot be copied/));
    class Holding extends nn.Linear {
      readonly date = new Date();
    }
    expect(() => new AveragedModel(new Holding(1, 1))).toThrow(invalid(/date: it holds Date/));
    class History extends nn.Linear {
      readonly product = this.weight.mul(2);
    }
    expect(() => new AveragedModel(new History(1, 1))).toThrow(invalid(/with a history/));
  });
});

describe('arguments', () => {
  test('of the model of averages', () => {
    const net = new nn.Linear(2, 2);
    const both = { avgFn: swaUtils.getSwaAvgFn(), multiAvgFn: swaUtils.getSwaMultiAvgFn() };
    expect(() => new AveragedModel(net, both)).toThrow(invalid(/one of avgFn and multiAvgFn/));
    expect(() => new AveragedModel(5 as never)).toThrow(invalid(/a Module/));
    expect(() => new AveragedModel(net).updateParameters(new nn.Linear(2, 3))).toThrow(
      invalid(/the same parameters/),
    );
    expect(() => swaUtils.getEmaAvgFn(1.5)).toThrow(invalid(/decay/));
    expect(() => swaUtils.getEmaMultiAvgFn(-1)).toThrow(invalid(/decay/));
    const late = new AveragedModel(net, { avgFn: (async () => {}) as never });
    late.updateParameters(net);
    expect(() => late.updateParameters(net)).toThrow(coded('ERR_ASYNC_NO_GRAD'));
  });

  test('means of lists of integers, as in Python', () => {
    const net = network();
    const multiAvgFn = swaUtils.getSwaMultiAvgFn();
    const model = new AveragedModel(net, { multiAvgFn, useBuffers: true });
    model.updateParameters(net);
    expect(() => model.updateParameters(net)).toThrow(coded('ERR_LIBTORCH', /Integer division/));
  });

  test('of updateBn; what fails leaves the model as it was', async () => {
    const net = network();
    net.at(1).eval();
    await expect(updateBn([5], net)).rejects.toThrow(invalid(/loader/));
    await expect(updateBn(5 as never, net)).rejects.toThrow(invalid(/batches, got 5/));
    await expect(updateBn([], 5 as never)).rejects.toThrow(invalid(/a Module/));
    expect([(net.at(1) as torch.nn.BatchNorm2d).momentum, net.at(1).training]).toEqual([
      0.1,
      false,
    ]);
    async function* later() {
      yield torch.ones(2, 1, 6, 6);
    }
    await updateBn(later(), net);
    expect((net.at(1) as torch.nn.BatchNorm2d).numBatchesTracked!.item()).toBe(1);
  });
});

test('averages leave no tensors behind', async () => {
  const net = new nn.Linear(2, 2);
  const model = new AveragedModel(net);
  model.updateParameters(net);
  const before = await tensorsInUse();
  for (let i = 0; i < 20; i++) model.updateParameters(net);
  expect(torch.memory().tensors).toBe(before);
});
