// What PyTorch takes without a word and the fused engine could get wrong: memory that is shared, settings that a
// constructor would refuse. Fused or eager, the numbers are the eager ones.
import { beforeAll, describe, expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { loaderOf } from './variants.js';

const { nn, optim } = torch;
const { Adam, AdamW, SGD } = optim;
type Optimizer = torch.optim.Adam | torch.optim.AdamW | torch.optim.SGD;

let images: torch.Tensor;
let labels: torch.Tensor;
beforeAll(() => {
  torch.setNumThreads(1);
  torch.manualSeed(9);
  images = torch.randn(64, 1, 4, 4).keep();
  labels = torch.randint(0, 4, [64]).keep();
});

interface Case {
  readonly make: () => torch.nn.Module;
  readonly optimizer: (net: torch.nn.Module) => Optimizer;
}

async function trained(engine: 'auto' | 'eager', { make, optimizer }: Case) {
  torch.manualSeed(1);
  const net = make();
  const data = [images, labels] as const;
  const loaders = [loaderOf(data, 16), loaderOf(data, 64)] as const;
  const rest = [16, optimizer(net), 'cpu', 2, { engine, log: null }] as const;
  const { epochs } = await torch.train(net, ...loaders, ...rest);
  const parameters = [...net.parameters()].map((parameter) => parameter.detach().reshape(-1));
  const last = epochs.at(-1)!;
  return { ...last, parameters: torch.cat(parameters).tolist() as number[] };
}

async function agrees(given: Case) {
  const [eager, auto] = [await trained('eager', given), await trained('auto', given)];
  expect(eager.loss).toBeTypeOf('number');
  expect(Math.abs(auto.loss - eager.loss)).toBeLessThanOrEqual(1e-5 * Math.abs(eager.loss));
  const errors = auto.parameters.map((value, i) => Math.abs(value - eager.parameters[i]!));
  expect(Math.max(...errors)).toBeLessThan(1e-4);
  return auto;
}

const two = (change: (a: torch.nn.Linear, b: torch.nn.Linear) => void) => () => {
  const [a, b] = [new nn.Linear(16, 16), new nn.Linear(16, 16)];
  change(a, b);
  return new nn.Sequential(new nn.Flatten(), a, new nn.Tanh(), b, new nn.Linear(16, 4));
};
const views = (distance: number) =>
  two((a, b) => {
    const all = torch.randn(32, 16).mul(0.2).keep();
    a.weight = new nn.Parameter(all.narrow(0, 0, 16));
    b.weight = new nn.Parameter(all.narrow(0, distance, 16));
  });

describe.each<[string, Case['optimizer']]>([
  ['SGD', (net) => new SGD(net.parameters(), { lr: 0.1 })],
  ['Adam', (net) => new Adam(net.parameters(), { lr: 0.01 })],
])('memory, %s', (_, optimizer) => {
  test.each<[string, () => torch.nn.Module, 'eager' | 'fused']>([
    ['one', two((a, b) => (b.weight = new nn.Parameter(a.weight.detach()))), 'eager'],
    ['overlapping views', views(8), 'eager'],
    ['views side by side', views(16), 'fused'],
  ])('%s', async (_, make, engine) => {
    const found = await agrees({ make, optimizer });
    expect(found.engine).toBe(engine);
    if (engine === 'eager') expect(found.engineReason).toMatch(/share memory/);
  });
});

const perceptron = (bias: boolean) => () =>
  new nn.Sequential(
    new nn.Flatten(),
    new nn.Linear(16, 9, { bias }),
    new nn.Tanh(),
    new nn.Linear(9, 4),
  );

test.each([
  ['Adam', Adam],
  ['AdamW', AdamW],
] as const)('%s without eps, and a layer without a bias', async (_, Class) => {
  const optimizer: Case['optimizer'] = (net) => new Class(net.parameters(), { lr: 0.01, eps: 0 });
  expect((await agrees({ make: perceptron(false), optimizer })).engine).toBe('fused');
});

// Of one group of two.
const settings: Record<string, [options: object, engine: 'eager' | 'fused']> = {
  'nesterov without a momentum': [{ nesterov: true }, 'fused'],
  'nesterov with dampening': [{ nesterov: true, momentum: 0.9, dampening: 0.1 }, 'fused'],
  'a negative lr': [{ lr: -0.001 }, 'eager'],
  'a negative weight decay': [{ weightDecay: -0.01 }, 'eager'],
  'a negative momentum': [{ momentum: -0.1 }, 'eager'],
};

test.each(Object.entries(settings))('SGD, later %s', async (_, [options, engine]) => {
  const optimizer: Case['optimizer'] = (net) => {
    const [first, ...others] = [...net.parameters()];
    const made = new SGD([{ params: [first!] }, { params: others }], { lr: 0.02, momentum: 0.5 });
    // A group without a momentum beside one with it would be of another kind.
    for (const group of made.paramGroups) Object.assign(group, { momentum: 0 }, options);
    return made;
  };
  expect((await agrees({ make: perceptron(true), optimizer })).engine).toBe(engine);
});

test.each<[string, object]>([
  ['beta1', { betas: [-0.1, 0.999] }],
  ['eps', { eps: -1e-9 }],
  ['lr', { lr: -0.001 }],
])('Adam, later with strange %s', async (name, options) => {
  const optimizer: Case['optimizer'] = (net) => {
    const made = new Adam(net.parameters(), { lr: 0.01 });
    Object.assign(made.paramGroups[0]!, options);
    return made;
  };
  const found = await agrees({ make: perceptron(true), optimizer });
  expect([found.engine, found.engineReason]).toEqual([
    'eager',
    expect.stringMatching(new RegExp(`the optimizer's ${name} is -`)),
  ]);
});

test('SiLU of what is far below zero', async () => {
  const net = new (class extends nn.Module {
    readonly last = new nn.Linear(4, 4, { bias: false });
    forward(x: torch.Tensor): torch.Tensor {
      return this.last.forward((torch.ops.aten.silu!(x) as torch.Tensor).flatten(1));
    }
  })();
  torch.noGrad(() => net.last.weight.copy_(torch.eye(4)));
  for (const least of [-3e38, -1e37, -110, -104, -90]) {
    const x = torch.tensor([[[[least, least / 2, 0, 1]]]]);
    const fused = await torch.predict(net, x, { engine: 'fused' });
    const eager = torch.noGrad(() => net.forward(x));
    expect(fused.sub(eager).abs().max().item()).toBeLessThan(1e-6);
  }
  const infinite = torch.tensor([[[[Number.NEGATIVE_INFINITY, 0, 0, 0]]]]);
  const found = (await torch.predict(net, infinite, { engine: 'fused' })).isnan().any();
  expect(found.item()).toBe(
    torch
      .noGrad(() => net.forward(infinite))
      .isnan()
      .any()
      .item(),
  );
});
