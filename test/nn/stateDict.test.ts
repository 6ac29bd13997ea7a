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
