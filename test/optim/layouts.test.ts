import { describe, expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { coded } from '../coded.js';
import { decode, type Encoded, expectClose, recorded } from '../recorded.js';
import { type OptimizerName, optimizers } from './names.js';

type Tensor = torch.Tensor;
type Values = () => Tensor;

interface Case {
  optimizer: OptimizerName;
  options: Record<string, number>;
  dtype: 'float32' | 'float64' | 'complex64';
  end: Encoded;
}

const reference = recorded<{ start: Encoded; grads: Encoded; cases: Case[] }>('layouts');
const { aten } = torch.ops as unknown as {
  aten: Record<string, (...args: unknown[]) => Tensor>;
};
const start = decode(reference.start) as Tensor;
const grads = decode(reference.grads) as Tensor;

// Recorded as pairs of numbers.
function valuesOf(pairs: Tensor, dtype: Case['dtype']): Tensor {
  if (dtype === 'complex64') return aten.view_as_complex!(pairs.to('float32').contiguous());
  return pairs.select(-1, 0).to(dtype).contiguous();
}

const rest = 7;
const watched: { base: Tensor; hidden: Tensor }[] = [];

// The values as a part of a larger tensor, which must not change beyond it.
function within(values: Tensor, shape: number[], part: (base: Tensor) => Tensor): Tensor {
  const base = torch.full(shape, rest, { dtype: values.dtype });
  part(base).copy_(values);
  const hidden = torch.ones(shape, { dtype: 'bool' });
  part(hidden).fill_(false);
  watched.push({ base, hidden });
  return part(base);
}
const [N, C, H, W] = [2, 3, 2, 2];
const layouts: Record<string, (values: Tensor) => Tensor> = {
  'row-major': (values) => values.clone(),
  transposed: (values) => values.transpose(0, 1).contiguous().transpose(0, 1),
  'channels last': (values) => values.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2),
  column: (values) => within(values, [N, C, H, W, 2], (base) => base.select(-1, 1)),
  'every second': (values) => within(values, [2 * N, C, H, W], (base) => base.at({ step: 2 })),
  'a run in the middle': (values) =>
    within(values, [N + 3, C, H, W], (base) => base.narrow(0, 1, N)),
  'rows cut off': (values) => within(values, [N, C, H, 2 * W], (base) => base.narrow(3, 0, W)),
};
const gradientLayouts: typeof layouts = {
  ...layouts,
  negated: (values) => aten._neg_view!(values.neg()),
};

const wanted = (each: Case): string =>
  `${each.optimizer} ${JSON.stringify(each.options)} ${each.dtype}`;

describe('optimizers equal PyTorch however tensors lie in memory', () => {
  describe.each(reference.cases.map((each) => [wanted(each), each] as const))('%s', (_, each) => {
    const begin: Values = () => valuesOf(start, each.dtype);
    const compare = (param: Tensor): void => {
      const values = param.detach();
      expectClose(
        each.dtype === 'complex64' ? aten.view_as_real!(values) : values,
        each.end,
        1e-5,
        1e-6,
      );
      for (const { base, hidden } of watched.splice(0)) {
        const others = base.maskedSelect(hidden).to('complex64');
        expect(others.equal(torch.full(others.shape, rest, { dtype: 'complex64' }))).toBe(true);
      }
    };
    const combinations = Object.entries(layouts).flatMap(([name, lay]) =>
      Object.entries(gradientLayouts).map(([other, layGradient]) => ({
        name,
        lay,
        other,
        layGradient,
      })),
    );
    test.each(combinations)('parameter: $name, gradient: $other', ({ lay, layGradient }) =>
      torch.tidy(() => {
        const param = new torch.nn.Parameter(lay(begin()));
        const optimizer = new torch.optim[each.optimizer]([param], each.options);
        for (let i = 0; i < 3; i++) {
          param.grad = layGradient(valuesOf(grads.select(0, i), each.dtype));
          optimizer.step();
        }
        compare(param);
      }),
    );

    test.each(Object.keys(layouts))('what is remembered: %s', (name) =>
      torch.tidy(() => {
        const param = new torch.nn.Parameter(begin());
        const optimizer = new torch.optim[each.optimizer]([param], each.options);
        for (let i = 0; i < 3; i++) {
          param.grad = valuesOf(grads.select(0, i), each.dtype);
          optimizer.step();
          const state = optimizer.state.get(param) ?? {};
          for (const [key, value] of Object.entries(state)) {
            if (key !== 'step') state[key] = layouts[name]!(value!).keep();
          }
        }
        compare(param);
      }),
    );
  });
});

describe.each(optimizers)('%s', (name) => {
  // With these, the first step of each takes 0.1 off for a gradient of 1.
  const options = { SGD: { lr: 0.1, momentum: 0.9 }, RMSprop: { lr: 0.01 } }[name as string] ?? {
    lr: 0.1,
  };

  test('takes a gradient that is one number for all', () => {
    const param = new torch.nn.Parameter(torch.zeros([1000]));
    const optimizer = new torch.optim[name]([param], options);
    param.grad = torch.tensor([1]).expand([1000]);
    optimizer.step();
    expect(param.sub(-0.1).abs().max().item()).toBeLessThan(1e-6);
  });

  test('takes a gradient without memory, which stands for zeros', () => {
    const param = new torch.nn.Parameter(torch.ones([3]));
    const decay = name === 'AdamW' && { weightDecay: 0 };
    const optimizer = new torch.optim[name]([param], { ...options, ...decay });
    param.grad = aten._efficientzerotensor!([3]);
    optimizer.step();
    expect(param.tolist()).toEqual([1, 1, 1]);
  });

  test('refuses a parameter of which several elements are one', () => {
    const param = new torch.nn.Parameter(torch.zeros([1]).expand([200_000]));
    const optimizer = new torch.optim[name]([param], options);
    param.sum().backward();
    expect(() => optimizer.step()).toThrow(coded('ERR_LIBTORCH', 'single memory location'));
  });

  test.each([
    ['float64', () => torch.zeros([2, 3], { dtype: 'float64' })],
    ['another shape', () => torch.zeros([3])],
    ['fewer elements', () => torch.zeros([2, 2])],
  ])('refuses what is remembered of another kind: %s', (_, other) => {
    const param = new torch.nn.Parameter(torch.zeros([3, 2]));
    const optimizer = new torch.optim[name]([param], options);
    param.grad = torch.ones([3, 2]);
    optimizer.step();
    const state = optimizer.state.get(param)!;
    for (const key of Object.keys(state)) if (key !== 'step') state[key] = other();
    if (name === 'SGD' && other().dtype === 'float64') return;
    expect(() => optimizer.step()).toThrow(coded('ERR_LIBTORCH'));
  });

  test.each(Object.keys(layouts))('goes on bit for bit from a saved state: %s', (layout) => {
    const lay = layouts[layout]!;
    const made = () => {
      const param = new torch.nn.Parameter(lay(valuesOf(start, 'float32')));
      return { param, optimizer: new torch.optim[name]([param], options) };
    };
    const step = ({ param, optimizer }: ReturnType<typeof made>, i: number): void => {
      const scale = valuesOf(grads.select(0, i), 'float32');
      optimizer.zeroGrad();
      param.mul(param).mul(scale).sum().backward();
      optimizer.step();
    };
    const [whole, first, second] = [made(), made(), made()];
    for (let i = 0; i < 3; i++) step(whole, i);
    step(first, 0);
    const saved = first.optimizer.stateDict();
    // As a file gives them back: row-major.
    for (const state of saved.state.values()) {
      for (const [key, value] of Object.entries(state)) state[key] = value!.contiguous();
    }
    torch.noGrad(() => second.param.copy_(first.param));
    second.optimizer.loadStateDict(saved);
    for (let i = 1; i < 3; i++) step(second, i);
    expect(second.param.equal(whole.param)).toBe(true);
    watched.length = 0;
  });
});

test('Adam refuses sparse gradients, as Python does', () => {
  const param = new torch.nn.Parameter(torch.zeros([3]));
  const optimizer = new torch.optim.Adam([param]);
  param.grad = aten.to_sparse!(torch.ones([3]));
  expect(() => optimizer.step()).toThrow(coded('ERR_LIBTORCH', 'sparse gradients'));
  expect(Number(optimizer.state.get(param)?.step?.item())).toBe(0);
});

test('LBFGS takes sparse gradients as dense ones, as Python does', () => {
  const param = torch.arange(8).to('float32').view(4, 2).requiresGrad_();
  const grad = torch
    .tensor(
      [
        [0, 0],
        [3, 4],
        [0, 0],
        [1, 0],
      ].flat(),
    )
    .view(4, 2);
  param.grad = aten.to_sparse!(grad, 1);
  new torch.optim.LBFGS([param]).step(() => 1);
  expect(param.reshape(8).tolist()).toEqual([0, 1, 1.625, 2.5, 4, 5, 5.875, 7]);
});

test('norms and bounds of sparse gradients are refused, a norm that is known scales them', () => {
  const param = new torch.nn.Parameter(torch.zeros(2));
  param.grad = aten.to_sparse!(torch.tensor([0, 4]));
  const { clipGradNorm_, clipGradValue_, clipGradsWithNorm_, getTotalNorm } = torch.nn.utils;
  const refused = coded('ERR_INVALID_ARG', 'sparse');
  expect(() => clipGradNorm_(param, 1)).toThrow(refused);
  expect(() => clipGradValue_(param, 1)).toThrow(refused);
  expect(() => getTotalNorm(param.grad!)).toThrow(refused);
  clipGradsWithNorm_(param, 1, torch.tensor(8));
  expect(aten.to_dense!(param.grad).allclose(torch.tensor([0, 0.5]))).toBe(true);
});

test('steps are counted in float32 where parameters are in half precision by default', () => {
  torch.setDefaultDtype('float16');
  const param = new torch.nn.Parameter(torch.zeros(2));
  const optimizer = new torch.optim.NAdam([param]);
  param.grad = torch.ones(2);
  optimizer.step();
  torch.setDefaultDtype('float32');
  const { step, muProduct, expAvg } = optimizer.state.get(param)!;
  expect([step!.dtype, muProduct!.dtype, expAvg!.dtype]).toEqual(['float32', 'float32', 'float16']);
});

// What PyTorch 2.11 has after two steps from [[0, 0.1], [0.2, 0.3], [0.4, 0.5], [0.6, 0.7]].
test.each<[string, (params: Iterable<torch.Tensor>) => torch.optim.Optimizer, number[]]>([
  [
    'SparseAdam',
    (params) => new torch.optim.SparseAdam(params, { lr: 0.1 }),
    [0, 0.025586, 0.006782, 0.102965, 0.4, 0.5, 0.5, 0.6],
  ],
  [
    'SGD',
    (params) => new torch.optim.SGD(params, { lr: 0.1 }),
    [0, 0.08, 0.072, 0.108, 0.4, 0.5, 0.48, 0.56],
  ],
  [
    'SGD with momentum',
    (params) => new torch.optim.SGD(params, { lr: 0.1, momentum: 0.9 }),
    [0, 0.08, 0, 0, 0.4, 0.5, 0.62 * 0.6, 0.62 * 0.7],
  ],
])('%s steps by sparse gradients of an embedding', (_, make, wanted) => {
  const weight = torch.arange(8).to('float32').div(10).view(4, 2);
  const table = new torch.nn.Embedding(4, 2, { sparse: true, _weight: weight });
  expect(String(table)).toBe('Embedding(4, 2, sparse=True)');
  const optimizer = make(table.parameters());
  for (const numbers of [
    [1n, 1n, 3n],
    [0n, 1n, 1n],
  ]) {
    optimizer.zeroGrad();
    table.forward(torch.tensor(numbers)).square().sum().backward();
    expect(table.weight.grad!.layout).toBe('sparse_coo');
    optimizer.step();
  }
  const found = table.weight.detach().reshape(8);
  expect(found.allclose(torch.tensor(wanted), { atol: 1e-5 })).toBe(true);
});

test('bags have sparse gradients too, and offsets that leave the input no bag are refused', () => {
  const bag = new torch.nn.EmbeddingBag(4, 2, { sparse: true, mode: 'sum' });
  bag
    .forward(
      torch.tensor([
        [1n, 1n],
        [3n, 0n],
      ]),
    )
    .sum()
    .backward();
  const grad = bag.weight.grad!;
  expect(grad.layout).toBe('sparse_coo');
  expect((aten.to_dense!(grad) as torch.Tensor).tolist()).toEqual([
    [1, 1],
    [2, 2],
    [0, 0],
    [1, 1],
  ]);
  const largest = new torch.nn.EmbeddingBag(4, 2, { sparse: true, mode: 'max' });
  expect(() => largest.forward(torch.tensor([[1n]]))).toThrow(coded('ERR_INVALID_ARG', 'sparse'));
  const [input, one, none] = [torch.tensor([0n, 1n]), torch.tensor([0n]), torch.zeros(0).long()];
  const last = new torch.nn.EmbeddingBag(4, 2, { includeLastOffset: true });
  expect(() => last.forward(input, one)).toThrow(coded('ERR_INVALID_ARG', 'a bag'));
  expect(() => new torch.nn.EmbeddingBag(4, 2).forward(input, none)).toThrow(
    coded('ERR_INVALID_ARG', 'a bag'),
  );
});
