import { inspect } from 'node:util';

import { atMost } from '../../argument/atMost.js';
import { anything } from '../../argument/kind.js';
import { readOptions, type SpecOf } from '../../argument/options.js';
import { invalidArgument } from '../../error.js';
import { tensor } from '../../tensor/index.js';
import { tidy } from '../../tensor/scope.js';
import { resizeBytes } from '../../transforms/pillow.js';
import type { DecodedImage } from './decode.js';

/** Whether light and dark are exchanged; `'auto'`: where most of the image's border is light. */
export type Invert = 'auto' | boolean;

/** Options of {@link prepareImage}. */
export interface PrepareOptions {
  /** `[height, width]` of the result. Default `[28, 28]`. */
  size?: readonly [number, number];
  /** Default `'auto'`: Fashion-MNIST's clothes are light on black, pictures mostly dark on white. */
  invert?: Invert;
}

// Checked below, where a message can say more.
const spec = {
  size: anything<readonly [number, number]>('sizes').or([28, 28]),
  invert: anything<Invert>('a choice').or('auto'),
} satisfies SpecOf<PrepareOptions>;

/**
 * Makes of any picture what a network for Fashion-MNIST was trained on. The steps, as in Pillow:
 * composited on white where it is transparent; grey as `convert('L')`; inverted when more than half of
 * the pixels at its border are lighter than 127; scaled to fit, its aspect kept, as `ImageOps.pad` with
 * `BILINEAR`, and centred on black.
 *
 * @returns uint8 `(height, width)`, row by row; an image's own data where nothing is to be done.
 * @throws {TypeError} `ERR_INVALID_ARG` for sizes that do not fit together, and other options.
 * @example
 * const white = { width: 2, height: 1, channels: 1, data: Uint8Array.of(255, 240) } as const;
 * data.prepareImage(white, { size: [1, 2] }); // → Uint8Array(2) [ 0, 15 ]
 * data.prepareImage(white, { size: [1, 2], invert: false }); // → Uint8Array(2) [ 255, 240 ]
 */
export function prepareImage(image: DecodedImage, options?: PrepareOptions): Uint8Array {
  atMost('prepareImage', 2, arguments.length);
  const { size, invert } = readOptions('prepareImage', spec, options);
  requireInvert('prepareImage', invert);
  if (!Array.isArray(size) || size.length !== 2 || !size.every(isEdge)) {
    throw invalidArgument(
      `prepareImage: size: expected [height, width], integers ≥ 1, got ${inspect(size)}`,
    );
  }
  channelsOf(image);
  const { width, height } = image;
  const grey = toGrey(image);
  const dark = (invert === 'auto' ? hasLightBorder(grey, width, height) : invert)
    ? grey.map((value) => 255 - value)
    : grey;
  return pad(dark, [height, width], size);
}

/** @throws {TypeError} `ERR_INVALID_ARG` for anything but `'auto'`, true, false or nothing. */
export function requireInvert(what: string, invert: unknown): void {
  if (invert !== undefined && invert !== 'auto' && typeof invert !== 'boolean') {
    throw invalidArgument(
      `${what}: invert: expected 'auto', true or false, got ${inspect(invert)}`,
    );
  }
}

const isEdge = (edge: number): boolean => Number.isInteger(edge) && edge >= 1;

function toGrey(image: DecodedImage): Uint8Array {
  const { data, width, height } = image;
  const channels = channelsOf(image);
  if (channels === 1) return new Uint8Array(data.buffer, data.byteOffset, data.length);
  const hasColor = channels >= 3;
  const hasAlpha = channels % 2 === 0;
  const grey = new Uint8Array(width * height);
  for (let i = 0, at = 0; i < grey.length; i++, at += channels) {
    const alpha = hasAlpha ? data[at + channels - 1]! : 255;
    const red = onWhite(data[at]!, alpha);
    // ITU-R 601-2 in 16 bits, rounded, as Pillow computes it.
    grey[i] = hasColor
      ? (19_595 * red +
          38_470 * onWhite(data[at + 1]!, alpha) +
          7_471 * onWhite(data[at + 2]!, alpha) +
          0x8000) >>
        16
      : red;
  }
  return grey;
}

const onWhite = (value: number, alpha: number): number =>
  alpha === 255 ? value : Math.round(255 + ((value - 255) * alpha) / 255);

function channelsOf(image: DecodedImage): number {
  const { data, width, height } = image ?? {};
  const bytes = data instanceof Uint8Array || data instanceof Uint8ClampedArray;
  if (!bytes || !isEdge(width) || !isEdge(height)) {
    throw invalidArgument(
      'image: expected { data, width, height } with bytes and integers ≥ 1, ' +
        `got ${inspect(image, { depth: 0, breakLength: Number.POSITIVE_INFINITY })}`,
    );
  }
  const channels = image.channels ?? data.length / (width * height);
  if (![1, 2, 3, 4].includes(channels) || data.length !== width * height * channels) {
    throw invalidArgument(
      `image: expected ${width}·${height} pixels of 1 to 4 channels, ` +
        `got ${data.length} bytes${image.channels === undefined ? '' : ` for ${inspect(channels)}`}`,
    );
  }
  return channels;
}

function hasLightBorder(grey: Uint8Array, width: number, height: number): boolean {
  let light = 0;
  let count = 0;
  for (let y = 0; y < height; y++) {
    const inside = y > 0 && y < height - 1;
    const step = inside ? Math.max(1, width - 1) : 1;
    for (let x = 0; x < width; x += step) {
      if (grey[y * width + x]! > 127) light++;
      count++;
    }
  }
  return 2 * light > count;
}

function pad(
  grey: Uint8Array,
  [height, width]: readonly [number, number],
  [toHeight, toWidth]: readonly [number, number],
): Uint8Array {
  if (height === toHeight && width === toWidth) return grey;
  const wide = width * toHeight > height * toWidth;
  const h = wide ? Math.max(1, round((height / width) * toWidth)) : toHeight;
  const w = wide ? toWidth : Math.max(1, round((width / height) * toHeight));
  const scaled = tidy(
    () => resizeBytes(tensor(grey, { shape: [height, width] }), [h, w]).data() as Uint8Array,
  );
  if (h === toHeight && w === toWidth) return scaled;
  const padded = new Uint8Array(toHeight * toWidth);
  const top = round((toHeight - h) / 2);
  const left = round((toWidth - w) / 2);
  for (let y = 0; y < h; y++) {
    padded.set(scaled.subarray(y * w, (y + 1) * w), (top + y) * toWidth + left);
  }
  return padded;
}

// Halves go to the even neighbour, as Python's round() has it.
function round(value: number): number {
  const up = Math.round(value);
  return up - value === 0.5 && up % 2 !== 0 ? up - 1 : up;
}
