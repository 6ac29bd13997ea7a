import { expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { beginning, restoreCheckpoint } from '../../lib/run/checkpoint.js';

test('a checkpoint of the first versions, with their names of the optimizer’s state, is restored', () => {
  const make = () => {
    const net = new torch.nn.Linear(2, 1);
    return { net, optimizer: new torch.optim.Adam(net.parameters(), { lr: 0.1 }) };
  };
  const step = ({ net, optimizer }: ReturnType<typeof make>): void => {
    optimizer.zeroGrad();
    net
      .forward(torch.ones([1, 2]))
      .sum()
      .backward();
    optimizer.step();
  };
  const first = make();
  step(first);
  const tensors: Record<string, torch.Tensor> = {};
  for (const [name, tensor] of Object.entries(first.net.stateDict())) {
    tensors[`model.${name}`] = tensor.clone();
  }
  [...first.optimizer.state.values()].forEach((state, number) => {
    for (const [key, value] of Object.entries(state)) {
      tensors[`optimizer.${number}.${key}`] = value!.clone();
    }
  });
  const keys = { step: true, expAvg: true, expAvgSq: true };
  const { params: _, ...options } = first.optimizer.paramGroups[0]!;
  const optimizer = { paramGroups: [{ ...options, params: [0, 1] }], states: { 0: keys, 1: keys } };
  const second = make();
  const checkpoint = { path: '', state: beginning(), tensors, optimizer, sums: new Map() };
  restoreCheckpoint(checkpoint, second.net, second.optimizer as never);
  step(first);
  step(second);
  expect(second.net.weight.equal(first.net.weight)).toBe(true);
});
