// Whole batches of augmented images are Python's: its order, its draws, one image after another, pictures as Pillow's.
import { crc32 } from 'node:zlib';
import { describe, expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { recorded } from '../recorded.js';

const { DataLoader, FashionMNIST } = torch.data;
const { transforms } = torch;

type Step = [name: string, ...given: unknown[]];

interface Augmented {
  steps: Step[];
  batches: { shape: number[]; images: number; labels: number[] }[];
  after: number[];
}

const isSteps = (value: unknown): value is Step[] =>
  Array.isArray(value) && Array.isArray(value[0]);

function made([name, ...given]: Step): torch.transforms.Transform {
  const args = given.map((value) => (isSteps(value) ? value.map(made) : value));
  return Reflect.construct(Reflect.get(transforms, name), args);
}

describe('batches of Fashion-MNIST are what torchvision makes of them', () => {
  test.each(
    recorded<Augmented[]>('augmented').map((each) => [JSON.stringify(each.steps), each] as const),
  )('%s', (_, { steps, batches, after }) => {
    const transform = new transforms.Compose(steps.map(made));
    const dataset = new FashionMNIST({ train: false, transform });
    torch.manualSeed(0);
    let i = 0;
    for (const [images, labels] of new DataLoader(dataset, { batchSize: 32, shuffle: true })) {
      const wanted = batches[i++]!;
      expect(images.shape).toEqual(wanted.shape);
      expect(labels.tolist()).toEqual(wanted.labels);
      const values = images.contiguous().data() as Float32Array;
      const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
      expect(crc32(bytes)).toBe(wanted.images);
      if (i === batches.length) break;
    }
    expect(torch.rand(2).tolist()).toEqual(after);
  });
});
