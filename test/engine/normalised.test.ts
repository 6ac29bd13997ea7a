// Batch normalisation by running statistics: the fused engine computes it as part of the layer before it.
import { describe, expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { loaderOf } from './variants.js';

const { nn } = torch;
type Tensor = torch.Tensor;

const relu = () => new nn.ReLU();
const count = 20;

// Of the networks whose normalisation differs: without a bias before it, without weights of its own, with another
// eps, behind convolutions of each method and behind linear layers.
const networks: Record<string, () => torch.nn.Module[]> = {
  'chapter, normalised': () => [
    new nn.Conv2d(1, 6, 5, { padding: 2 }),
    new nn.BatchNorm2d(6),
    new nn.Sigmoid(),
    new nn.MaxPool2d(2),
    new nn.Conv2d(6, 16, 5, { bias: false }),
    new nn.BatchNorm2d(16),
    new nn.Sigmoid(),
    new nn.MaxPool2d(2),
    new nn.Flatten(),
    new nn.Linear(16 * 5 * 5, 120),
    new nn.BatchNorm1d(120),
    new nn.Sigmoid(),
    new nn.Linear(120, 84),
    new nn.Sigmoid(),
    new nn.Linear(84, 10),
  ],
  'of 3×3, nothing behind the last normalisation': () => [
    new nn.Conv2d(1, 12, 3, { bias: false }),
    new nn.BatchNorm2d(12, { affine: false }),
    relu(),
    new nn.Conv2d(12, 9, 3, { padding: 1, bias: false }),
    new nn.BatchNorm2d(9, { eps: 0.1 }),
    new nn.AvgPool2d(2),
    new nn.Flatten(),
    new nn.Linear(9 * 13 * 13, 10, { bias: false }),
    new nn.BatchNorm1d(10),
    new nn.Linear(10, 10),
  ],
  perceptron: () => [
    new nn.Flatten(),
    new nn.Linear(784, 30),
    new nn.BatchNorm1d(30, { momentum: null }),
    new nn.Tanh(),
    new nn.Linear(30, 10),
  ],
};

// With statistics and weights that are nobody's defaults.
function made(layers: () => torch.nn.Module[]): torch.nn.Sequential {
  torch.manualSeed(5);
  const net = new nn.Sequential(...layers());
  torch.noGrad(() => {
    for (const module of net.modules()) {
      if (!(module instanceof nn.BatchNorm1d || module instanceof nn.BatchNorm2d)) continue;
      module.runningMean!.normal_();
      module.runningVar!.uniform_(0.2, 3);
      module.weight?.normal_();
      module.bias?.normal_();
    }
  });
  return net;
}

const images = torch.rand(count, 1, 28, 28).keep();
const labels = torch.randint(0, 10, [count]).keep();

async function difference(net: torch.nn.Module): Promise<number> {
  const fused = await torch.predict(net, images, { engine: 'fused' });
  const eager = await torch.predict(net, images, { engine: 'eager' });
  return torch.tidy(() => Number(fused.sub(eager).norm().div(eager.norm()).item()));
}

describe.each(Object.entries(networks))('%s', (_, layers) => {
  test('predictions are those of the operators, within rounding', async () => {
    expect(await difference(made(layers))).toBeLessThan(2e-6);
  });

  test('evaluation goes the same way', async () => {
    const net = made(layers);
    const loader = loaderOf([images, labels], count);
    const figures = (engine: 'fused' | 'eager') => torch.evaluate(loader, net, 'cpu', { engine });
    expect(await figures('fused')).toEqual(await figures('eager'));
  });

  test('what is trained or set afterwards counts at the next call', async () => {
    const net = made(layers);
    await difference(net);
    const norm = [...net.modules()].find((each) => 'runningVar' in each) as torch.nn.BatchNorm2d;
    const before = await torch.predict(net, images);
    torch.noGrad(() => norm.runningVar!.mul_(4));
    const after = await torch.predict(net, images);
    expect(torch.equal(before, after)).toBe(false);
    expect(await difference(net)).toBeLessThan(2e-6);
    const optimizer = new torch.optim.SGD(net.parameters(), { lr: 0.1 });
    const history = await torch.train(
      net,
      loaderOf([images, labels], 10),
      loaderOf([images, labels], 10),
      10,
      optimizer,
      'cpu',
      1,
      { log: null },
    );
    expect(history.epochs[0]!.engine).toBe('eager');
    expect(await difference(net)).toBeLessThan(2e-6);
  });
});

test.each<[string, () => torch.nn.Module[], RegExp]>([
  [
    'statistics of the batch',
    () => [new nn.Conv2d(1, 2, 3), new nn.BatchNorm2d(2, { trackRunningStats: false })],
    /batch_norm: it learns the statistics of the batch/,
  ],
  [
    'behind an activation',
    () => [new nn.Conv2d(1, 2, 3), relu(), new nn.BatchNorm2d(2)],
    /batch_norm: a convolution, pooling, an activation or flatten is expected here/,
  ],
])('%s: eager, with the reason', async (_, layers, reason) => {
  const net = new nn.Sequential(...layers(), new nn.Flatten(), new nn.Linear(2 * 26 * 26, 10));
  const asked = torch.predict(net, images as Tensor, { engine: 'fused' });
  await expect(asked).rejects.toMatchObject({ code: 'ERR_ENGINE_UNSUPPORTED' });
  await expect(torch.predict(net, images, { engine: 'fused' })).rejects.toThrow(reason);
  await torch.predict(net, images);
});
