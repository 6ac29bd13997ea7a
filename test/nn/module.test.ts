import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { coded, invalid } from '../coded.js';
import { Parts, states } from './parts.js';

const { nn } = torch;

describe('members equal Python’s, with shared modules and parameters', () => {
  const net = new Parts();
  const names = (members: Iterable<[string, unknown]>): string[] => [...members].map(([n]) => n);

  test('names', () => {
    expect(names(net.namedParameters())).toEqual(states.parameters);
    expect(names(net.namedBuffers())).toEqual(states.buffers);
    expect(names(net.namedModules())).toEqual(states.modules);
    expect(names(net.namedChildren())).toEqual(states.children);
    expect(names(net.namedParameters({ recurse: false }))).toEqual(states.ownParameters);
    expect(Object.keys(net.stateDict())).toEqual(states.keys);
  });

  test('lists without names', () => {
    expect([...net.parameters()].length).toBe(states.parameters.length);
    expect([...net.buffers()].length).toBe(states.buffers.length);
    expect([...net.modules()].length).toBe(states.modules.length);
    expect([...net.children()].length).toBe(states.children.length);
  });

  test('apply visits children first', () => {
    const visited: string[] = [];
    expect(net.apply((module) => visited.push(module.constructor.name))).toBe(net);
    expect(visited).toEqual(states.applied);
  });

  test('text', () => {
    expect(inspect(net)).toBe(states.repr);
    expect(inspect(new nn.Parameter(torch.tensor([1, 2])))).toBe(states.parameter);
  });
});

describe('members follow the fields', () => {
  class Late extends nn.Module {
    a: torch.nn.Linear | null = new nn.Linear(1, 1);
    list = [new nn.Linear(1, 1)];
    forward(): void {}
  }

  test('a field set to null is no member, and comes back at its place', () => {
    const net = new Late();
    net.registerModule('b', new nn.ReLU());
    net.a = null;
    expect([...net.namedChildren()].map(([name]) => name)).toEqual(['b']);
    net.a = new nn.Linear(2, 2);
    expect([...net.namedChildren()].map(([name]) => name)).toEqual(['a', 'b']);
    expect(Object.keys(net.stateDict())).toEqual(['a.weight', 'a.bias']);
  });

  test('a deleted field is no member', () => {
    const net = new Late();
    Reflect.deleteProperty(net, 'a');
    expect([...net.parameters()]).toEqual([]);
  });

  test('plain tensors and arrays are not members', () => {
    const net = new Late();
    Reflect.set(net, 'plain', torch.ones(2));
    expect([...net.namedParameters()].map(([name]) => name)).toEqual(['a.weight', 'a.bias']);
    expect([...net.buffers()]).toEqual([]);
  });

  test('a registered name may be registered again as a buffer, and be null', () => {
    const net = new Late();
    net.registerBuffer('buffer', null);
    expect([...net.buffers()]).toEqual([]);
    const value = torch.ones(1);
    net.registerBuffer('buffer', value);
    net.registerBuffer('buffer', value);
    expect([...net.buffers()]).toEqual([value]);
    expect(Object.keys(net.stateDict())).toContain('buffer');
  });

  test.each([
    ['a name in use', (net: Late) => net.registerBuffer('a', torch.ones(1))],
    ['a method’s name', (net: Late) => net.registerParameter('forward', null)],
    ['a name with a dot', (net: Late) => net.registerModule('x.y', new nn.ReLU())],
    ['an empty name', (net: Late) => net.registerModule('', new nn.ReLU())],
    ['a number as name', (net: Late) => net.registerBuffer(1 as never, torch.ones(1))],
    ['no tensor', (net: Late) => net.registerBuffer('x', 3 as never)],
    ['no parameter', (net: Late) => net.registerParameter('x', torch.ones(1) as never as null)],
    ['no module', (net: Late) => net.registerModule('x', {} as never)],
  ])('refuses %s', (_, register) => {
    const net = new Late();
    const before = Object.keys(net);
    expect(() => register(net)).toThrow(invalid());
    expect(Object.keys(net)).toEqual(before);
  });
});

describe('modes, gradients, dtypes', () => {
  test('train and eval reach every module', () => {
    const net = new Parts();
    expect(net.eval()).toBe(net);
    expect([...net.modules()].some((module) => module.training)).toBe(false);
    net.train();
    expect([...net.modules()].every((module) => module.training)).toBe(true);
    expect(() => net.train(1 as never)).toThrow(invalid());
  });

  test('zeroGrad clears, or sets to zero', () => {
    const net = new nn.Linear(2, 1);
    net.forward(torch.ones(1, 2)).sum().backward();
    const { grad } = net.weight;
    net.zeroGrad({ setToNone: false });
    expect(net.weight.grad).toBe(grad);
    expect(net.weight.grad?.tolist()).toEqual([[0, 0]]);
    net.zeroGrad();
    expect(net.weight.grad).toBe(null);
  });

  test('requiresGrad_ freezes', () => {
    const net = new nn.Linear(2, 1).requiresGrad_(false);
    expect([...net.parameters()].some((parameter) => parameter.requiresGrad)).toBe(false);
    expect(net.forward(torch.ones(1, 2)).requiresGrad).toBe(false);
  });

  test('to keeps parameters and gradients as objects, and integers as integers', () => {
    const net = new Parts();
    net.forward(torch.ones(1, 2)).sum().backward();
    const before = [...net.parameters()];
    const grads = before.map(({ grad }) => grad);
    const values = before.map((parameter) => parameter.tolist());
    expect(net.to('float64')).toBe(net);
    expect([...net.parameters()]).toEqual(before);
    expect(before.every(({ dtype, isLeaf }) => dtype === 'float64' && isLeaf)).toBe(true);
    expect(before.map(({ grad }) => grad)).toEqual(grads);
    expect(grads.every((grad) => grad === null || grad.dtype === 'float64')).toBe(true);
    expect(before.map((parameter) => parameter.tolist())).toEqual(values);
    expect(net.norm.runningMean?.dtype).toBe('float64');
    expect(net.norm.numBatchesTracked?.dtype).toBe('int64');
    net.zeroGrad();
    const output = net.forward(torch.ones([1, 2], { dtype: 'float64' }));
    output.sum().backward();
    expect(output.dtype).toBe('float64');
    expect(before.some(({ grad }) => grad?.dtype === 'float64')).toBe(true);
  });

  test('to where it is already changes nothing', () => {
    const net = new nn.BatchNorm2d(2);
    const { runningMean } = net;
    net.cpu().float();
    expect(net.runningMean).toBe(runningMean);
  });

  test('an optimizer made before a move goes on working', () => {
    const net = new nn.Linear(1, 1);
    const optimizer = new torch.optim.SGD(net.parameters(), { lr: 1 });
    net.double();
    const before = Number(net.bias?.item());
    net
      .forward(torch.ones([1, 1], { dtype: 'float64' }))
      .sum()
      .backward();
    optimizer.step();
    expect(net.bias?.item()).toBe(before - 1);
  });

  test.each(['int64', 'bool', 'uint8'])('refuses to become %s', (dtype) => {
    expect(() => new nn.Linear(1, 1).to(dtype)).toThrow(invalid());
  });

  test('refuses an unknown device, and CUDA where there is none', () => {
    const net = new nn.Linear(1, 1);
    expect(() => net.to('tpu')).toThrow(invalid());
    if (torch.cuda.isAvailable()) return;
    expect(() => net.cuda()).toThrow(coded('ERR_CUDA_UNAVAILABLE'));
    expect(net.weight.device).toBe(torch.device('cpu'));
  });
});
