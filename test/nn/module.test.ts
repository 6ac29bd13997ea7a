import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { coded, invalid } from '../coded.js';
import { recorded } from '../recorded.js';

const { nn } = torch;

interface States {
  repr: string;
  keys: string[];
  parameters: string[];
  buffers: string[];
  modules: string[];
  children: string[];
  ownParameters: string[];
  applied: string[];
  failures: Record<string, string>;
  parameter: string;
}

const states = recorded<States>('states');

// The same network as in scripts/reference.py.
class Parts extends nn.Module {
  scale = new nn.Parameter(torch.ones(2));
  norm: torch.nn.BatchNorm2d;
  blocks: torch.nn.ModuleList<torch.nn.Linear>;
  head: torch.nn.Sequential;
  absent = null;

  constructor() {
    super();
    this.registerBuffer('mask', torch.zeros(3));
    this.registerBuffer('scratch', torch.zeros(1), { persistent: false });
    this.norm = new nn.BatchNorm2d(2);
    const shared = new nn.Linear(2, 2);
    this.blocks = new nn.ModuleList([shared, new nn.Linear(2, 2, { bias: false }), shared]);
    const inner = new nn.Linear(2, 2);
    inner.weight = this.blocks.at(1).weight;
    this.head = new nn.Sequential(new nn.ReLU(), new nn.Sequential(inner, new nn.Dropout()));
  }

  forward(x: torch.Tensor): torch.Tensor {
    return this.head.forward(x);
  }
}

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

describe('state dicts', () => {
  test.each(Object.keys(states.failures))('a mismatch is Python’s message: %s', (name) => {
    const net = new Parts();
    const state = net.stateDict();
    const zeros = (...shape: number[]): torch.Tensor => torch.zeros(shape);
    if (name === 'missing') delete state.mask;
    if (name === 'unexpected') Object.assign(state, { 'a.b': zeros(1), c: zeros(1) });
    if (name === 'size') state.scale = zeros(3);
    if (name === 'several') {
      for (const key of ['scale', 'blocks.0.bias', 'norm.running_mean']) delete state[key];
      Object.assign(state, {
        'head.1.0.extra': zeros(1),
        'other.weight': zeros(1),
        extra: zeros(1),
        mask: zeros(4),
        'head.1.0.weight': zeros(2, 3),
      });
    }
    const wanted = { code: 'ERR_STATE_DICT', message: states.failures[name] };
    expect(() => net.loadStateDict(state)).toThrow(expect.objectContaining(wanted));
  });

  test('values come back bit by bit, into the same objects', () => {
    const [from, to] = [new torch.LeNet(), new torch.LeNet()];
    const parameters = [...to.parameters()];
    expect(to.loadStateDict(from.stateDict())).toEqual({ missingKeys: [], unexpectedKeys: [] });
    expect([...to.parameters()]).toEqual(parameters);
    for (const [key, tensor] of Object.entries(to.stateDict())) {
      expect(tensor.equal(from.stateDict()[key] as torch.Tensor)).toBe(true);
    }
    expect(parameters.every((parameter) => parameter.requiresGrad && parameter.isLeaf)).toBe(true);
  });

  test('other dtypes are converted', () => {
    const net = new nn.Linear(1, 2);
    const weight = torch.tensor([[1], [2]], { dtype: 'float64' });
    net.loadStateDict({ weight, bias: torch.tensor([3n, 4n]) });
    expect(net.weight.tolist()).toEqual([[1], [2]]);
    expect([net.bias?.dtype, net.bias?.tolist()]).toEqual(['float32', [3, 4]]);
  });

  test('without strict the rest is loaded, but sizes must fit', () => {
    const net = new nn.Linear(1, 1);
    const found = net.loadStateDict(
      { weight: torch.full([1, 1], 5), x: torch.ones(1) },
      { strict: false },
    );
    expect(found).toEqual({ missingKeys: ['bias'], unexpectedKeys: ['x'] });
    expect(net.weight.item()).toBe(5);
    expect(() => net.loadStateDict({ weight: torch.ones(2) }, { strict: false })).toThrow(
      coded('ERR_STATE_DICT'),
    );
  });

  test('shares memory with the module, and outlives scopes', () => {
    const net = new nn.Linear(1, 1);
    const state = torch.tidy(() => {
      const found = net.stateDict();
      torch.noGrad(() => net.weight.fill_(9));
      return { ...found };
    });
    expect(state.weight?.item()).toBe(9);
    expect(state.weight?.requiresGrad).toBe(false);
  });

  test.each([null, undefined, 3, 'x', torch.ones(1)])('refuses %s instead of a dict', (state) => {
    expect(() => new nn.Linear(1, 1).loadStateDict(state as never)).toThrow(invalid());
  });

  test('an entry that is no tensor is named', () => {
    const state = { weight: 3 as never, bias: torch.zeros(1) };
    expect(() => new nn.Linear(1, 1).loadStateDict(state)).toThrow(
      /"weight", expected torch.Tensor/,
    );
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

describe('parameters', () => {
  test('outlive the scope they are made in, and leave nothing behind', () => {
    const before = torch.memory().tensors;
    const net = torch.tidy(() => new nn.Conv2d(1, 1, 3));
    expect(net.weight.isDisposed).toBe(false);
    expect(torch.memory().tensors).toBe(before + 2);
  });

  test('share memory with their tensor', () => {
    const data = torch.zeros(2);
    const parameter = new nn.Parameter(data);
    data.fill_(4);
    expect(parameter.tolist()).toEqual([4, 4]);
    expect(parameter instanceof torch.Tensor && parameter instanceof nn.Parameter).toBe(true);
    expect(data instanceof nn.Parameter).toBe(false);
  });

  test('refuse what cannot have gradients', () => {
    expect(() => new nn.Parameter(3 as never)).toThrow(invalid());
    expect(() => new nn.Parameter(torch.tensor([1n]))).toThrow(coded('ERR_LIBTORCH'));
    expect(new nn.Parameter(torch.tensor([1n]), false).dtype).toBe('int64');
  });
});

describe('containers', () => {
  test('Sequential is a list of modules', () => {
    const relu = new nn.ReLU();
    const net = new nn.Sequential(new nn.Linear(2, 2), relu);
    expect([net.length, net.at(-1), [...net].length]).toEqual([2, relu, 2]);
    expect(net.append(new nn.Flatten()).length).toBe(3);
    expect(new nn.Sequential().forward(3 as never)).toBe(3);
  });

  test('ModuleList prints equal modules once', () => {
    const list = new nn.ModuleList([new nn.ReLU(), new nn.ReLU(), new nn.Tanh()]);
    expect(String(list)).toBe('ModuleList(\n  (0-1): 2 x ReLU()\n  (2): Tanh()\n)');
    expect(String(new nn.ModuleList())).toBe('ModuleList()');
    expect(list.extend([new nn.Tanh()]).length).toBe(4);
  });

  test.each([2, -3, 0.5, Number.NaN, '0'])('refuse the index %s', (index) => {
    const net = new nn.Sequential(new nn.ReLU(), new nn.ReLU());
    expect(() => net.at(index as number)).toThrow(invalid());
  });

  test('refuse what is no module', () => {
    expect(() => new nn.Sequential(((x: unknown) => x) as never)).toThrow(invalid());
    expect(() => new nn.ModuleList([null as never])).toThrow(invalid());
    expect(() => new nn.ModuleList([]).forward()).toThrow(invalid());
  });
});
