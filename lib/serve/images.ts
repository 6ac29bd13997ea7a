import { decodeImage, describeBytes, imageError } from '../data/images/decode.js';
import { imageFormat } from '../data/images/format.js';
import { type Invert, prepareImage } from '../data/images/prepare.js';
import { TorchError } from '../error.js';
import type { ServedModel } from './servedModel.js';

/** Images as bytes side by side, as the model's transform takes them. */
export interface Given {
  readonly pixels: Uint8Array;
  readonly count: number;
}

const octets = 'application/octet-stream';

/**
 * The images that bytes hold: a PNG, JPEG or WebP, or raw pixels of the model's shape, image after image. Of bytes that
 * are said to be raw and have the size of images, what they begin with is not looked at.
 *
 * @param name - What errors call it.
 * @throws {TorchError} `ERR_IMAGE`.
 */
export async function imagesOf(
  bytes: Uint8Array,
  type: string | undefined,
  name: string,
  model: ServedModel,
  invert: Invert,
): Promise<Given> {
  const { pixels: size } = model;
  const count = bytes.length / size;
  const isWhole = count > 0 && Number.isInteger(count);
  if (isWhole && type === octets) return { pixels: bytes, count };
  if (imageFormat(bytes) !== undefined) {
    const [channels, height, width] = model.pixelShape;
    if (channels !== 1) {
      throw imageError(
        name,
        `expected ${size} raw bytes per image, for a network of ${channels} channels; found an encoded image, which becomes grey`,
      );
    }
    const image = await decodeImage(bytes, name);
    return { pixels: prepareImage(image, { size: [height, width], invert }), count: 1 };
  }
  if (isWhole) return { pixels: bytes, count };
  throw imageError(
    name,
    `expected a PNG, JPEG or WebP, or ${size} raw bytes per image, found ${describeBytes(bytes)}`,
  );
}

/** Several images side by side. */
export function together(all: readonly Given[]): Given {
  if (all.length === 1) return all[0]!;
  const pixels = new Uint8Array(all.reduce((sum, { pixels }) => sum + pixels.length, 0));
  let at = 0;
  let count = 0;
  for (const each of all) {
    pixels.set(each.pixels, at);
    at += each.pixels.length;
    count += each.count;
  }
  return { pixels, count };
}

/** Refuses a body that is packed. @throws {TorchError} `ERR_MEDIA_TYPE`. */
export function requirePlain(encoding: string | undefined): void {
  if (encoding === undefined || encoding === '' || encoding === 'identity') return;
  throw new TorchError(
    'ERR_MEDIA_TYPE',
    `expected a body without Content-Encoding, found ${JSON.stringify(encoding)}`,
  );
}
