import { describe, expect, test } from 'vitest';

import * as torch from '../../../lib/index.js';
import { invalid } from '../../coded.js';
import { recorded } from '../../recorded.js';

interface Case {
  name: string;
  file: string;
  pixels: string;
}

const { decodeImage, prepareImage } = torch.data;
const bytesOf = (base64: string): Uint8Array => Buffer.from(base64, 'base64');

// One level of 255: decoders and libtorch's resampling round in other places than Pillow.
describe('files become the pixels that Pillow makes of them', () => {
  test.each([...recorded<Case[]>('images'), ...recorded<Case[]>('headers')])(
    '$name',
    async ({ name, file, pixels }) => {
      const actual = prepareImage(await decodeImage(bytesOf(file), name));
      const wanted = bytesOf(pixels);
      expect(actual.length).toBe(wanted.length);
      expect(Math.max(...actual.map((value, i) => Math.abs(value - wanted[i]!)))).toBeLessThan(2);
    },
  );
});

describe('inversion', () => {
  const image = (border: number, inside: number) => {
    const data = new Uint8Array(28 * 28).fill(border);
    for (let y = 1; y < 27; y++) data.fill(inside, y * 28 + 1, y * 28 + 27);
    return { data, width: 28, height: 28 };
  };

  test('auto goes by the border alone', () => {
    expect(prepareImage(image(128, 0))[0]).toBe(127);
    expect(prepareImage(image(127, 255))[0]).toBe(127);
    expect(prepareImage(image(127, 255))[29]).toBe(255);
  });

  test('can be forced and forbidden', () => {
    expect(prepareImage(image(0, 10), { invert: true })[29]).toBe(245);
    expect(prepareImage(image(255, 10), { invert: false })[0]).toBe(255);
  });

  test('leaves the image given as it was', () => {
    const light = image(200, 3);
    prepareImage(light);
    expect(light.data[0]).toBe(200);
  });
});

test('another size', () => {
  const data = new Uint8Array(64).fill(9);
  const pixels = prepareImage({ data, width: 8, height: 8 }, { size: [2, 4] });
  expect([...pixels]).toEqual([0, 9, 9, 0, 0, 9, 9, 0]);
});

test('ImageData, as browsers and canvases have it', () => {
  const data = new Uint8ClampedArray(4 * 28 * 28).fill(100);
  const opaque = data.map((value, i) => (i % 4 === 3 ? 255 : value));
  expect(prepareImage({ data: opaque, width: 28, height: 28 })[5]).toBe(100);
});

describe('errors', () => {
  test.each<[string, object, RegExp]>([
    ['a length that fits no channels', { data: new Uint8Array(7), width: 2, height: 1 }, /7 bytes/],
    ['other channels', { data: new Uint8Array(5), width: 1, height: 1, channels: 5 }, /for 5/],
    ['no pixels', { data: new Uint8Array(0), width: 0, height: 0 }, /integers ≥ 1/],
    ['numbers that are no bytes', { data: [1], width: 1, height: 1 }, /with bytes/],
  ])('%s', (_, image, message) => {
    expect(() => prepareImage(image as never)).toThrow(invalid(message));
  });

  const grey = { data: new Uint8Array(1), width: 1, height: 1 };
  test.each<[string, object, RegExp]>([
    ['one size', { size: 28 }, /size: expected \[height, width\]/],
    ['a size of 0', { size: [0, 28] }, /got \[ 0, 28 \]/],
    ['another inversion', { invert: 'yes' }, /'auto', true or false, got 'yes'/],
  ])('%s', (_, options, message) => {
    expect(() => prepareImage(grey, options)).toThrow(invalid(message));
  });
});
