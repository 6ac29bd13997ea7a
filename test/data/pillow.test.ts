import { describe, expect, test } from 'vitest';

import { resizeBytes } from '../../lib/data/transforms/pillow.js';
import { recorded } from '../recorded.js';

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
    expect(Buffer.from(resizeBytes(bytes, from, to)).equals(wanted)).toBe(true);
    // Three in a row are three times the same.
    const three = resizeBytes(Buffer.concat([bytes, bytes, bytes]), from, to);
    expect(Buffer.from(three).equals(Buffer.concat([wanted, wanted, wanted]))).toBe(true);
  });
});
