// What forward and backward passes take after their inputs, by position and by name.
import { describe, expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { invalid } from '../coded.js';

const { nn } = torch;
const x = torch.arange(8).to('float32').view(2, 4).keep();
const states = [torch.ones(2, 3).keep(), torch.full([2, 3], 0.5).keep()] as const;
const image = torch.ones(1, 1, 3, 3).keep();
const pooled = nn.functional.maxPool2dWithIndices(
  torch.arange(24).neg().float().view(1, 1, 4, 6),
  2,
);
const [maxima, places] = pooled.map((each) => each.keep()) as [torch.Tensor, torch.Tensor];
const numbers = torch.tensor([0n, 2n, 1n]).keep();
const [offsets, weights] = [torch.tensor([0n, 2n]).keep(), torch.tensor([1, 2, 3]).keep()];

// biome-ignore lint/suspicious/noExplicitAny: whatever is called
type Any = any;

const calls: Record<string, [module: Any, inputs: unknown[], optional: Record<string, unknown>]> = {
  ConvTranspose1d: [
    new nn.ConvTranspose1d(4, 2, 3, { stride: 2 }),
    [x.view(4, 2)],
    { outputSize: [6] },
  ],
  ConvTranspose2d: [
    new nn.ConvTranspose2d(1, 1, 3, { stride: 2 }),
    [image],
    { outputSize: [8, 7] },
  ],
  ConvTranspose3d: [
    new nn.ConvTranspose3d(1, 1, 3, { stride: 2 }),
    [image.unsqueeze(2)],
    { outputSize: [4, 8, 7] },
  ],
  MaxUnpool2d: [new nn.MaxUnpool2d(2), [maxima, places], { outputSize: [5, 6] }],
  RNN: [new nn.RNN(4, 3), [x], { hx: states[0].narrow(0, 0, 1) }],
  GRU: [new nn.GRU(4, 3), [x], { hx: states[0].narrow(0, 0, 1) }],
  LSTM: [new nn.LSTM(4, 3), [x], { hx: states.map((each) => each.narrow(0, 0, 1)) }],
  RNNCell: [new nn.RNNCell(4, 3), [x], { hx: states[0] }],
  GRUCell: [new nn.GRUCell(4, 3), [x], { hx: states[0] }],
  LSTMCell: [new nn.LSTMCell(4, 3), [x], { hx: states }],
  EmbeddingBag: [
    new nn.EmbeddingBag(3, 2, { mode: 'sum' }),
    [numbers],
    { offsets, perSampleWeights: weights },
  ],
};

const flat = (result: unknown): torch.Tensor[] =>
  [result].flat(Number.POSITIVE_INFINITY) as torch.Tensor[];
const alike = (a: unknown, b: unknown): boolean =>
  flat(a).every(
    (each, i) => each.shape.join() === flat(b)[i]!.shape.join() && each.equal(flat(b)[i]!),
  );

describe.each(Object.entries(calls))('%s', (_, [module, inputs, optional]) => {
  const values = Object.values(optional);
  test('takes by name what it takes by position', () => {
    const wanted = module.forward(...inputs, ...values);
    for (let by = 0; by < values.length; by++) {
      const named = Object.fromEntries(Object.entries(optional).slice(by));
      const found = module.forward(...inputs, ...values.slice(0, by), named);
      expect(alike(found, wanted)).toBe(true);
    }
    if (module instanceof nn.EmbeddingBag) return;
    expect(alike(module.forward(...inputs, null), wanted)).toBe(false);
  });

  test('nothing, an empty object and undefined are none', () => {
    if (module instanceof nn.EmbeddingBag) return;
    const wanted = module.forward(...inputs);
    expect(alike(module.forward(...inputs, {}), wanted)).toBe(true);
    expect(
      alike(module.forward(...inputs, { [Object.keys(optional)[0]!]: undefined }), wanted),
    ).toBe(true);
    expect(alike(module.forward(...inputs, undefined), wanted)).toBe(true);
  });

  test('refuses other names', () => {
    const [name] = Object.keys(optional) as [string];
    expect(() => module.forward(...inputs, { [`${name}s`]: values[0] })).toThrow(
      invalid(`did you mean '${name}'`),
    );
  });
});

test('what is given already is not taken again', () => {
  const bag: Any = new nn.EmbeddingBag(3, 2, { mode: 'sum' });
  expect(() => bag.forward(numbers, offsets, { offsets })).toThrow(invalid('offsets'));
});

test('hooks see a call with names as any other', () => {
  const module = new nn.ConvTranspose2d(1, 1, 3, { stride: 2 });
  const seen: unknown[] = [];
  module.registerForwardPreHook((_, inputs) => {
    seen.push(inputs.length);
  });
  expect(module.forward(image, { outputSize: [8, 7] }).shape).toEqual([1, 1, 8, 7]);
  expect(seen).toEqual([2]);
});

test('backward takes everything by name', () => {
  const [a, b] = [torch.ones(2).requiresGrad_(), torch.ones(2).requiresGrad_()];
  const product = a.mul(b).mul(3);
  product.backward({ inputs: [a], gradient: torch.tensor([1, 2]), retainGraph: true });
  expect([a.grad?.tolist(), b.grad]).toEqual([[3, 6], null]);
  torch.autograd.backward(product, { inputs: b, gradTensors: torch.tensor([1, 2]) });
  expect(b.grad?.tolist()).toEqual([3, 6]);
  const sum = a.sum() as Any;
  expect(() => sum.backward({ input: a })).toThrow(invalid("did you mean 'inputs'"));
  expect(() => sum.backward({ gradTensors: null })).toThrow(invalid());
  expect(() => sum.backward({ inputs: a }, { inputs: a })).toThrow(invalid());
});

test('a vector gives parameters its dtype, as in Python', () => {
  const [wide, same] = [torch.zeros(2, { dtype: 'float64' }), torch.zeros(1)];
  const param = new nn.Parameter(wide);
  nn.utils.vectorToParameters(torch.tensor([1.5, 2.5, 3.5]), [param, same]);
  expect([param.dtype, param.tolist(), param.requiresGrad]).toEqual(['float32', [1.5, 2.5], true]);
  expect(same.tolist()).toEqual([3.5]);
});

test('containers take modules by name, in the place of others too', () => {
  const [list, dict] = [new nn.Sequential(new nn.ReLU()), new nn.ModuleDict()];
  list.addModule('0', new nn.Tanh());
  list.registerModule('last', new nn.ReLU());
  dict.addModule('a', new nn.Tanh());
  expect([...list].map(String)).toEqual(['Tanh()', 'ReLU()']);
  expect([...list.namedChildren()].map(([name]) => name)).toEqual(['0', 'last']);
  expect(String(dict.get('a'))).toBe('Tanh()');
  for (const each of [list, dict]) expect(() => each.addModule('b', null)).toThrow(invalid());
});

test('convertSyncBatchnorm puts layers in place of those of each kind', () => {
  const inner = new nn.Sequential(new nn.BatchNorm1d(2, { momentum: null }), new nn.ReLU());
  const net = new nn.ModuleDict({ a: inner, b: new nn.BatchNorm3d(3, { affine: false }).eval() });
  const norm = inner.at(0) as torch.nn.BatchNorm1d;
  norm.forward(torch.arange(8).float().view(4, 2));
  const before = Object.entries(net.stateDict());
  expect(nn.SyncBatchNorm.convertSyncBatchnorm(net)).toBe(net);
  const made = inner.at(0) as torch.nn.SyncBatchNorm;
  expect(made).toBeInstanceOf(nn.SyncBatchNorm);
  expect([made.weight, made.momentum]).toEqual([norm.weight, null]);
  expect(made.weight).toBe(norm.weight);
  const after = net.stateDict();
  expect(Object.keys(after)).toEqual(before.map(([key]) => key));
  expect(before.every(([key, tensor]) => after[key]!.equal(tensor))).toBe(true);
  expect(String(net)).toBe(
    `ModuleDict(
  (a): Sequential(
    (0): SyncBatchNorm(2, eps=1e-05, momentum=None, affine=True, track_running_stats=True)
    (1): ReLU()
  )
  (b): SyncBatchNorm(3, eps=1e-05, momentum=0.1, affine=False, track_running_stats=True)
)`,
  );
  const input = torch.rand(3, 2).keep();
  expect(inner.eval().forward(input).equal(norm.eval().forward(input).relu())).toBe(true);
  expect(nn.SyncBatchNorm.convertSyncBatchnorm(new nn.BatchNorm2d(1))).toBeInstanceOf(
    nn.SyncBatchNorm,
  );
  expect(() => nn.SyncBatchNorm.convertSyncBatchnorm(3 as Any)).toThrow(invalid('a Module'));
});
