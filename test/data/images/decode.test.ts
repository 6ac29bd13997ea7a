import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';

import { imagesIn } from '../../../lib/data/images/contents.js';
import * as torch from '../../../lib/index.js';
import { coded } from '../../coded.js';
import { recorded } from '../../recorded.js';

const { decodeImage } = torch.data;
const long = process.env.LENET_TORCH_LONG === '1';
const files = new Map(
  recorded<{ name: string; file: string }[]>('images').map(({ name, file }) => [
    name,
    Buffer.from(file, 'base64'),
  ]),
);
const file = (name: string): Buffer => files.get(name)!;

const wrong = (message: RegExp, code = 'ERR_IMAGE') => coded(code, message);

// A PNG's header says its size: width and height as 32-bit numbers from byte 16.
function resized(width: number, height: number): Buffer {
  const png = Buffer.from(file('grey.png'));
  png.writeUInt32BE(width, 16);
  png.writeUInt32BE(height, 20);
  return png;
}

test('decodes at once or on a thread, to the same', async () => {
  const { data, ...shape } = await decodeImage(file('rgba.png'));
  expect(shape).toEqual({ width: 60, height: 40, channels: 4 });
  expect(data.length).toBe(60 * 40 * 4);
  const large = await decodeImage(file('300x410.png'));
  expect(large).toMatchObject({ width: 300, height: 410, channels: 1 });
});

describe('errors name the file, what was expected and what came', () => {
  test.each<[string, Uint8Array, RegExp]>([
    ['no bytes', new Uint8Array(0), /^x: expected a PNG, JPEG or WebP, found no bytes$/],
    [
      'text',
      Buffer.from('%PDF-1.7 and more'),
      /found 17 bytes that begin with 255044462d312e37 \("%PDF-1\.7"\)$/,
    ],
    ['a PNG cut short', file('rgb.png').subarray(0, 100), /^x: expected a whole PNG, found a dam/],
    ['a PNG cut in its header', file('rgb.png').subarray(0, 12), /size in the PNG's header/],
    ['a JPEG cut short', file('grey.jpeg').subarray(0, 700), /^x: .*found no end: it is truncated/],
    ['a JPEG without its last byte', file('grey.jpeg').subarray(0, -1), /truncated/],
    ['a WebP cut short', file('lossy.webp').subarray(0, 200), /^x: expected a whole WebP/],
    ['30,000 pixels squared', resized(30_000, 30_000), /at most 100 million .* 30000×30000/],
    ['no width', resized(0, 7), /^x: /],
    [
      'a flipped byte',
      Buffer.from(file('rgb.png')).fill(1, 60, 61),
      /^x: .* found a damaged one \(Corrupt/,
    ],
  ])('%s', async (_, bytes, message) => {
    await expect(decodeImage(bytes, 'x')).rejects.toThrow(wrong(message));
  });

  test('not bytes', async () => {
    await expect(decodeImage('photo.png' as never)).rejects.toThrow(
      wrong(/expected a Uint8Array/, 'ERR_INVALID_ARG'),
    );
  });
});

test('a thumbnail’s end is not the end of its JPEG', async () => {
  const whole = file('grey.jpeg');
  const thumbnail = Buffer.concat([
    Buffer.from([0xff, 0xe1, 0, 6]),
    Buffer.from([1, 2, 0xff, 0xd9]),
  ]);
  const withThumbnail = Buffer.concat([whole.subarray(0, 2), thumbnail, whole.subarray(2)]);
  expect(await decodeImage(withThumbnail)).toEqual(await decodeImage(whole));
  await expect(decodeImage(withThumbnail.subarray(0, -1))).rejects.toThrow(wrong(/truncated/));
});

describe('files of many images', () => {
  const pixels = Buffer.alloc(3 * 784, 7);
  const idx = (...dims: number[]) =>
    Buffer.concat([
      Buffer.from([0, 0, 8, dims.length]),
      ...dims.map((dim) => Buffer.from(new Uint32Array([dim]).buffer).swap32()),
      pixels,
    ]);

  test.each<[string, Uint8Array, number, boolean]>([
    ['IDX', idx(3, 28, 28), 3, true],
    ['IDX, gzip', gzipSync(idx(3, 28, 28)), 3, true],
    ['IDX of another size', idx(12, 14, 14), 12, true],
    ['raw', pixels, 3, true],
    ['raw, one', pixels.subarray(784), 2, true],
    ['raw, alone', pixels.subarray(2 * 784), 1, false],
  ])('%s', async (_, bytes, count, numbered) => {
    const images = await imagesIn(bytes, 'x');
    expect(images).toMatchObject({ count, numbered });
    expect([...images.prepare(count - 1)]).toEqual(new Array(784).fill(7));
  });

  test('are inverted only when asked for, also with light borders', async () => {
    const light = new Uint8Array(784).fill(200);
    for (const [invert, value] of [
      ['auto', 200],
      [false, 200],
      [true, 55],
    ] as const) {
      expect((await imagesIn(light, 'x', { invert })).prepare(0)[0]).toBe(value);
    }
  });

  test.each<[string, Uint8Array, RegExp, string]>([
    ['cut short', idx(3, 28, 28).subarray(0, 2000), /^x: .*truncated/, 'ERR_DATA_CORRUPT'],
    [
      'labels',
      idx(3 * 784),
      /^x: expected IDX images of shape \(N, H, W\), found \[2352\]/,
      'ERR_IMAGE',
    ],
    [
      'no images',
      Buffer.from([0, 0, 8, 3, ...new Array(12).fill(0)]),
      /found \[0,0,0\]/,
      'ERR_IMAGE',
    ],
    ['gzip of something', gzipSync('hello'), /^x: .*IDX magic/, 'ERR_DATA_CORRUPT'],
    [
      'raw, not of whole images',
      pixels.subarray(1),
      /784 raw bytes per image, found 2351/,
      'ERR_IMAGE',
    ],
    ['nothing', new Uint8Array(0), /found no bytes/, 'ERR_IMAGE'],
  ])('%s', async (_, bytes, message, code) => {
    await expect(imagesIn(bytes, 'x')).rejects.toThrow(wrong(message, code));
  });
});

test('mutated files give whole images or coded errors', async () => {
  let state = 1;
  const random = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const originals = [...files.values()];
  let whole = 0;
  const rounds = long ? 20_000 : 500;
  for (let i = 0; i < rounds; i++) {
    const bytes = Buffer.from(originals[i % originals.length]!);
    for (let k = random(4); k >= 0; k--) bytes[random(bytes.length)] = random(256);
    const cut = random(3) === 0 ? bytes.subarray(0, random(bytes.length)) : bytes;
    try {
      const { data, width, height, channels } = await decodeImage(cut, 'x');
      expect(data.length).toBe(width * height * channels);
      expect([1, 2, 3, 4]).toContain(channels);
      whole++;
    } catch (error) {
      expect(error).toMatchObject({ code: 'ERR_IMAGE', message: expect.stringMatching(/^x: /) });
    }
  }
  expect(whole).toBeGreaterThan(rounds / 20);
});
