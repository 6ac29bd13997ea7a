// In what runs differ, as the page's table has it.
import { expect, test } from 'vitest';

import { differences } from '../../lib/live/page/differences.js';

type Runs = Parameters<typeof differences>[0];
const run = (name: string, configuration: object): Runs[number] => ({
  name,
  configuration: { ...configuration },
});
const found = (...runs: Runs) =>
  Object.fromEntries([...differences(runs)].map(([key, values]) => [key, [...values.values()]]));

test('settings that differ, by their shortest names', () => {
  const of = (lr: number, seed: string) => ({
    ...{ seed, created: `at ${lr}`, epochs: lr },
    optimizer: { name: 'Adam', groups: [{ lr }] },
    options: { lr, epochs: lr },
  });
  expect(found(run('a', of(0.1, '1')), run('b', of(0.2, '1')))).toEqual({ lr: ['0.1', '0.2'] });
  expect(found(run('a', of(0.1, '1')), run('b', of(0.1, '2')))).toEqual({ seed: ['1', '2'] });
});

test('of networks their names, and the layers that not all have', () => {
  const of = (name: string, activation: string) => ({
    model: {
      name,
      text: ['Net(', '  (conv): Conv2d(1, 6)', `  (act): ${activation}()`, ')'],
      state: { [`${activation}.weight`]: 'float32 [6]' },
    },
    options: { model: `/somewhere/${name}.js` },
  });
  expect(found(run('a', of('net', 'Tanh')), run('b', of('net', 'ReLU')))).toEqual({
    layers: ['(act): Tanh()', '(act): ReLU()'],
  });
  expect(found(run('a', of('one', 'Tanh')), run('b', of('two', 'Tanh')))).toEqual({
    model: ['one', 'two'],
  });
});
