import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';

import { parseIdx } from '../../lib/data/sets/idx.js';
import type { TorchError } from '../../lib/error.js';

function idx(dims: number[], data: number[], type = 8): Buffer {
  const header = Buffer.alloc(4 + 4 * dims.length);
  header.writeUInt8(type, 2);
  header.writeUInt8(dims.length, 3);
  for (const [axis, dim] of dims.entries()) header.writeUInt32BE(dim, 4 + 4 * axis);
  return Buffer.concat([header, Buffer.from(data)]);
}

function failure(bytes: Uint8Array): TorchError {
  try {
    parseIdx(bytes, 'some-idx3-ubyte');
  } catch (error) {
    return error as TorchError;
  }
  throw new Error('it was accepted');
}

const images = idx([2, 2, 3], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 254, 255]);

describe('accepted', () => {
  test('images: dimensions and bytes, without a copy', () => {
    const { data, dims } = parseIdx(images, 'images');
    expect(dims).toEqual([2, 2, 3]);
    expect([...data]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 254, 255]);
    expect(data.buffer).toBe(images.buffer);
  });

  test('labels: one dimension', () => {
    expect(parseIdx(idx([3], [7, 8, 9]), 'labels').dims).toEqual([3]);
  });

  test('gzip', () => {
    expect([...parseIdx(gzipSync(idx([3], [7, 8, 9])), 'labels.gz').data]).toEqual([7, 8, 9]);
  });

  test('gzip much larger than the part that is read for the header', () => {
    const noise = Array.from({ length: 100_000 }, (_, i) => (i * 7919 * (i % 251)) % 256);
    expect(parseIdx(gzipSync(idx([100_000], noise)), 'x').data.length).toBe(100_000);
  });

  test('an empty data set is a valid file', () => {
    expect(parseIdx(idx([0, 28, 28], []), 'empty').data.length).toBe(0);
  });

  test('bytes in the middle of a larger buffer', () => {
    const padded = Buffer.concat([Buffer.from([9, 9, 9]), images, Buffer.from([9])]);
    expect(parseIdx(padded.subarray(3, 3 + images.length), 'view').data[11]).toBe(255);
  });
});

describe('refused, naming the file, what was expected and what was found', () => {
  test.each([
    ['nothing', Buffer.alloc(0), /expected an IDX header, found 0 bytes/],
    ['a short header', images.subarray(0, 9), /expected a header of 16 bytes.*found 9 bytes/],
    ['wrong magic', Buffer.from('<html><body>'), /expected IDX magic.*found 0x3c68746d/],
    ['no dimensions', Buffer.from([0, 0, 8, 0, 1]), /expected IDX magic.*found 0x00000800/],
    ['int32', idx([1], [0, 0, 0, 0], 12), /expected elements of type uint8.*found int32/],
    ['an unknown type', idx([1], [0], 0x42), /found unknown type 0x42/],
    ['truncated', images.subarray(0, 20), /expected 28 bytes.*found 20: it is truncated/],
    ['trailing', Buffer.concat([images, images]), /expected 28 bytes.*found 56: bytes follow/],
    ['huge', idx([0xffffffff, 0xffffffff, 0xffffffff], [1]), /found 17: it is truncated/],
    ['huge in gzip', gzipSync(idx([0xffffffff, 28, 28], [1])), /by its header/],
    ['truncated inside gzip', gzipSync(images.subarray(0, 20)), /found 20: it is truncated/],
    ['trailing inside gzip', gzipSync(Buffer.concat([images, images])), /bytes follow the data/],
    ['truncated gzip', gzipSync(images).subarray(0, 30), /expected complete gzip data/],
    ['damaged gzip', Buffer.from([0x1f, 0x8b, 1, 2, 3, 4]), /expected gzip data/],
  ])('%s', (_, bytes, message) => {
    const error = failure(bytes);
    expect(error.code).toBe('ERR_DATA_CORRUPT');
    expect(error.message).toMatch(/^some-idx3-ubyte: /);
    expect(error.message).toMatch(message);
  });

  test('255 dimensions of the largest size allocate nothing', () => {
    const before = process.memoryUsage().arrayBuffers;
    expect(failure(idx(Array(255).fill(0xffffffff), [1])).code).toBe('ERR_DATA_CORRUPT');
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1 << 20);
  });

  test('a gzip bomb is not inflated beyond what its header claims', () => {
    const bomb = gzipSync(Buffer.concat([idx([4], [1, 2, 3, 4]), Buffer.alloc(1 << 25)]));
    const before = process.memoryUsage().arrayBuffers;
    expect(failure(bomb).message).toMatch(/bytes follow the data/);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1 << 24);
  });
});
