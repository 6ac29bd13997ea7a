// DistributedDataParallel in a group of one: what it is as a module, and what it refuses.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { coded } from '../coded.js';
import { isCollected } from '../garbage.js';

const { distributed, draw, nn } = torch;
const { DistributedDataParallel } = nn.parallel;

beforeEach(async () => {
  const store = new distributed.HashStore();
  await distributed.initProcessGroup('gloo', { store, rank: 0, worldSize: 1 });
});
afterEach(async () => {
  if (distributed.isInitialized()) await distributed.destroyProcessGroup();
});

const linear = () => new nn.Linear(2, 2);
const x = () => torch.ones([3, 2]);

test('refuses what it cannot average', async () => {
  const frozen = linear();
  for (const parameter of frozen.parameters()) parameter.requiresGrad = false;
  for (const module of [new nn.ReLU(), frozen]) {
    expect(() => new DistributedDataParallel(module)).toThrow(
      coded('ERR_INVALID_ARG', 'no parameter that requires a gradient'),
    );
  }
  for (const options of [{ deviceIds: [0] }, { staticGraph: true }, { bucketCapMb: 0 }]) {
    expect(() => new DistributedDataParallel(linear(), options as object)).toThrow(
      coded('ERR_INVALID_ARG', Object.keys(options)[0]!),
    );
  }
  expect(() => new DistributedDataParallel(x() as never)).toThrow(
    coded('ERR_INVALID_ARG', 'Module'),
  );
  await distributed.destroyProcessGroup();
  expect(() => new DistributedDataParallel(linear())).toThrow(
    coded('ERR_DISTRIBUTED_CLOSED', 'initProcessGroup'),
  );
});

test('an argument more than the module takes is refused', () => {
  const forward = (...all: unknown[]) =>
    new DistributedDataParallel(linear()).forward(...(all as [torch.Tensor]));
  expect(forward(x()).shape).toEqual([3, 2]);
  expect(() => forward(x(), 1)).toThrow(coded('ERR_INVALID_ARG', /takes at most 1/));
});

test('a converted module is refused, also when it is converted back', () => {
  const net = new DistributedDataParallel(linear());
  for (const dtype of ['float64', 'float32'] as const) {
    net.to(dtype);
    expect(() => net.forward(x().to(dtype))).toThrow(
      coded('ERR_INVALID_ARG', 'weight has been converted'),
    );
  }
  expect(torch.noGrad(() => net.forward(x()).shape)).toEqual([3, 2]);
});

test('the last of several forward passes is averaged, and the ones before add up', () => {
  const net = new DistributedDataParallel(linear());
  const [first, second] = [net.forward(x()).sum(), net.forward(x()).sum()];
  second.backward();
  first.backward();
  expect(net.module.bias!.grad!.tolist()).toEqual([6, 6]);
  net.forward(x()).sum().backward();
  expect(net.module.bias!.grad!.tolist()).toEqual([9, 9]);
});

test('results that a loss leaves out, in arrays and objects', () => {
  class Heads extends nn.Module {
    a = linear();
    b = linear();
    forward(input: torch.Tensor) {
      const [a, b] = [this.a.forward(input), this.b.forward(input)];
      return { all: [a, { b }], input, name: 'heads', set: new Set([a]) };
    }
  }
  const net = new DistributedDataParallel(new Heads(), { findUnusedParameters: true });
  for (let i = 0; i < 2; i++) {
    const input = x();
    const { all, name, input: same, set } = net.forward(input);
    expect([name, same === input, set.size]).toEqual(['heads', true, 1]);
    (all[0] as torch.Tensor).sum().backward();
  }
  expect(net.module.a.bias!.grad!.tolist()).toEqual([6, 6]);
  expect(net.module.b.bias!.grad).toBe(null);
});

test('join gives what its function gives, and throws what it throws', async () => {
  const net = new DistributedDataParallel(linear());
  expect(await net.join(() => 5)).toBe(5);
  expect(await net.join(async () => 'a', { enable: false })).toBe('a');
  const mine = new Error('mine');
  const fail = () => {
    throw mine;
  };
  await expect(net.join(fail)).rejects.toBe(mine);
  // What was refused meanwhile is not any more.
  await distributed.allReduce(torch.ones([1]));
  await expect(net.join(() => net.join(() => {}))).rejects.toThrow(
    coded('ERR_DISTRIBUTED_MISMATCH', 'join: '),
  );
  await expect(net.join(5 as never)).rejects.toThrow(coded('ERR_INVALID_ARG', 'join: fn'));
});

test('noSync restores what was, also after an error and a promise', async () => {
  const net = new DistributedDataParallel(linear());
  expect(net.noSync(() => net.averages)).toBe(false);
  expect(net.averages).toBe(true);
  expect(() =>
    net.noSync(() => {
      throw new Error('mine');
    }),
  ).toThrow('mine');
  expect(net.averages).toBe(true);
  const waiting = net.noSync(async () => {
    await null;
    return net.averages;
  });
  expect(net.averages).toBe(false);
  expect(await waiting).toBe(false);
  expect(net.averages).toBe(true);
});

test('its state has names with module., its module has not', async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'lenet-parallel-'));
  try {
    const net = new DistributedDataParallel(linear());
    const file = path.join(folder, 'state.pt');
    await torch.save(net.stateDict(), file);
    const state = (await torch.load(file)) as torch.nn.StateDict;
    expect(Object.keys(state)).toEqual(['module.weight', 'module.bias']);
    const other = new DistributedDataParallel(linear());
    other.loadStateDict(state);
    expect(other.module.weight.tolist()).toEqual(net.module.weight.tolist());
    expect(() => other.module.loadStateDict(state)).toThrow(
      coded('ERR_STATE_DICT', 'module.weight'),
    );
    other.module.loadStateDict(linear().stateDict());
    // What is loaded is what goes on being averaged.
    other.forward(x()).sum().backward();
    expect(other.module.bias!.grad!.tolist()).toEqual([3, 3]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('summaries and drawings are those of the module', () => {
  const net = new DistributedDataParallel(new torch.LeNet());
  const rows = (module: torch.nn.Module) =>
    torch.summary(module, [1, 28, 28]).layers.map(({ parameters }) => parameters);
  expect(rows(net)).toEqual(rows(net.module));
  const svg = (module: torch.nn.Module) =>
    String(draw.architecture(module)).replace(/DistributedDataParallel|LeNet/g, '');
  expect(svg(net)).toBe(svg(net.module));
  expect(String(net)).toMatch(/^DistributedDataParallel\(\n {2}\(module\): LeNet\(/);
});

test('a group that is destroyed: nothing is averaged, and nothing pretends to be', async () => {
  const net = new DistributedDataParallel(linear());
  const loss = net.forward(x()).sum();
  await distributed.destroyProcessGroup();
  expect(() => loss.backward()).toThrow(coded('ERR_DISTRIBUTED_CLOSED', 'backward: '));
  expect(() => net.forward(x())).toThrow(coded('ERR_DISTRIBUTED_CLOSED', 'destroyed'));
  await expect(net.join(() => {})).rejects.toThrow(coded('ERR_DISTRIBUTED_CLOSED', 'destroyed'));
});

test('a model that is garbage leaves its module as it was, before and after its group', async () => {
  const module = linear();
  const make = () => new WeakRef(new DistributedDataParallel(module));
  expect(await isCollected(make())).toBe(true);
  module.forward(x()).sum().backward();
  expect(module.bias!.grad!.tolist()).toEqual([3, 3]);
  const later = make();
  await distributed.destroyProcessGroup();
  expect(await isCollected(later)).toBe(true);
  module.forward(x()).sum().backward();
  expect(module.bias!.grad!.tolist()).toEqual([6, 6]);
});

test('a loss whose model is garbage is averaged all the same', async () => {
  const module = linear();
  const make = () => {
    const model = new DistributedDataParallel(module);
    return { loss: model.forward(x()).sum(), model: new WeakRef(model) };
  };
  const { loss, model } = make();
  expect(await isCollected(model)).toBe(true);
  await distributed.destroyProcessGroup();
  // Otherwise it would be this rank's own, without a word.
  expect(() => loss.backward()).toThrow(coded('ERR_DISTRIBUTED_CLOSED', 'backward: '));
});
