import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';

import { readError } from '../../files/readError.js';
import type { ImageReader } from '../dataset/dataset.js';
import { type DecodedImage, decodeImage, decodeImageSync } from './decode.js';

// Of files that are read and not decoded yet, no more than these are held.
const most = 16;
let reading = 0;
const queue: (() => void)[] = [];

/** On the threads of Node's pool. */
export const poolReader: ImageReader = {
  async read(path) {
    if (reading >= most) await new Promise<void>((begin) => queue.push(begin));
    reading++;
    try {
      const bytes = await readFile(path).catch((error) => {
        throw readError(error, path);
      });
      return toRgb(await decodeImage(bytes, path));
    } finally {
      reading--;
      queue.shift()?.();
    }
  },
};

/** As {@link ImageReader}, on this thread. */
export function readImageSync(path: string): DecodedImage {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw readError(error, path);
  }
  return toRgb(decodeImageSync(bytes, path));
}

function toRgb({ data, width, height, channels }: Required<DecodedImage>): DecodedImage {
  if (channels === 3) return { data, width, height, channels };
  const rgb = new Uint8Array(width * height * 3);
  const hasColor = channels > 2;
  for (let from = 0, to = 0; to < rgb.length; from += channels, to += 3) {
    rgb[to] = data[from]!;
    rgb[to + 1] = data[hasColor ? from + 1 : from]!;
    rgb[to + 2] = data[hasColor ? from + 2 : from]!;
  }
  return { data: rgb, width, height, channels: 3 };
}
