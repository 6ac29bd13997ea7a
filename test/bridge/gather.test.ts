// Rows of bytes as floats: what is computed where a table is byte / 255 is what the table says, bit for bit.
import { expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { native } from '../../lib/native/load.js';

const scaled = Float32Array.from({ length: 256 }, (_, byte) => byte / 255);
const tables: [string, Float32Array][] = [
  ['of ToTensor', scaled],
  ['normalised', scaled.map((value) => (value - 0.286) / 0.353)],
  ['of whole numbers', Float32Array.from({ length: 256 }, (_, byte) => 255 - byte)],
  ['that differs in the last bit of one value', scaled.with(200, Math.fround(200 / 255 + 6e-8))],
];

test.each(tables)('a table %s', (_, table) => {
  const values = torch.tensor(table);
  // Ends of vectors, and every byte.
  for (const length of [0, 1, 7, 8, 9, 31, 255, 256, 257, 784]) {
    const bytes = Uint8Array.from({ length: 5 * length }, (_, i) => (i * 37 + 11) % 256);
    const images = torch.tensor(bytes, { shape: [5, length] });
    const rows = [4, 0, 2, 2];
    const batch = native.gather(images, torch.tensor(rows, { dtype: 'int64' }), values);
    const wanted = rows.flatMap((row) =>
      Array.from({ length }, (_, i) => table[bytes[row * length + i]!]!),
    );
    expect(batch.shape).toEqual([4, length]);
    expect([...batch.data()]).toEqual(wanted);
  }
});
