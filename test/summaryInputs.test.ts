// What a network is shown: sizes, dtypes, data; and what comes out of networks that give more than one tensor.
import { describe, expect, test } from 'vitest';

import * as torch from '../lib/index.js';
import { coded, invalid } from './coded.js';
import { Own } from './own.js';

const { nn } = torch;

// biome-ignore lint/suspicious/noExplicitAny: wrong arguments on purpose
const wrong = (value: unknown): any => value;

const shapesOf = (found: torch.Summary): unknown[] =>
  found.layers.map(({ name, outputShape }) => [name, outputShape]);

describe('networks that take indices are given some, whatever asks for them', () => {
  const head = (): torch.nn.Linear => new nn.Linear(4, 2);
  const linear = head();
  const first: Record<string, (ids: torch.Tensor) => torch.Tensor> = {
    oneHot: (ids) => nn.functional.oneHot(ids, 4).to('float32'),
    'functional.embedding': (ids) => nn.functional.embedding(ids, torch.ones(9, 4)),
    take: (ids) => torch.ones(9, 4).take(ids),
    indexSelect: (ids) => torch.ones(9, 4).indexSelect(0, ids.view(-1)),
    gather: (ids) => torch.ones(1, 4).gather(1, ids),
  };
  test.each(Object.keys(first))('%s', (name) => {
    const net = new Own({ linear }, (ids) => linear.forward(first[name]!(ids)));
    const found = torch.summary(net, [4]);
    expect(found.layers.length).toBe(1);
    expect(String(found)).toMatch(/\ninput: int64$/);
  });

  test('Embedding, EmbeddingBag', () => {
    const net = new nn.Sequential(new nn.Embedding(9, 4), head());
    const found = torch.summary(net, [7]);
    expect(shapesOf(found)).toEqual([
      ['0', [7, 4]],
      ['1', [7, 2]],
    ]);
    expect(found.layers[0]).toMatchObject({ parameters: 36, connections: 28, multiplyAdds: 0 });
    expect(shapesOf(torch.summary(new nn.EmbeddingBag(9, 4), [7]))).toEqual([
      ['EmbeddingBag', [4]],
    ]);
  });

  test('a network that takes what it is given as indices itself is shown floats, and says nothing', () => {
    const embedding = new nn.Embedding(9, 4);
    const net = new Own({ embedding }, (ids) => embedding.forward(ids.to('int64')));
    expect(String(torch.summary(net, [7]))).not.toContain('input:');
  });

  test('sizes that do not fit are refused by the error of that attempt', () => {
    const net = new nn.Sequential(new nn.Embedding(9, 4), new nn.Linear(5, 1));
    expect(() => torch.summary(net, [7])).toThrow(
      coded('ERR_LIBTORCH', /^summary: inputShape: \[7\] of dtypes int64 .*cannot be multiplied/),
    );
  });
});

test('several inputs: sizes of each, dtypes of each', () => {
  const [embedding, linear] = [new nn.Embedding(9, 4), new nn.Linear(3, 4)];
  const net = new Own({ embedding, linear }, (ids, x) =>
    embedding.forward(ids!).add(linear.forward(x!)),
  );
  const shapes = [[7], [7, 3]];
  const found = torch.summary(net, shapes, { dtypes: ['int64', 'float32'] });
  expect(shapesOf(found)).toEqual([
    ['embedding', [7, 4]],
    ['linear', [7, 4]],
  ]);
  expect(String(found)).toMatch(/\ninput: int64, float32$/);
  expect(() => torch.summary(net, shapes)).toThrow(
    coded('ERR_LIBTORCH', /dtypes int64, int64 \(the option dtypes has others\)/),
  );
});

test('inputData: sizes and counts are of it', () => {
  const net = new nn.Linear(3, 4);
  const { layers } = torch.summary(net, undefined, { inputData: torch.ones(5, 3) });
  expect(layers[0]).toMatchObject({ outputShape: [5, 4], connections: 80, multiplyAdds: 60 });
  const scaled = new Own({ net }, (x, by) => net.forward(x!).mul(by!));
  expect(torch.summary(scaled, undefined, { inputData: [torch.ones(1, 3), 2] }).layers.length).toBe(
    1,
  );
});

test('a network’s own inputShape is where nothing is given', () => {
  expect(torch.summary(new torch.LeNet5()).total.parameters).toBe(60_840);
});

describe('what gives several tensors', () => {
  test.each([
    ['LSTM', new nn.LSTM(3, 4, 2, { batchFirst: true }), [5, 4]],
    ['GRU, both ways, steps first', new nn.GRU(3, 4, 1, { bidirectional: true }), [5, 8]],
    ['RNNCell', new nn.RNNCell(3, 4), [5, 4]],
  ])('%s', (_, layer, outputShape) => {
    const inputData = layer instanceof nn.GRU ? torch.ones(5, 1, 3) : torch.ones(1, 5, 3);
    const inputs = layer instanceof nn.RNNCell ? torch.ones(5, 3) : inputData;
    const cut = new Own({ layer }, () => layer.forward(wrong(inputs)));
    const [row] = torch.summary(cut, [1]).layers;
    expect(row!.outputShape).toEqual(outputShape);
  });

  test('a dictionary of heads; its first counts', () => {
    const [a, b] = [new nn.Linear(3, 4), new nn.Linear(3, 5)];
    const heads = new Own({ a, b }, (x) => ({ a: a.forward(x!), b: [b.forward(x!)] }));
    const net = new Own({ heads }, (x) => heads.forward(x!));
    expect(shapesOf(torch.summary(net, [3]))).toEqual([
      ['heads.a', [4]],
      ['heads.b', [5]],
    ]);
  });

  test('Transformers: sequences, and memory', () => {
    const options = { batchFirst: true, dimFeedforward: 16 };
    const net = new nn.Transformer(8, 2, 2, 1, options);
    const found = torch.summary(net, [
      [5, 8],
      [6, 8],
    ]);
    const parameters = [...net.parameters()].reduce((sum, each) => sum + each.numel(), 0);
    expect(found.total.parameters).toBe(parameters);
    const shapes = new Map(found.layers.map(({ name, outputShape }) => [name, outputShape]));
    expect(shapes.get('encoder.layers.1.self_attn')).toEqual([5, 8]);
    expect(shapes.get('decoder.layers.0.multihead_attn')).toEqual([6, 8]);
  });
});

test.each<[string, () => unknown]>([
  ['dtypes: expected a list', () => torch.summary(new nn.ReLU(), [1], { dtypes: wrong('int64') })],
  [
    'dtypes: expected one for each input, 1, got 2',
    () => torch.summary(new nn.ReLU(), [1], { dtypes: ['int64', 'int64'] }),
  ],
  [
    'inputShape: expected none beside inputData',
    () => torch.summary(new nn.ReLU(), [1], { inputData: torch.ones(1) }),
  ],
  [
    'dtypes: expected none beside inputData',
    () => torch.summary(new nn.ReLU(), undefined, { inputData: torch.ones(1), dtypes: ['int64'] }),
  ],
  [
    'inputData: expected a Tensor',
    () => torch.summary(new nn.ReLU(), undefined, { inputData: [1, 2] }),
  ],
  [
    "unknown option 'dtype'; did you mean 'dtypes'",
    () => torch.summary(new nn.ReLU(), [1], wrong({ dtype: 'int64' })),
  ],
])('%s', (message, call) => {
  expect(call).toThrow(invalid(new RegExp(message)));
});
