import { describe, expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { coded, invalid } from '../coded.js';
import { Parts, states } from './parts.js';

const { nn } = torch;

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

describe('old and converted files load as in Python', () => {
  const counter = 'norm.num_batches_tracked';
  const changes: Record<string, (state: Record<string, torch.Tensor>) => void> = {
    'no counter': (state) => {
      delete state[counter];
    },
    'a list of one': (state) => {
      state[counter] = torch.tensor([7n]);
    },
    'a list of two': (state) => {
      state[counter] = torch.tensor([7n, 8n]);
    },
    'a matrix of one': (state) => {
      state[counter] = torch.tensor([[7n]]);
    },
    'a fraction': (state) => {
      state[counter] = torch.tensor(7.5);
    },
  };
  test.each(Object.entries(states.old))('%s', (name, wanted) => {
    const net = new Parts();
    const state = Object.fromEntries(
      Object.entries(net.stateDict()).map(([key, value]) => [key, value.clone()]),
    );
    changes[name]!(state);
    if (typeof wanted === 'string') {
      expect(() => net.loadStateDict(state)).toThrow(coded('ERR_STATE_DICT', wanted));
      return;
    }
    const { missingKeys, unexpectedKeys } = net.loadStateDict(new Map(Object.entries(state)));
    const count = Number(net.norm.numBatchesTracked?.item());
    expect({ missing: missingKeys, unexpected: unexpectedKeys, count }).toEqual(wanted);
  });

  test('what is no tensor is named as Python names it', () => {
    const values = [
      5,
      0.5,
      true,
      null,
      'x',
      [1, 2],
      Object.freeze([1, 2]),
      { a: 1 },
      new Uint8Array(1),
      new Set([1]),
    ];
    const found = values.map((value) => {
      const net = new Parts();
      try {
        return net.loadStateDict({ ...net.stateDict(), scale: value as never });
      } catch (error) {
        return (error as Error).message;
      }
    });
    expect(found).toEqual(states.kinds);
  });
});

describe('a state is used whole, or refused', () => {
  const good = () => new nn.Linear(1, 1).stateDict();
  class Own {
    weight = torch.zeros(1, 1);
    bias = torch.zeros(1);
  }
  test.each<[string, () => unknown]>([
    ['a Promise', () => Promise.resolve(good())],
    ['a list of pairs', () => Object.entries(good())],
    ['a list of tensors', () => Object.values(good())],
    ['a module', () => new nn.Linear(1, 1)],
    ['an object of a class', () => new Own()],
    ['a Set', () => new Set(Object.values(good()))],
    ['an iterator', () => Object.entries(good()).values()],
    ['a Map with numbers as keys', () => new Map([[0, torch.zeros(1)]])],
  ])('%s', (_, state) => {
    for (const strict of [true, false]) {
      expect(() => new nn.Linear(1, 1).loadStateDict(state() as never, { strict })).toThrow(
        invalid(),
      );
    }
  });

  test('an entry that is a Promise', () => {
    const state = { ...good(), bias: Promise.resolve(torch.zeros(1)) as never };
    expect(() => new nn.Linear(1, 1).loadStateDict(state)).toThrow(
      coded('ERR_STATE_DICT', 'await it'),
    );
  });
});

describe('members are replaced by their kind, and networks converted, as in Python', () => {
  test('registerParameter and registerModule', () => {
    const net = new Parts();
    const scale = new nn.Parameter(torch.zeros(3));
    net.registerParameter('scale', scale);
    expect(net.scale).toBe(scale);
    net.registerParameter('scale', null);
    expect([...net.namedParameters()].map(([name]) => name)).not.toContain('scale');
    const head = new nn.Sequential(new nn.ReLU());
    net.registerModule('head', head);
    expect(net.head).toBe(head);
    expect(() => net.registerParameter('head', scale)).toThrow(invalid('already exists'));
    expect(() => net.registerModule('forward', head)).toThrow(invalid('already exists'));
  });

  test.each(['complex64', 'complex128', 'float8_e5m2', 'bfloat16'] as const)('to %s', (dtype) => {
    const net = new nn.Sequential(new nn.Linear(1, 1), new nn.BatchNorm2d(1)).to(dtype);
    expect(net.stateDict()['0.weight']?.dtype).toBe(dtype);
    expect(net.stateDict()['1.num_batches_tracked']?.dtype).toBe('int64');
  });

  test('batch normalisation wants eps, takes no channels, and prints large numbers in Python’s way', () => {
    const x = torch.zeros([2, 1, 2, 2]);
    expect(() => new nn.BatchNorm2d(1, { eps: 0 }).forward(x)).toThrow(invalid('positive'));
    const none = nn.functional.batchNorm(torch.zeros([2, 0]), null, null, { training: true });
    expect(none.shape).toEqual([2, 0]);
    expect(String(new nn.BatchNorm2d(1, { eps: 1e16 }))).toContain('eps=1e+16');
  });

  test('initialisation of what has no elements', () => {
    const { init } = nn;
    expect(init.calculateGain('conv_transpose2d')).toBe(1);
    expect(init.kaimingUniform_(torch.empty(3, 0)).shape).toEqual([3, 0]);
    expect(init.kaimingNormal_(torch.empty(0, 3)).shape).toEqual([0, 3]);
    expect(() => init.xavierNormal_(torch.empty(0, 0))).toThrow(invalid());
    expect(init.xavierNormal_(torch.empty(0, 3)).shape).toEqual([0, 3]);
  });
});
