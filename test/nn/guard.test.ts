import { expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { coded } from '../coded.js';

const { nn } = torch;
const layers = {
  linear: () => new nn.Linear(2, 2),
  conv: () => new nn.Conv2d(1, 1, 3),
  norm: () => new nn.BatchNorm2d(3),
  subsampling: () => new nn.TrainableSubsampling(3),
};
const wrong = [
  () => torch.zeros(2, 2),
  () => [1, 2],
  () => 5,
  () => 'x',
  () => new Map(),
  () => true,
];

test.each(Object.entries(layers))('%s: what is no parameter does not take its place', (_, make) => {
  for (const name of ['weight', 'bias']) {
    for (const value of wrong) {
      const layer = make() as unknown as Record<string, unknown> & torch.nn.Module;
      const before = layer[name];
      expect(() => {
        layer[name] = value();
      }).toThrow(coded('ERR_INVALID_ARG', new RegExp(`parameter '${name}'`)));
      expect(layer[name]).toBe(before);
    }
  }
});

test('a parameter, another one, null, and a module take the place', () => {
  const layer = new nn.Linear(2, 2) as unknown as Record<string, unknown> & torch.nn.Linear;
  const other = new nn.Parameter(torch.ones(2, 2));
  layer.weight = other;
  layer.bias = null;
  expect([...layer.namedParameters()].map(([name]) => name)).toEqual(['weight']);
  expect(layer.forward(torch.ones(1, 2)).tolist()).toEqual([[2, 2]]);
  expect(Object.keys(layer.stateDict())).toEqual(['weight']);
});

test('a network of its own is guarded when its members were listed', () => {
  class Net extends nn.Module {
    scale: unknown = new nn.Parameter(torch.ones(2));
    layer: unknown = new nn.Linear(2, 2);
    forward(x: torch.Tensor) {
      return x;
    }
  }
  const net = new Net();
  expect([...net.parameters()]).toHaveLength(3);
  for (const value of wrong) {
    expect(() => {
      net.scale = value();
    }).toThrow(coded('ERR_INVALID_ARG', /parameter 'scale'/));
    expect(() => {
      net.layer = value();
    }).toThrow(coded('ERR_INVALID_ARG', /child module 'layer'/));
  }
  net.layer = new nn.ReLU();
  net.scale = null;
  net.registerBuffer('scale', torch.zeros(2));
  expect([...net.parameters()]).toHaveLength(0);
  expect([...net.buffers()]).toHaveLength(1);
});
