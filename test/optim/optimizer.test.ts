import { describe, expect, test, vi } from 'vitest';

import * as torch from '../../lib/index.js';
import { invalid } from '../coded.js';
import { tensorsInUse } from '../garbage.js';
import { optimizers } from './names.js';

const { optim } = torch;
// biome-ignore lint/suspicious/noExplicitAny: wrong arguments on purpose
const wrong = (value: unknown): any => value;
const leaf = (...values: number[]): torch.Tensor => torch.tensor(values, { requiresGrad: true });

describe('arguments are refused as in Python', () => {
  test.each<[string, () => unknown]>([
    ['no parameters', () => new optim.SGD([])],
    ['a tensor instead of a list', () => new optim.SGD(wrong(leaf(1)))],
    ['undefined', () => new optim.Adam(wrong(undefined))],
    ['a number among the parameters', () => new optim.Adam([leaf(1), wrong(3)])],
    ['a tensor with history', () => new optim.Adam([leaf(1).mul(2)])],
    ['a group without parameters', () => new optim.Adam([wrong({ lr: 1 })])],
    [
      'one parameter in two groups',
      () => {
        const p = leaf(1);
        return new optim.SGD([{ params: [p] }, { params: [p] }]);
      },
    ],
    ['negative lr', () => new optim.Adam([leaf(1)], { lr: -1 })],
    ['lr NaN', () => new optim.SGD([leaf(1)], { lr: Number.NaN })],
    ['lr as text', () => new optim.SGD([leaf(1)], { lr: wrong('0.1') })],
    ['negative lr of a group', () => new optim.Adam([{ params: [leaf(1)], lr: -1 }])],
    ['negative eps', () => new optim.Adam([leaf(1)], { eps: -1 })],
    ['beta 1', () => new optim.Adam([leaf(1)], { betas: [1, 0.9] })],
    ['second beta negative', () => new optim.AdamW([leaf(1)], { betas: [0.9, -0.1] })],
    ['a single beta', () => new optim.Adam([leaf(1)], { betas: wrong([0.9]) })],
    ['betas as numbers', () => new optim.Adam([leaf(1)], { betas: wrong(0.9) })],
    ['negative weight decay', () => new optim.AdamW([leaf(1)], { weightDecay: -1 })],
    ['negative momentum', () => new optim.SGD([leaf(1)], { momentum: -1 })],
    ['nesterov without momentum', () => new optim.SGD([leaf(1)], { nesterov: true })],
    [
      'nesterov with dampening',
      () => new optim.SGD([leaf(1)], { nesterov: true, momentum: 0.9, dampening: 0.1 }),
    ],
  ])('%s', (_, make) => {
    expect(make).toThrow(invalid());
  });

  test('a list of a group is its own', () => {
    const [first, second] = [new optim.Adam([leaf(1)]), new optim.Adam([leaf(1)])];
    first.paramGroups[0]!.betas[0] = 0;
    expect(second.paramGroups[0]!.betas).toEqual([0.9, 0.999]);
    expect(new optim.Adam([leaf(1)]).paramGroups[0]!.betas).toEqual([0.9, 0.999]);
    expect(first.defaults.betas).toEqual([0.9, 0.999]);
  });

  test.each(optimizers)('%s: a rate in a tensor', (name) => {
    const [p, q] = [leaf(1), leaf(1)];
    const rate = torch.tensor(0.25);
    const optimizers = [new optim[name]([p], { lr: rate }), new optim[name]([q], { lr: 0.25 })];
    const schedules = optimizers.map((each) => new optim.lrScheduler.StepLR(each, 1));
    for (let i = 1; i < 4; i++) {
      for (const param of [p, q]) param.grad = torch.tensor([i]);
      for (const optimizer of optimizers) optimizer.step();
      for (const schedule of schedules) schedule.step();
    }
    expect(p.item()).toBeCloseTo(q.item() as number, 6);
    expect(optimizers[0]!.paramGroups[0]!.lr).toBe(rate);
    expect(rate.item()).toBeCloseTo(0.25e-3, 9);
    expect(() => new optim[name]([p], { lr: torch.tensor(-1) })).toThrow(invalid());
    expect(() => new optim[name]([p], { lr: torch.ones(2) })).toThrow(invalid());
  });

  test('a parameter twice in a group is warned of', () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const p = leaf(1);
    new optim.SGD([p, p]);
    expect(warn).toHaveBeenCalledWith(expect.stringContaining('duplicate parameters'));
    warn.mockRestore();
  });
});

describe('step', () => {
  test('calls the closure with gradients on, and returns its loss', () => {
    const p = leaf(2);
    const optimizer = new optim.SGD([p], { lr: 0.5 });
    const loss = torch.noGrad(() =>
      optimizer.step(() => {
        optimizer.zeroGrad();
        const value = p.square().sum();
        value.backward();
        return value;
      }),
    );
    expect(loss?.item()).toBe(4);
    expect(p.item()).toBe(0);
    expect(optimizer.step()).toBe(undefined);
  });

  test('leaves parameters without gradients alone, and makes no state for them', () => {
    const [a, b] = [leaf(1), leaf(1)];
    const optimizer = new optim.Adam([a, b], { lr: 0.1 });
    a.grad = torch.ones(1);
    optimizer.step();
    expect(b.item()).toBe(1);
    expect([...optimizer.state.keys()]).toEqual([a]);
  });

  test('follows options that change between steps', () => {
    const p = leaf(1);
    const optimizer = new optim.SGD([p], { lr: 1 });
    p.grad = torch.ones(1);
    optimizer.step();
    (optimizer.paramGroups[0] as { lr: number }).lr = 0.5;
    optimizer.step();
    expect(p.item()).toBe(-0.5);
  });

  test.each(optimizers)('%s keeps its state out of scopes, and nothing else', async (name) => {
    const p = leaf(1, 2, 3);
    const options = name === 'SGD' ? { momentum: 0.9, weightDecay: 0.1, nesterov: true } : {};
    const optimizer = new optim[name]([p], options);
    const step = (): void =>
      torch.tidy(() => {
        optimizer.zeroGrad();
        p.square().sum().backward();
        optimizer.step();
      });
    step();
    const tensors = await tensorsInUse();
    for (let i = 0; i < 50; i++) step();
    expect(await tensorsInUse()).toBe(tensors);
  });

  test('a gradient is not changed by nesterov, weight decay or maximize', () => {
    const p = leaf(1);
    const options = { momentum: 0.9, nesterov: true, weightDecay: 0.5, maximize: true };
    const optimizer = new optim.SGD([p], options);
    p.grad = torch.full([1], 3);
    for (let i = 0; i < 3; i++) optimizer.step();
    expect(p.grad?.item()).toBe(3);
  });
});

describe('zeroGrad', () => {
  test('clears, or sets to zero', () => {
    const p = leaf(1);
    const optimizer = new optim.SGD([p]);
    p.grad = torch.ones(1);
    optimizer.zeroGrad({ setToNone: false });
    expect(p.grad?.item()).toBe(0);
    optimizer.zeroGrad();
    expect(p.grad).toBe(null);
  });
});

describe('state dicts', () => {
  function trained() {
    const p = leaf(1, 2);
    const optimizer = new optim.Adam([p], { lr: 0.1 });
    p.grad = torch.ones(2);
    optimizer.step();
    return { p, optimizer };
  }

  test('have Python’s structure', () => {
    const { optimizer } = trained();
    const saved = optimizer.stateDict();
    expect(Object.keys(saved)).toEqual(['state', 'param_groups']);
    const { state, param_groups } = saved;
    expect(Object.keys(state)).toEqual(['0']);
    expect(state.get(0)).toBe(state[0]);
    expect(Object.keys(state[0] ?? {})).toEqual(['step', 'exp_avg', 'exp_avg_sq']);
    expect(state[0]?.step?.item()).toBe(1);
    expect(param_groups).toEqual([
      {
        lr: 0.1,
        betas: [0.9, 0.999],
        eps: 1e-8,
        weight_decay: 0,
        amsgrad: false,
        maximize: false,
        foreach: null,
        capturable: false,
        differentiable: false,
        fused: null,
        decoupled_weight_decay: false,
        params: [0],
      },
    ]);
  });

  test('are copied when loaded, in the parameter’s dtype, with all options', () => {
    const { optimizer } = trained();
    const q = torch.tensor([1, 2], { dtype: 'float64', requiresGrad: true });
    const other = new optim.Adam([q], { lr: 5, eps: 1 });
    other.loadStateDict(optimizer.stateDict());
    expect(other.paramGroups[0]).toMatchObject({ lr: 0.1, eps: 1e-8 });
    const loaded = other.state.get(q);
    expect([loaded?.expAvg?.dtype, loaded?.step?.dtype]).toEqual(['float64', 'float32']);
    (optimizer.paramGroups[0] as { betas: number[] }).betas[0] = 0;
    expect(other.paramGroups[0]?.betas[0]).toBe(0.9);
    q.grad = torch.ones([2], { dtype: 'float64' });
    other.step();
    expect(loaded?.step?.item()).toBe(2);
    expect(optimizer.stateDict().state[0]?.step?.item()).toBe(1);
  });

  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['an empty object', {}],
    ['other groups', { state: {}, paramGroups: [] }],
    ['no state', { paramGroups: [{ params: [0] }] }],
    ['another number of parameters', { state: {}, paramGroups: [{ lr: 1, params: [0, 1] }] }],
    [
      'an option out of range',
      { state: {}, paramGroups: [{ lr: -1, betas: [0, 0], eps: 0, weightDecay: 0, params: [0] }] },
    ],
  ])('refuse %s, and change nothing', (_, state) => {
    const { p, optimizer } = trained();
    const before = optimizer.state.get(p);
    expect(() => optimizer.loadStateDict(wrong(state))).toThrow(invalid());
    expect(optimizer.state.get(p)).toBe(before);
    expect(optimizer.paramGroups[0]?.lr).toBe(0.1);
  });
});
