import { expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { invalid } from '../coded.js';

const { FashionMNIST, transforms } = torch.data;
const { Compose, Normalize, Pad, ToTensor } = transforms;

// biome-ignore lint/suspicious/noExplicitAny: wrong arguments on purpose
const wrong = (value: unknown): any => value;

test('Pad adds pixels of one value on every side, whatever the dtype', () => {
  const image = torch.tensor(Uint8Array.of(1, 2), { shape: [1, 1, 1, 2] });
  const padded = new Pad([1, 2], { fill: 9 }).forward(image);
  expect(padded.dtype).toBe('uint8');
  const row = [9, 9, 9, 9];
  expect(padded.tolist()).toEqual([[[row, row, [9, 1, 2, 9], row, row]]]);
  expect(
    new Pad(1)
      .forward(torch.ones(1, 1, 1, 1))
      .sum()
      .item(),
  ).toBe(1);
});

test.each<[string, () => unknown]>([
  ['Pad: padding: .* got 0.5', () => new Pad(0.5)],
  ['Pad: padding: .* got \\[1, 2, 3\\]', () => new Pad(wrong([1, 2, 3]))],
  ["Pad: padding: .* got '2'", () => new Pad(wrong('2'))],
  ['Pad: fill: expected a number, got null', () => new Pad(1, { fill: wrong(null) })],
])('%s', (message, make) => {
  expect(make).toThrow(invalid(new RegExp(message)));
});

// A table stands for the steps pixel by pixel at the beginning; the others follow it.
test.each([
  ['pixel by pixel, then not', [new ToTensor(), new Normalize(0.5, 0.5), new Pad(2)]],
  ['not, then pixel by pixel', [new Pad(2), new ToTensor()]],
  ['in turn', [new ToTensor(), new Pad(1), new Normalize(0.5, 0.5)]],
  ['bytes all the way', [new Pad(1)]],
  ['nothing at all', []],
])('batches of Fashion-MNIST are what its examples are: %s', (_, steps) => {
  const dataset = new FashionMNIST({ train: false, transform: new Compose(steps) });
  const [images, labels] = dataset.getBatch(torch.tensor([3n, 0n]));
  for (const [row, index] of [3, 0].entries()) {
    const [image, label] = dataset.get(index);
    expect(images!.select(0, row).equal(image)).toBe(true);
    expect(labels!.at(row).item()).toBe(label.item());
  }
});
