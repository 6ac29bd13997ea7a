import { createRequire } from 'node:module';

import { atMost } from '../../argument/atMost.js';
import { invalidArgument, TorchError } from '../../error.js';
import { companion, companionNow } from '../../native/companions.js';
import { type ImageFormat, imageFormat } from './format.js';
import { type Measure, measure } from './header.js';
import { hasEnd } from './jpeg.js';

/** Pixels in memory, 8 bits per channel; a browser's or canvas's `ImageData` is one. */
export interface DecodedImage {
  /** uint8 0–255, rows from the top, channels side by side: `height · width · channels` values. */
  readonly data: Uint8Array | Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
  /** 1 grey, 2 grey and alpha, 3 RGB, 4 RGB and alpha. Default: what the length of `data` says. */
  readonly channels?: number;
}

// Decoded, such an image takes 400 MB; a header may claim far more than its file holds.
const mostPixels = 100_000_000;
// Up to so many pixels decoding takes less time than a thread of the pool takes to answer.
const mostPixelsAtOnce = 128 * 128;

type Decoder = typeof import('@napi-rs/image');

// Loaded by the first image: importing this package shall not cost a decoder. Asking for it again would cost each
// small image half as much as decoding.
let decoder: Decoder | undefined;

/**
 * Decodes a PNG, JPEG or WebP; mirrors torchvision's `decode_image`, but for the order of the result.
 * 16 bits per channel become 8, palettes colors, a picture is turned as its Exif or XMP orientation says, as
 * Pillow's `ImageOps.exif_transpose` turns it; of an animation the first picture is taken. Large images are decoded on a thread of Node's pool.
 *
 * @param bytes - The whole file; not to be changed before the promise settles.
 * @param name - What errors call it. Default `'image'`.
 * @returns uint8 `(height, width, channels)`.
 * @throws {TypeError} `ERR_INVALID_ARG` for anything but a `Uint8Array`.
 * @throws {TorchError} `ERR_IMAGE` for other formats, damaged or truncated files, and more than
 *   100 million pixels; `ERR_ADDON_NOT_FOUND` where the decoder's binary was left out.
 * @example
 * import { readFile } from 'node:fs/promises';
 * const { width, height, channels } = await data.decodeImage(await readFile('shirt.png'));
 * [width, height, channels]; // → [ 28, 28, 1 ]
 */
export async function decodeImage(
  bytes: Uint8Array,
  name = 'image',
): Promise<Required<DecodedImage>> {
  atMost('decodeImage', 2, arguments.length);
  const looked = look(bytes, name);
  decoder ??= await companion('@napi-rs/image', import('@napi-rs/image'));
  const { width, height } = looked;
  if (width * height <= mostPixelsAtOnce) return decodeLooked(bytes, name, looked, decoder);
  return turnedPixels(bytes, name, looked, decoder);
}

/** As {@link decodeImage}, on this thread. */
export function decodeImageSync(bytes: Uint8Array, name: string): Required<DecodedImage> {
  const looked = look(bytes, name);
  decoder ??= companionNow(
    '@napi-rs/image',
    () => createRequire(import.meta.url)('@napi-rs/image') as Decoder,
  );
  return decodeLooked(bytes, name, looked, decoder);
}

/** What the header says of an image that can be decoded. */
interface Looked extends Measure {
  readonly format: ImageFormat;
}

function look(bytes: Uint8Array, name: string): Looked {
  if (!(bytes instanceof Uint8Array)) {
    throw invalidArgument('decodeImage: bytes: expected a Uint8Array with the whole file');
  }
  const format = imageFormat(bytes);
  if (format === undefined) {
    throw imageError(name, `expected a PNG, JPEG or WebP, found ${describeBytes(bytes)}`);
  }
  const measured = measure(bytes, format);
  if (measured === undefined) {
    throw imageError(name, `expected the size in the ${format}'s header, found none`);
  }
  const { width, height } = measured;
  if (width * height > mostPixels) {
    throw imageError(
      name,
      `expected at most ${mostPixels / 1e6} million pixels, found ${width}×${height}`,
    );
  }
  if (format === 'JPEG' && !hasEnd(bytes)) {
    throw imageError(name, 'expected a whole JPEG, found no end: it is truncated');
  }
  return { ...measured, format };
}

const turned = (bytes: Uint8Array, { orientation }: Looked, { Transformer }: Decoder) => {
  const image = new Transformer(bytes);
  return orientation > 1 ? image.rotate(orientation) : image;
};

function decodeLooked(
  bytes: Uint8Array,
  name: string,
  looked: Looked,
  by: Decoder,
): Required<DecodedImage> {
  try {
    return pixelsOf(turned(bytes, looked, by).rawPixelsSync(), bytes, looked);
  } catch (error) {
    throw damaged(name, looked, error);
  }
}

async function turnedPixels(
  bytes: Uint8Array,
  name: string,
  looked: Looked,
  by: Decoder,
): Promise<Required<DecodedImage>> {
  try {
    return pixelsOf(await turned(bytes, looked, by).rawPixels(), bytes, looked);
  } catch (error) {
    throw damaged(name, looked, error);
  }
}

function damaged(name: string, { format }: Looked, error: unknown): TorchError {
  const reason = (error as Error).message.replace(
    /^Decode image failed (Format error decoding \w+: )?/,
    '',
  );
  return imageError(name, `expected a whole ${format}, found a damaged one (${reason})`, error);
}

function pixelsOf(raw: Uint8Array, bytes: Uint8Array, looked: Looked): Required<DecodedImage> {
  const { format, width, height, orientation } = looked;
  // Of these formats PNG alone has 16 bits per channel; its header says so.
  const isDeep = format === 'PNG' && bytes[24] === 16;
  const data = isDeep ? eightBits(raw) : raw;
  const [w, h] = orientation < 5 ? [width, height] : [height, width];
  return { data, width: w, height: h, channels: data.length / (w * h) };
}

function eightBits(raw: Uint8Array): Uint8Array {
  const data = new Uint8Array(raw.length / 2);
  for (let i = 0; i < data.length; i++) {
    data[i] = Math.round((raw[2 * i]! + 256 * raw[2 * i + 1]!) / 257);
  }
  return data;
}

/** How many bytes there are and how they begin, for errors. */
export function describeBytes(bytes: Uint8Array): string {
  if (bytes.length === 0) return 'no bytes';
  const start = Buffer.from(bytes.subarray(0, 8));
  const text = start.toString('latin1').replace(/[^\x20-\x7e]/g, '.');
  return `${bytes.length} bytes that begin with ${start.toString('hex')} ("${text}")`;
}

/** An `ERR_IMAGE` that begins with the file's name. */
export function imageError(name: string, message: string, cause?: unknown): TorchError {
  return new TorchError('ERR_IMAGE', `${name}: ${message}`, cause ? { cause } : undefined);
}
