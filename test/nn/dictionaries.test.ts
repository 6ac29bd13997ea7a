// Texts and keys are PyTorch's.
import { describe, expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { coded, invalid } from '../coded.js';

const { nn } = torch;

class Parts extends nn.Module {
  l = new nn.ParameterList([torch.ones(2)]);
  d = new nn.ParameterDict({ x: torch.ones(1) });
  m = new nn.ModuleDict({ q: new nn.Linear(1, 1) });

  forward(): never {
    throw new Error('not called');
  }
}

test('print and name their parts as in Python', () => {
  const net = new Parts();
  expect(String(net)).toBe(`Parts(
  (l): ParameterList(  (0): Parameter containing: [torch.float32 of size 2])
  (d): ParameterDict(  (x): Parameter containing: [torch.FloatTensor of size 1])
  (m): ModuleDict(
    (q): Linear(in_features=1, out_features=1, bias=True)
  )
)`);
  expect(Object.keys(net.stateDict())).toEqual(['l.0', 'd.x', 'm.q.weight', 'm.q.bias']);
  expect([...net.namedModules()].map(([name]) => name)).toEqual(['', 'l', 'd', 'm', 'm.q']);
  const b = new nn.Parameter(torch.ones(1).double());
  expect(String(new nn.ParameterDict({ a: torch.ones(2, 3), b }))).toBe(`ParameterDict(
    (a): Parameter containing: [torch.FloatTensor of size 2x3]
    (b): Parameter containing: [torch.DoubleTensor of size 1]
)`);
  expect(String(new nn.ModuleDict())).toBe('ModuleDict()');
});

describe('Sequential', () => {
  const named = () => new nn.Sequential({ conv: new nn.Linear(2, 2), relu: new nn.ReLU() });

  test('has names of its own, which pop() gives up', () => {
    const net = named().append(new nn.Tanh());
    expect([...net.namedChildren()].map(([name]) => name)).toEqual(['conv', 'relu', '2']);
    expect(String(net.slice(1))).toBe('Sequential(\n  (relu): ReLU()\n  (2): Tanh()\n)');
    expect(net.pop(0)).toBeInstanceOf(nn.Linear);
    expect(String(net)).toBe('Sequential(\n  (0): ReLU()\n  (1): Tanh()\n)');
    expect(Object.keys(named().stateDict())).toEqual(['conv.weight', 'conv.bias']);
    expect(() => named().insert(0, new nn.ReLU())).toThrow(invalid('names of their own'));
    expect(() => new nn.Sequential({ 'a.b': new nn.ReLU() })).toThrow(invalid());
    expect(() => new nn.Sequential({ a: 1 as never })).toThrow(invalid());
  });

  test('is put together and taken apart', () => {
    const [relu, tanh, linear] = [new nn.ReLU(), new nn.Tanh(), new nn.Linear(1, 1)];
    const net = new nn.Sequential(relu).extend([tanh]).insert(1, linear);
    expect([...net]).toEqual([relu, linear, tanh]);
    expect(Object.keys(net.stateDict())).toEqual(['1.weight', '1.bias']);
    expect([...net.set(-1, relu)]).toEqual([relu, linear, relu]);
    expect([...net.insert(-1, tanh).slice(-2)]).toEqual([tanh, relu]);
    expect([net.pop(), net.length]).toEqual([relu, 3]);
    expect(() => net.insert(4, relu)).toThrow(invalid());
    expect(() => net.set(0, 1 as never)).toThrow(invalid());
    expect(() => new nn.Sequential().pop()).toThrow(invalid());
  });
});

test('dictionaries have a Map’s methods', () => {
  const linear = new nn.Linear(2, 2);
  const dict = new nn.ModuleDict<torch.nn.Module>([
    ['a', linear],
    ['b', new nn.ReLU()],
  ]);
  expect([[...dict], dict.get('a'), dict.has('c'), dict.length]).toEqual([
    ['a', 'b'],
    linear,
    false,
    2,
  ]);
  expect([...dict.update({ c: linear }).keys()]).toEqual(['a', 'b', 'c']);
  expect([dict.pop('a'), dict.delete('a'), dict.length]).toEqual([linear, false, 2]);
  expect([...new nn.ModuleDict(dict).entries()]).toEqual([...dict.entries()]);
  expect(() => dict.get('a')).toThrow(invalid('there are b,c'));
  expect(() => dict.set('a.b', linear)).toThrow(invalid());
  expect(() => dict.set('a', {} as never)).toThrow(invalid());
  expect(() => dict.forward()).toThrow(invalid());
  expect(() => new nn.ParameterDict({ a: 1 as never })).toThrow(invalid());
  dict.clear();
  expect(dict.length).toBe(0);
});

test('parameters in lists and dictionaries are learned', () => {
  const list = new nn.ParameterList([torch.ones(2)]).append(torch.ones(1));
  const dict = new nn.ParameterDict().set('w', torch.ones(3));
  expect([...list.parameters(), ...dict.parameters()].every((p) => p.requiresGrad)).toBe(true);
  list.set(-1, torch.zeros(4)).double();
  expect([list.at(1).shape, list.at(0).dtype]).toEqual([[4], 'float64']);
  expect(() => list.at(2)).toThrow(invalid());
  expect(() => new nn.ParameterList(torch.ones(2) as never)).toThrow(invalid());
  expect(() => list.loadStateDict({})).toThrow(coded('ERR_STATE_DICT'));
});

test('parts are found by dotted names', () => {
  const net = new nn.Sequential(new nn.Sequential(new nn.Linear(2, 2), new nn.BatchNorm2d(2)));
  expect(net.getSubmodule('')).toBe(net);
  expect(net.getSubmodule('0.1')).toBe(net.at(0).getSubmodule('1'));
  expect(net.getParameter('0.0.weight').shape).toEqual([2, 2]);
  expect(net.getBuffer('0.1.running_mean').shape).toEqual([2]);
  expect(() => net.getSubmodule('0.2')).toThrow(invalid("no attribute '2'"));
  expect(() => net.getSubmodule('0.0.weight')).toThrow(invalid('no Module'));
  expect(() => net.getSubmodule('0.0.weight.x')).toThrow(invalid());
  expect(() => net.getParameter('0.0')).toThrow(invalid('no Parameter'));
  expect(() => net.getBuffer('0.0.weight')).toThrow(invalid('no buffer'));
  net.addModule('more', new nn.ReLU());
  expect(net.getSubmodule('more')).toBeInstanceOf(nn.ReLU);
});
