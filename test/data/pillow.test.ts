import { crc32 } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import * as torch from '../../lib/index.js';
import { resizeByProducts, resizeBytes } from '../../lib/transforms/pillow.js';
import { recorded } from '../recorded.js';

const { FashionMNIST, transforms } = torch.data;

interface Case {
  from: [number, number];
  to: [number, number];
  pixels: string;
  resized: string;
}

describe("bytes resized as by Pillow's BILINEAR, bit for bit", () => {
  test.each(recorded<Case[]>('resized'))('$from to $to', ({ from, to, pixels, resized }) => {
    const bytes = new Uint8Array(Buffer.from(pixels, 'base64'));
    const wanted = Buffer.from(resized, 'base64');
    const image = torch.tensor(bytes, { shape: from });
    expect(Buffer.from(resizeBytes(image, to).data() as Uint8Array).equals(wanted)).toBe(true);
    expect(resizeByProducts(image, to).equal(resizeBytes(image, to))).toBe(true);
    // Three channels of two images are six times the same, on their own memory or not.
    const six = image.expand(2, 3, ...from);
    const made = new transforms.Resize(to, { antialias: 'pillow' }).forward(six);
    expect(made.shape).toEqual([2, 3, ...to]);
    expect(made.equal(resizeBytes(image, to).expand(2, 3, ...to))).toBe(true);
  });

  test('hundreds of sizes', () => {
    const sizes = recorded<[number, number, number, number, number][]>('resized_sizes');
    const wrong = sizes.filter(([height, width, toHeight, toWidth, sum]) => {
      const at = 97 * height + width;
      const pixels = Uint8Array.from(
        { length: height * width },
        (_, i) => Math.imul(i + at, 2_654_435_761) >>> 24,
      );
      const image = torch.tensor(pixels, { shape: [height, width] });
      const made = resizeBytes(image, [toHeight, toWidth]);
      const isSame = resizeByProducts(image, [toHeight, toWidth]).equal(made);
      return !isSame || crc32(made.data() as Uint8Array) !== sum;
    });
    expect(wrong).toEqual([]);
    expect(sizes.length).toBeGreaterThan(800);
  });
});

test('many images are what each is alone', () => {
  torch.manualSeed(0);
  const images = torch.randint(0, 256, [3000, 1, 28, 28], { dtype: 'uint8' });
  const all = resizeBytes(images, [20, 20]);
  for (const index of [0, 1, 1500, 2999]) {
    expect(resizeBytes(images.select(0, index), [20, 20]).equal(all.select(0, index))).toBe(true);
  }
  expect(resizeBytes(images.narrow(0, 0, 0), [20, 20]).shape).toEqual([0, 1, 20, 20]);
});

test('batches of Fashion-MNIST are resized so before they are scaled', () => {
  const plain = new FashionMNIST({ train: false });
  const transform = new transforms.Compose([new transforms.Resize(20), new transforms.ToTensor()]);
  const [images] = new FashionMNIST({ train: false, transform }).getBatch(torch.arange(8));
  const bytes = resizeBytes(plain.images.narrow(0, 0, 8), [20, 20]);
  expect(images.equal(bytes.to('float32').div(255))).toBe(true);
});

test('a forward pass that resizes bytes is not followed, and is right', async () => {
  class Net extends torch.nn.Module {
    net = new torch.LeNet();
    resize = new transforms.Resize(28, { antialias: 'pillow' });
    forward(images: torch.Tensor): torch.Tensor {
      return this.net.forward(this.resize.forward(images).to('float32').div(255));
    }
  }
  torch.manualSeed(0);
  const net = new Net();
  const images = torch.randint(0, 256, [5, 1, 32, 32], { dtype: 'uint8' });
  const wanted = torch.noGrad(() => net.forward(images));
  const scores = await torch.predict(net, images);
  expect(scores.allclose(wanted)).toBe(true);
});
