import { describe, expect, test } from 'vitest';

import { holds } from '../../lib/argument/holds.js';
import * as torch from '../../lib/index.js';
import { capturableSteps, fusedRulesOf } from '../../lib/optim/claims.js';
import type { FusedRule } from '../../lib/optim/rule.js';
import { loaderOf, randomData } from '../engine/variants.js';

const { Adam, AdamW, Optimizer, RMSprop, SGD } = torch.optim;

test('what is said holds for who says it and for heirs that change nothing of it', () => {
  class Says {
    claim() {}
    act() {}
  }
  class Heir extends Says {
    other() {}
  }
  class Changed extends Says {
    override act() {}
  }
  class SaysAnew extends Changed {
    override claim() {}
  }
  class ChangedAgain extends SaysAnew {
    override act() {}
  }
  const replaced = Object.assign(new Says(), { act() {} });
  const both = Object.assign(new Says(), { act() {}, claim() {} });
  const held = [new Says(), new Heir(), new SaysAnew(), both];
  const lost = [new Changed(), new ChangedAgain(), replaced, { act() {} }, {}];
  expect(held.map((each) => holds(each, 'claim', ['act']))).toEqual([true, true, true, true]);
  expect(lost.map((each) => holds(each, 'claim', ['act']))).toEqual(lost.map(() => false));
});

const parameter = () => [new torch.nn.Parameter(torch.ones(2))];

// A user's own: climbs or descends by the gradient's sign.
class Signs extends Optimizer<{ lr: number }> {
  constructor(params: Iterable<torch.Tensor>) {
    super(params, { lr: 0.125 });
  }
  protected override updateGroup({ lr }: { lr: number }, params: torch.Tensor[]): void {
    for (const param of params) param.sub_(param.grad!.sign().mul(lr));
  }
}

// A user's own that the fused engine knows under another name.
class Plain extends Optimizer<{ rate: number }> {
  asked = 0;
  constructor(params: Iterable<torch.Tensor>) {
    super(params, { rate: 0.125 });
  }
  protected override updateGroup({ rate }: { rate: number }, params: torch.Tensor[]): void {
    for (const param of params) param.sub_(param.grad!.mul(rate));
  }
  override fusedRule({ rate: lr }: { rate: number }): FusedRule {
    this.asked++;
    const rest = { weightDecay: 0, momentum: 0, dampening: 0, nesterov: false };
    return { algorithm: 'sgd', lr, ...rest, states: {} };
  }
}

// A user's own with Adam's means under names of its own.
class Moments extends Adam {
  protected override update(params: torch.Tensor[], settings: never): void {
    super.update(params, settings);
    for (const param of params) param.mul_(2);
  }
}

class Constructed extends AdamW {
  constructor(params: Iterable<torch.Tensor>) {
    super(params, { weightDecay: 0 });
  }
}

async function trained(make: (net: torch.nn.Module) => torch.optim.Optimizer<never>, engine = '') {
  torch.manualSeed(3);
  const net = new torch.LeNet();
  const iter = loaderOf(randomData({}, 8), 4);
  const options = { log: null, ...(engine && { engine: engine as 'eager' }) };
  const optimizer = make(net);
  const { epochs } = await torch.train(net, iter, iter, 4, optimizer, 'cpu', 2, options);
  const last = epochs[1]!;
  return { ...last, optimizer, bias: [...net.parameters()].at(-1)!.tolist() as number[] };
}

describe('the fused engine', () => {
  test('asks the optimizer of its rule', async () => {
    const make = (net: torch.nn.Module) => new Plain(net.parameters()) as never;
    const [fused, eager] = [await trained(make), await trained(make, 'eager')];
    expect([fused.engine, eager.engine]).toEqual(['fused', 'eager']);
    expect((fused.optimizer as unknown as Plain).asked).toBeGreaterThan(0);
    fused.bias.forEach((value, i) => {
      expect(value).toBeCloseTo(eager.bias[i]!, 5);
    });
  });

  test('takes an heir that changes nothing of the step, and an AdamW without decay', async () => {
    const fused = await trained((net) => new Constructed(net.parameters()) as never);
    expect(fused.engine).toBe('fused');
  });

  test.each<[string, (net: torch.nn.Module) => torch.optim.Optimizer<never>, string]>([
    [
      'that says nothing',
      (net) => new Signs(net.parameters()) as never,
      'the optimizer Signs has no rule for the fused engine',
    ],
    [
      'whose class changes the step of another',
      (net) => new Moments(net.parameters()) as never,
      'the optimizer Moments has a step of its own',
    ],
    [
      'whose step was replaced',
      (net) => Object.assign(new SGD(net.parameters()), { step: () => undefined }) as never,
      'the optimizer SGD has a step of its own',
    ],
  ])('leaves alone one %s', async (_, make, reason) => {
    expect(await trained(make)).toMatchObject({ engine: 'eager', engineReason: reason });
  });

  test('is told settings as they are now, a tensor as its number', () => {
    const optimizer = new SGD(parameter(), { momentum: 0.9 });
    Object.assign(optimizer.paramGroups[0]!, { lr: torch.tensor(0.5), dampening: 0.25 });
    const rule = { algorithm: 'sgd', weightDecay: 0, momentum: 0.9, nesterov: false };
    const states = { momentum: 'momentumBuffer' };
    expect(fusedRulesOf(optimizer)).toEqual([{ ...rule, lr: 0.5, dampening: 0.25, states }]);
  });
});

describe('every optimizer says to the engines what it is', () => {
  const matrix = () => [new torch.nn.Parameter(torch.ones(2, 2))];
  const all = Object.entries(torch.optim).filter(
    ([, value]) => typeof value === 'function' && value.prototype instanceof Optimizer,
  );
  const fused = ['Adam', 'AdamW', 'SGD'];
  const captured = [...fused, 'RMSprop'];

  test('all of them are looked at', () => expect(all.length).toBe(15));

  test.each(all)('%s', (name, Class) => {
    const optimizer = Reflect.construct(Class as new () => object, [matrix()]) as never;
    const rules = fusedRulesOf(optimizer);
    if (fused.includes(name)) expect(rules).toHaveLength(1);
    else expect(rules).toBe(`the optimizer ${name} has no rule for the fused engine`);
    const steps = capturableSteps(optimizer);
    if (captured.includes(name)) expect(steps).toBe(optimizer);
    else expect(steps).toBe(`the optimizer ${name} does not say that its steps can be captured`);
  });
});

describe('steps for a capture', () => {
  test.each([
    ['Adam', () => new Adam(parameter())],
    ['AdamW', () => new Constructed(parameter())],
    ['SGD', () => new SGD(parameter(), { momentum: 0.9 })],
    ['RMSprop', () => new RMSprop(parameter(), { momentum: 0.9 })],
  ])('%s gives them', (_, make) => {
    const optimizer = make();
    expect(capturableSteps(optimizer)).toBe(optimizer);
  });

  test.each([
    [new Signs(parameter()), 'the optimizer Signs does not say that its steps can be captured'],
    [new Moments(parameter()), 'the optimizer Moments has a step of its own'],
    [
      Object.assign(new Adam(parameter()), { zeroGrad: () => undefined }),
      'the optimizer Adam has a step of its own',
    ],
  ])('others do not', (optimizer, reason) => {
    expect(capturableSteps(optimizer as never)).toBe(reason);
  });

  test.each([
    ['Adam', (params: torch.Tensor[], lr: number) => new Adam(params, { lr, amsgrad: true })],
    ['SGD', (params: torch.Tensor[], lr: number) => new SGD(params, { lr, momentum: 0.9 })],
    ['RMSprop', (params: torch.Tensor[], lr: number) => new RMSprop(params, { lr })],
  ])('are those of %s with the rate in a tensor', (_, make) => {
    const [own, expected] = [parameter(), parameter()];
    const [first, second] = [make(own, 9), make(expected, 0.25)];
    const steps = capturableSteps(first as never);
    if (typeof steps === 'string') throw new Error(steps);
    steps.prepare();
    for (let i = 1; i < 4; i++) {
      for (const [param] of [own, expected]) param!.grad = torch.tensor([i, -i]);
      torch.noGrad(() => steps.stepWithRates([torch.tensor(0.25)]));
      second.step();
    }
    expect(own[0]!.tolist()).toEqual(expected[0]!.tolist());
  });
});
