import { inspect } from 'node:util';
import { expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { decode, type Encoded, recorded } from '../recorded.js';

interface Text {
  tensors: { value: Encoded; repr: string }[];
  leaf: Encoded;
  graph: { expression: string; repr: string }[];
  modules: string[];
  complex: { parts: Encoded; repr: string }[];
  unusual: Record<string, string>;
  history: { methods: [string, unknown[], string | null][]; named: Record<string, string> };
}

const text = recorded<Text>('text');

test.each(text.tensors.map(({ value, repr }) => [`${value.dtype} [${value.shape}]`, value, repr]))(
  'a tensor prints as in Python: %s',
  (_, value, repr) => {
    expect(inspect(decode(value))).toBe(repr);
  },
);

test.each(text.complex.map(({ parts, repr }) => [`[${parts.shape}]`, parts, repr]))(
  'complex numbers print as in Python: %s',
  (_, parts, repr) => {
    expect(inspect(torch.ops.aten.view_as_complex?.(decode(parts)))).toBe(repr);
  },
);

test('history shows as in Python', () => {
  const leaf = (decode(text.leaf) as torch.Tensor).requiresGrad_();
  const shown = [leaf, leaf.mul(2), leaf.sum()].map(String);
  expect(shown).toEqual(text.graph.map(({ repr }) => repr));
});

test('modules print as in Python', () => {
  const { nn } = torch;
  const modules = [
    new nn.Conv2d(1, 6, [3, 5], { stride: 2, padding: 1, dilation: 2, bias: false }),
    new nn.Linear(3, 2, { bias: false }),
    new nn.BatchNorm2d(4),
    new nn.Dropout(0.25),
    new nn.Flatten(),
    new nn.Softmax(1),
    new nn.LogSoftmax(1),
    new nn.MaxPool2d(3, 2, { padding: 1 }),
    new nn.AvgPool2d(2),
    new nn.CrossEntropyLoss(),
    new nn.ModuleList([new nn.Linear(2, 2), new nn.Linear(2, 2), new nn.ReLU()]),
    new nn.Identity(),
  ];
  expect(modules.map((module) => inspect(module))).toEqual(text.modules);
});

type Aten = Record<string, (...args: unknown[]) => torch.Tensor>;
const aten = torch.ops.aten as unknown as Aten;
const { ones, zeros } = torch;
const eye = torch.eye(2);
const pairs = torch.tensor([
  [0n, 1n, 2n],
  [3n, 0n, 4n],
]);
const floats = torch.linspace(-1, 1, 6).reshape([2, 3]);
const block = torch.arange(16).reshape([4, 4]);
const complex = (...parts: number[][]): torch.Tensor =>
  aten.view_as_complex!(torch.tensor(parts)) as torch.Tensor;
const grad = { requiresGrad: true } as const;
const meta = { device: 'meta' } as const;

// As scripts/recording/text.py makes them.
const unusual: Record<string, () => torch.Tensor> = {
  sparse: () => aten.to_sparse!(eye),
  'sparse int64': () => aten.to_sparse!(pairs),
  'sparse empty': () => aten.to_sparse!(zeros(2, 3)),
  'sparse float64': () => aten.to_sparse!(eye.double()),
  'sparse hybrid': () => aten.to_sparse!(torch.arange(8).reshape([2, 2, 2]), 1),
  'sparse grad': () => aten.to_sparse!(eye).requiresGrad_(),
  'sparse large': () => aten.to_sparse!(torch.eye(40)),
  'sparse ()': () => aten.to_sparse!(torch.tensor(2)),
  'sparse uint8': () => aten.to_sparse!(pairs.to('uint8')),
  csr: () => aten.to_sparse_csr!(eye),
  csc: () => aten.to_sparse_csc!(pairs),
  bsr: () => aten.to_sparse_bsr!(block, [2, 2]),
  bsc: () => aten.to_sparse_bsc!(block, [2, 2]),
  'csr empty': () => aten.to_sparse_csr!(zeros(2, 3)),
  'csr float64': () => aten.to_sparse_csr!(eye.double()),
  meta: () => zeros(2, 3, meta),
  'meta ()': () => zeros([], meta),
  'meta int64': () => zeros(3, { dtype: 'int64', ...meta }),
  'meta grad': () => zeros(3, { ...grad, ...meta }),
  'meta empty': () => zeros(0, meta),
  mkldnn: () => aten.to_mkldnn!(ones(2)),
  'mkldnn 2d': () => aten.to_mkldnn!(floats),
  quint8: () => aten.quantize_per_tensor!(floats, 0.1, 10, 'quint8'),
  qint8: () => aten.quantize_per_tensor!(floats, 1e-5, 0, 'qint8'),
  qint32: () => aten.quantize_per_tensor!(floats, 2, 0, 'qint32'),
  'per channel': () => {
    const [scales, zeroPoints] = [torch.tensor([0.1, 0.25]), torch.tensor([0n, 1n])];
    return aten.quantize_per_channel!(floats, scales, zeroPoints, 0, 'qint8');
  },
  conjugated: () => aten.conj!(complex([1, 2], [3, -0.5])),
  negated: () => aten._neg_view!(floats),
  'negated complex': () => aten._neg_view!(complex([1, 2])),
  imaginary: () => aten.imag!(aten.conj!(complex([1, 2]))),
  'zeros without memory': () => aten._efficientzerotensor!([2]),
  nested: () => aten._nested_tensor_from_tensor_list!([eye, floats]),
  complex32: () => aten._to_copy!(complex([1, 2.5]), { dtype: 'complex32' }),
  'line 13': () => ones(13, grad),
  'line 18': () => zeros(18, { dtype: 'int8' }),
  'line 12': () => ones(12, grad),
  'line 17': () => zeros(17, { dtype: 'int8' }),
  'line 20': () => ones(20, grad),
  'line 35': () => zeros(35, { dtype: 'int8' }),
  lines: () => ones(3, 13, { dtype: 'float64', ...grad }),
  uint64: () => torch.tensor([2n ** 63n + 1n, 7n], { dtype: 'uint64' }),
  float8: () => torch.tensor([1, -2.5]).to('float8_e5m2'),
  'empty grad': () => zeros(0, grad),
  'empty int8': () => zeros(2, 0, 3, { dtype: 'int8' }),
};

test.each(Object.entries(text.unusual))('unusual tensors print as in Python: %s', (name, repr) => {
  const make = unusual[name] as () => torch.Tensor;
  expect(inspect(make())).toBe(repr);
  expect(`${make()}`).toBe(repr);
});

test('what has no rows of numbers says so, and does not end the process', () => {
  const names = Object.keys(unusual).filter((name) =>
    /sparse|cs[rc]|bs[rc]|meta|mkldnn|nested/.test(name),
  );
  for (const name of names) {
    const tensor = unusual[name]!();
    if (name === 'meta empty') continue;
    for (const read of [() => tensor.tolist(), () => tensor.data()]) {
      expect(read, name).toThrow(expect.objectContaining({ code: expect.stringMatching(/^ERR_/) }));
    }
  }
  expect(unusual['zeros without memory']!().tolist()).toEqual([0, 0]);
});

test('a tensor names its layout and its device', () => {
  const layouts = ['sparse', 'csr', 'bsc', 'mkldnn', 'meta'].map((name) => unusual[name]!().layout);
  expect(layouts).toEqual(['sparse_coo', 'sparse_csr', 'sparse_bsc', '_mkldnn', 'strided']);
  const { device } = unusual.meta!();
  expect([String(device), inspect(device)]).toEqual(['meta', "device(type='meta')"]);
  expect(eye.to('meta').device).toBe(torch.device('meta'));
  expect(() => eye.to('meta').to('cpu')).toThrow(expect.objectContaining({ code: 'ERR_LIBTORCH' }));
});

test.each(text.history.methods)(
  '%s(%j) leaves the history that it does in Python',
  (name, args, wanted) => {
    const leaf = ones(2, 3, grad) as unknown as Record<
      string,
      (...args: unknown[]) => torch.Tensor
    >;
    expect(leaf[name]!(...args).gradFn).toBe(wanted);
  },
);

test('and so do others', () => {
  const leaf = ones(2, 3, grad);
  const mask = leaf.gt(0);
  const changed = leaf.clone();
  changed.at(0).mul_(2);
  const named: Record<string, torch.Tensor> = {
    'sum dim': leaf.sum({ dim: 1 }),
    'mean dim': leaf.mean({ dim: 1 }),
    std: leaf.std(),
    var: leaf.var(),
    'max dim': leaf.max({ dim: 1 })[0],
    where: leaf.where(mask, 0),
    'masked number': leaf.maskedFill(mask, 1),
    'masked tensor': leaf.maskedFill(mask, torch.tensor(1)),
    'masked select': leaf.maskedSelect(mask),
    cat: torch.cat([leaf, leaf]),
    stack: torch.stack([leaf, leaf]),
    matmul: leaf.matmul(leaf.t()),
    'changed part': changed,
    copied: zeros(2, 3).copy_(leaf),
    clamp: leaf.clamp({ min: 0, max: 1 }),
    'remainder tensor': leaf.remainder(torch.tensor(2)),
    'pow tensor': leaf.pow(torch.tensor(2)),
    filled: leaf.clone().fill_(1),
    sort: leaf.sort()[0],
    topk: leaf.topk(1)[0],
    split: leaf.split(1)[0] as torch.Tensor,
    chunk: leaf.chunk(2)[0] as torch.Tensor,
  };
  const names = Object.entries(named).map(([name, { gradFn }]) => [name, gradFn]);
  expect(Object.fromEntries(names)).toEqual(text.history.named);
});
