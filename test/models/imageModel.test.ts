import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import type { ImageModel } from '../../lib/models/imageModel.js';
import { coded, invalid } from '../coded.js';
import { loaderOf, randomData } from '../engine/variants.js';
import { temporaryFolder } from '../folder.js';

const { nn } = torch;

// A user's own, which says what it takes and what its files say of it.
class Own extends nn.Module {
  readonly inputShape: readonly number[] = [1, 28, 28];
  readonly squash = 'relu';
  layers: torch.nn.Sequential;
  constructor(readonly depth: unknown) {
    super();
    this.layers = new nn.Sequential(new nn.Flatten(), new nn.Linear(784, 10));
  }
  forward(images: torch.Tensor): torch.Tensor {
    return this.layers.forward(images);
  }
  override extraMetadata(): Record<string, string> {
    return { depth: this.depth as string, model: 'something else' };
  }
}

test.each<[string, () => ImageModel]>([
  ['LeNet', () => new torch.LeNet()],
  ['LeNet5', () => new torch.LeNet5()],
])('%s takes what it says', (_, make) => {
  const net = make();
  const bytes = torch.zeros([2, 1, 28, 28], { dtype: 'uint8' });
  const images = net.transform().forward(bytes);
  expect([images.dtype, images.shape]).toEqual(['float32', [2, ...net.inputShape]]);
  expect((net.forward as (x: torch.Tensor) => torch.Tensor)(images).shape).toEqual([2, 10]);
});

describe('files of weights', () => {
  async function trained(net: torch.nn.Module): Promise<string> {
    const dir = join(temporaryFolder(), 'run');
    const run = await torch.Run.create(dir);
    const iter = loaderOf(randomData({}, 8), 4);
    const optimizer = new torch.optim.SGD(net.parameters());
    await torch.train(net, iter, iter, 4, optimizer, 'cpu', 1, { log: null, run });
    return dir;
  }
  function metadataIn(dir: string): Record<string, string> {
    const bytes = readFileSync(join(dir, 'best.safetensors'));
    const end = 8 + Number(bytes.readBigUInt64LE());
    return JSON.parse(bytes.subarray(8, end).toString()).__metadata__;
  }

  test('carry the metadata that a network gives, and nothing else of it', async () => {
    const metadata = metadataIn(await trained(new Own('2')));
    expect(metadata).toMatchObject({ model: 'own', depth: '2' });
    expect(metadata).not.toHaveProperty('squash');
  });

  test.each(['sigmoid', 'tanh'] as const)('of LeNet5 say %s', (squash) => {
    expect(new torch.LeNet5({ squash }).extraMetadata()).toEqual({ squash });
  });

  test('metadata that is none is said before a step is taken', async () => {
    const net = new Own(2);
    const before = net.layers.stateDict()['1.weight']!.tolist();
    await expect(trained(net)).rejects.toThrow(
      invalid(
        "Own.extraMetadata: expected texts by name, got { depth: 2, model: 'something else' }",
      ),
    );
    expect(net.layers.stateDict()['1.weight']!.tolist()).toEqual(before);
  });
});

describe('exportOnnx', () => {
  const write = (net: torch.nn.Module, options?: object) =>
    torch.exportOnnx(net, join(temporaryFolder(), 'net.onnx'), options);

  test('takes the shape that a network says it takes', async () => {
    await write(new Own('2'));
    await write(new torch.LeNet5(), {});
    const other = Object.assign(new Own('2'), { inputShape: [1, 5, 5] });
    await expect(write(other)).rejects.toThrow(coded('ERR_LIBTORCH'));
    await write(other, { inputShape: [1, 28, 28] });
  });

  test('wants one of a network that does not say it', async () => {
    await expect(write(new nn.Linear(2, 2))).rejects.toThrow(invalid('inputShape'));
  });
});
