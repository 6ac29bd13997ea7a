import { expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import type { Module } from '../../lib/nn/index.js';

const { nn, optim } = torch;

const hidden: Record<string, () => Module> = {
  'a private field': () =>
    new (class Net extends nn.Module {
      seen = new nn.Linear(4, 3);
      #hidden = new nn.Linear(3, 2);
      forward(x: torch.Tensor) {
        return this.#hidden.forward(this.seen.forward(x));
      }
    })(),
  'an array': () =>
    new (class Net extends nn.Module {
      seen = new nn.Linear(4, 3);
      layers = [new nn.Linear(3, 2)];
      forward(x: torch.Tensor) {
        return this.layers[0]!.forward(this.seen.forward(x));
      }
    })(),
  'a parameter in a map': () =>
    new (class Net extends nn.Module {
      seen = new nn.Linear(4, 2);
      map = new Map([['scale', new nn.Parameter(torch.ones(2))]]);
      forward(x: torch.Tensor) {
        return this.seen.forward(x).mul(this.map.get('scale')!);
      }
    })(),
};

async function warningsOf(net: Module, engine: 'auto' | 'eager'): Promise<string[]> {
  const warnings: string[] = [];
  const listen = (warning: Error & { code?: string }) => {
    if (warning.code === 'WARN_UNLISTED_PARAMETERS') warnings.push(warning.message);
  };
  process.on('warning', listen);
  const batches = [[torch.rand(3, 4), torch.tensor([0n, 1n, 1n])]] as never;
  const optimizer = new optim.SGD(net.parameters());
  await torch.train(net, batches, batches, 3, optimizer, 'cpu', 2, { log: null, engine });
  await new Promise(setImmediate);
  process.off('warning', listen);
  return warnings;
}

test.each(
  Object.keys(hidden).flatMap(
    (where) =>
      [
        [where, 'auto'],
        [where, 'eager'],
      ] as const,
  ),
)('a layer in %s is told of once (%s)', async (where, engine) => {
  const warnings = await warningsOf(hidden[where]!(), engine);
  expect(warnings).toHaveLength(1);
  expect(warnings[0]).toMatch(/neither trained nor saved/);
});

test('a model that lists all, frozen parameters too, is not warned of', async () => {
  const net = new nn.Sequential(new nn.Linear(4, 3), new nn.ReLU(), new nn.Linear(3, 2));
  [...net.parameters()][0]!.requiresGrad = false;
  expect(await warningsOf(net, 'eager')).toEqual([]);
});
