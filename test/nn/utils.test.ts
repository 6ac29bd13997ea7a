// torch.nn.utils held against what scripts/recording/utils.py recorded.
import { describe, expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { coded, invalid } from '../coded.js';
import { difference, draw, type EncodedTensor } from '../parity/values.js';
import { recorded } from '../recorded.js';

const { nn } = torch;
const { utils } = nn;
const { parametrize, parametrizations: p } = utils;

type Encoded = Record<string, EncodedTensor>;

const reference = recorded<{
  clip: Record<string, { norm: EncodedTensor | null; grads: EncodedTensor[] }>;
  fuse: Record<
    string,
    { out: EncodedTensor; weight: EncodedTensor; bias: EncodedTensor; text: string }
  >;
  parametrized: Record<
    string,
    {
      text: string;
      state: Encoded;
      out: EncodedTensor;
      grads: Encoded;
      weight: EncodedTensor;
      evaluated: EncodedTensor;
    }
  >;
}>('utils');

function network(): torch.nn.Sequential {
  torch.manualSeed(1);
  const net = new nn.Sequential(new nn.Linear(3, 4), new nn.Tanh(), new nn.Linear(4, 2));
  net.forward(draw('5x3', 'float32')).square().sum().backward();
  return net;
}

const expectAll = (found: Record<string, unknown>, wanted: Encoded): void => {
  expect(Object.keys(found)).toEqual(Object.keys(wanted));
  for (const [key, each] of Object.entries(wanted))
    expect(difference(found[key], each), key).toBe(undefined);
};

describe('gradients are clipped', () => {
  const clips: Record<string, (net: torch.nn.Module) => unknown> = {
    norm: (net) => utils.clipGradNorm_(net.parameters(), 0.5),
    ones: (net) => utils.clipGradNorm_(net.parameters(), 0.5, { normType: 1 }),
    largest: (net) => utils.clipGradNorm_(net.parameters(), 0.5, Number.POSITIVE_INFINITY),
    large: (net) => utils.clipGradNorm_(net.parameters(), 1000),
    value: (net) => utils.clipGradValue_(net.parameters(), 0.1),
    known: (net) => utils.clipGradsWithNorm_(net.parameters(), 0.5, torch.tensor(2)),
  };

  test.each(Object.entries(clips))('%s', (name, clip) => {
    const net = network();
    const norm = clip(net);
    const wanted = reference.clip[name]!;
    if (wanted.norm !== null) expect(difference(norm, wanted.norm)).toBe(undefined);
    for (const [i, { grad }] of [...net.parameters()].entries()) {
      expect(difference(grad, wanted.grads[i]!)).toBe(undefined);
    }
  });

  test('not where the norm is none, if that is asked for', () => {
    const x = new nn.Parameter(torch.ones(2));
    x.grad = torch.tensor([1, Number.POSITIVE_INFINITY]);
    const clip = () => utils.clipGradNorm_(x, 1, 2, { errorIfNonfinite: true });
    expect(clip).toThrow(invalid('cannot be clipped'));
    expect(x.grad.tolist()).toEqual([1, Number.POSITIVE_INFINITY]);
    expect(utils.clipGradNorm_([new nn.Parameter(torch.ones(2))], 1).item()).toBe(0);
    expect(() => utils.clipGradNorm_([1] as never, 1)).toThrow(invalid());
    expect(() => utils.clipGradNorm_(x, 1, { normtype: 1 } as never)).toThrow(
      invalid("'normType'"),
    );
  });
});

test('parameters are a vector and back', () => {
  const net = network();
  const vector = utils.parametersToVector(net.parameters());
  expect([vector.shape, vector.requiresGrad]).toEqual([[26], true]);
  utils.vectorToParameters(torch.arange(26).float(), net.parameters());
  expect(net.getParameter('2.bias').tolist()).toEqual([24, 25]);
  expect(() => utils.vectorToParameters(torch.ones(25), net.parameters())).toThrow(invalid());
  expect(() => utils.parametersToVector([])).toThrow(invalid());
});

describe('normalisations are drawn into the layer before', () => {
  function prepared<L extends torch.nn.Module>(make: () => L, bn: torch.nn.BatchNorm2d) {
    const layer = make();
    bn.runningMean!.uniform_(-1, 1);
    bn.runningVar!.uniform_(0.5, 2);
    return [layer.eval(), bn.eval(), draw('2x2x5x5', 'float32')] as const;
  }
  const layers = {
    conv: () => [new nn.Conv2d(2, 3, 3), new nn.BatchNorm2d(3)] as const,
    bare: () =>
      [
        new nn.Conv2d(2, 4, 3, { stride: 2, padding: 1, groups: 2, bias: false }),
        new nn.BatchNorm2d(4, { affine: false }),
      ] as const,
  };

  test.each(Object.entries(layers))('%s', (name, make) => {
    torch.manualSeed(2);
    const [made, norm] = make();
    const [layer, bn, x] = prepared(() => made, norm);
    const state = torch.getRngState();
    const both = utils.fuseConvBnEval(layer, bn);
    expect(torch.getRngState().equal(state)).toBe(true);
    const { out, weight, bias, text } = reference.fuse[name]!;
    expect(String(both)).toBe(text);
    expect(difference(both.forward(x), out)).toBe(undefined);
    expect(difference(both.weight, weight)).toBe(undefined);
    expect(difference(both.bias, bias)).toBe(undefined);
    expect(both.forward(x).allclose(bn.forward(layer.forward(x)), { atol: 1e-5 })).toBe(true);
  });

  test('a linear layer too', () => {
    const [linear, bn] = [new nn.Linear(3, 2).eval(), new nn.BatchNorm2d(2).eval()];
    bn.runningMean!.uniform_(-1, 1);
    const x = torch.rand(4, 3);
    const wanted = bn.forward(linear.forward(x).unsqueeze(-1).unsqueeze(-1)).flatten(1);
    expect(utils.fuseLinearBnEval(linear, bn).forward(x).allclose(wanted, { atol: 1e-6 })).toBe(
      true,
    );
    expect(() => utils.fuseLinearBnEval(linear.train(), bn)).toThrow(invalid('evaluation mode'));
    expect(() => utils.fuseLinearBnEval(linear.eval(), new nn.BatchNorm2d(3).eval())).toThrow(
      invalid(),
    );
  });
});

describe('parametrizations', () => {
  const conv = () => new nn.Conv2d(2, 3, 3);
  const linear = () => new nn.Linear(4, 3);
  const square = () => new nn.Linear(4, 4);
  const makers: Record<string, readonly [() => torch.nn.Module, shape: string]> = {
    weightNorm: [() => p.weightNorm(linear()), '2x4'],
    weightNormDim: [() => p.weightNorm(conv(), { dim: 1 }), '1x2x4x4'],
    weightNormAll: [() => p.weightNorm(linear(), 'weight', null), '2x4'],
    spectralNorm: [() => p.spectralNorm(linear()), '2x4'],
    spectralNormConv: [
      () => p.spectralNorm(conv(), { nPowerIterations: 3, dim: 1, eps: 1e-6 }),
      '1x2x4x4',
    ],
    orthogonal: [() => p.orthogonal(square()), '2x4'],
    orthogonalTall: [() => p.orthogonal(new nn.Linear(3, 5)), '2x3'],
    orthogonalWide: [() => p.orthogonal(linear(), { orthogonalMap: 'cayley' }), '2x4'],
    orthogonalExp: [() => p.orthogonal(linear(), 'weight', 'matrix_exp'), '2x4'],
    householder: [
      () => p.orthogonal(square(), { orthogonalMap: 'householder', useTrivialization: false }),
      '2x4',
    ],
    untrivial: [
      () => p.orthogonal(linear(), 'weight', 'cayley', { useTrivialization: false }),
      '2x4',
    ],
  };

  test.each(Object.entries(makers))('%s', (name, [make, shape]) => {
    const wanted = reference.parametrized[name]!;
    torch.manualSeed(3);
    const module = make() as torch.nn.Linear;
    const x = draw(shape, 'float32');
    expect(String(module)).toBe(wanted.text);
    expectAll(module.stateDict(), wanted.state);
    const y = module.forward(x);
    y.mul(y.detach().sin()).sum().backward();
    expect(difference(y, wanted.out)).toBe(undefined);
    expectAll(
      Object.fromEntries([...module.namedParameters()].map(([key, { grad }]) => [key, grad])),
      wanted.grads,
    );
    expect(difference(module.weight, wanted.weight)).toBe(undefined);
    expect(difference(module.eval().forward(x), wanted.evaluated)).toBe(undefined);
  });

  test('are assigned to, and taken away', () => {
    const layer = p.weightNorm(linear());
    const weight = torch.rand(3, 4);
    layer.weight = weight;
    expect(layer.weight.allclose(weight, { atol: 1e-6 })).toBe(true);
    expect(layer).toBeInstanceOf(nn.Linear);
    expect(parametrize.typeBeforeParametrizations(layer)).toBe(nn.Linear);
    expect([parametrize.isParametrized(layer), parametrize.isParametrized(layer, 'bias')]).toEqual([
      true,
      false,
    ]);
    expect(() =>
      parametrize.removeParametrizations(layer, 'weight', { leaveParametrized: false }),
    ).toThrow(invalid('several originals'));
    parametrize.removeParametrizations(layer, 'weight');
    expect(layer.weight.allclose(weight, { atol: 1e-6 })).toBe(true);
    expect([String(layer), Object.keys(layer.stateDict())]).toEqual([
      'Linear(in_features=4, out_features=3, bias=True)',
      ['bias', 'weight'],
    ]);
    expect(() => parametrize.removeParametrizations(layer, 'weight')).toThrow(invalid());
  });

  class Symmetric extends nn.Module {
    calls = 0;
    forward(x: torch.Tensor): torch.Tensor {
      this.calls++;
      return x.add(x.t());
    }
  }
  class Flat extends nn.Module {
    forward(x: torch.Tensor): torch.Tensor {
      return x.flatten();
    }
  }

  test('of one’s own are applied one after the other, and computed once while cached', () => {
    const layer = square();
    const { weight } = layer;
    const symmetric = new Symmetric();
    parametrize.registerParametrization(layer, 'weight', symmetric);
    const before = symmetric.calls;
    expect(layer.weight.equal(weight.add(weight.t()))).toBe(true);
    parametrize.cached(() => [layer.weight, layer.weight]);
    expect(symmetric.calls - before).toBe(2);
    parametrize.registerParametrization(layer, 'weight', new Symmetric());
    expect(layer.weight.allclose(weight.add(weight.t()).mul(2))).toBe(true);
    expect(() => {
      layer.weight = weight;
    }).toThrow(invalid('no rightInverse'));
    const unchanged = weight.detach().clone();
    parametrize.removeParametrizations(layer, 'weight', { leaveParametrized: false });
    expect(layer.weight).toBe(weight);
    expect(layer.weight.equal(unchanged)).toBe(true);
  });

  test('load what torch.nn.utils.weight_norm saved', () => {
    const net = new nn.Sequential(p.weightNorm(new nn.Linear(3, 2)));
    const saved = {
      '0.bias': torch.tensor([0.5, -0.5]),
      '0.weight_g': torch.tensor([[2], [3]]),
      '0.weight_v': torch.tensor([
        [1, 2, 2],
        [0, 3, 4],
      ]),
    };
    expect(net.loadStateDict(saved)).toEqual({ missingKeys: [], unexpectedKeys: [] });
    const out = net.forward(torch.ones(1, 3)) as torch.Tensor;
    expect(out.allclose(torch.tensor([[3.8333333, 3.7]]))).toBe(true);
    expect(Object.keys(saved)).toHaveLength(3);
    const { '0.weight_g': _, ...half } = saved;
    expect(() => net.loadStateDict(half)).toThrow(
      coded('ERR_STATE_DICT', 'Unexpected key(s) in state_dict: "0.weight_v"'),
    );
    const named = p.weightNorm(new nn.Linear(3, 2), 'bias', null);
    const bias = { bias_g: torch.tensor(5), bias_v: torch.tensor([3, 4]) };
    expect(named.loadStateDict(bias, { strict: false }).missingKeys).toEqual(['weight']);
    expect(named.bias!.allclose(torch.tensor([3, 4]))).toBe(true);
  });

  test('refuse what does not fit', () => {
    expect(() => parametrize.registerParametrization(square(), 'weight', new Flat())).toThrow(
      invalid('unsafe: true'),
    );
    expect(() => p.weightNorm(linear(), 'none')).toThrow(invalid("no parameter 'none'"));
    expect(() => p.orthogonal(linear(), 'bias')).toThrow(invalid());
    expect(() => p.spectralNorm(linear(), { dim: 2 })).toThrow(coded('ERR_INVALID_ARG'));
    expect(() => p.spectralNorm(linear(), { nPowerIterations: 0 })).toThrow(invalid());
    expect(() => p.orthogonal(linear(), { orthogonalMap: 'exp' as never })).toThrow(invalid());
  });

  test('are not trained by an engine that would not see them', async () => {
    const net = new nn.Sequential(new nn.Flatten(), p.weightNorm(new nn.Linear(16, 4)));
    const set = new torch.data.TensorDataset(torch.rand(8, 1, 4, 4), torch.arange(8).remainder(4));
    const batches = new torch.data.DataLoader(set, { batchSize: 4 });
    const optimizer = new torch.optim.Adam(net.parameters());
    const { epochs } = await torch.train(net, batches, batches, 1, optimizer, 'cpu', 1, {
      log: null,
    });
    expect(epochs[0]!.engine).toBe('eager');
  });
});
