import { inspect } from 'node:util';

import { invalidArgument } from '../../error.js';
import { native } from '../../native/load.js';
import { type Tensor, tensor } from '../../tensor/index.js';
import { tidy } from '../../tensor/scope.js';
import { ToTensor } from '../../transforms/index.js';
import type { DecodedImage } from './decode.js';
import { type Invert, prepareImage, requireInvert } from './prepare.js';

/** Images that are not a tensor yet: pixels side by side, or decoded pictures. */
export type PlainImages =
  | Uint8Array
  | Uint8ClampedArray
  | Float32Array
  | DecodedImage
  | readonly DecodedImage[];

type Values = Uint8Array | Uint8ClampedArray | Float32Array;

/** Images as one array of values: bytes 0–255, which mean 0–1, or float32. */
export interface Pixels {
  readonly values: Values;
  /** `[N, C, H, W]`. */
  readonly shape: readonly [number, number, number, number];
}

/** Options of {@link toPixels}. */
export interface PixelOptions {
  /** Shape `[C, H, W]` of one image as the model takes it. Default `[1, 28, 28]`. */
  shape?: readonly [number, number, number] | undefined;
  /** For decoded images: whether light and dark are exchanged. Default `'auto'`, by the border. */
  invert?: Invert | undefined;
}

/**
 * Images as the values of a batch; decoded ones are prepared as `prepareImage` says. Values that are given are
 * not copied.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for no images, or sizes that do not fit together.
 */
export function toPixels(what: string, images: PlainImages, options: PixelOptions): Pixels {
  const { shape = [1, 28, 28], invert } = options;
  const [channels, height, width] = shape;
  const sized = Array.isArray(shape) && shape.length === 3;
  if (!sized || !isSize(channels) || !isSize(height) || !isSize(width)) {
    throw invalidArgument(
      `${what}: shape: expected [C, H, W], integers ≥ 1, got ${inspect(shape)}`,
    );
  }
  requireInvert(what, invert);
  const values = isPixels(images) ? images : prepareAll(what, images, shape, invert);
  const pixels = channels * height * width;
  const count = values.length / pixels;
  if (count === 0 || !Number.isInteger(count)) {
    throw invalidArgument(
      `${what}: images: expected ${pixels} values per image of shape [${shape}], got ${values.length}`,
    );
  }
  return { values, shape: [count, channels, height, width] };
}

const isSize = (edge: unknown): boolean => Number.isInteger(edge) && (edge as number) >= 1;

/** Values as a float32 tensor `(N, C, H, W)` outside any scope; to be disposed of by the caller. */
export function pixelsToTensor({ values, shape }: Pixels, device: string): Tensor {
  if (device === 'cpu') {
    // As below, for a service's lone image in a tenth of the time.
    return values instanceof Float32Array
      ? native.fromData(values, shape, 'float32').keep()
      : native.fromBytes(values, shape).keep();
  }
  return tidy(() => new ToTensor().forward(tensor(values, { shape }).to(device))).keep();
}

function isPixels(images: unknown): images is Values {
  return (
    images instanceof Uint8Array ||
    images instanceof Uint8ClampedArray ||
    images instanceof Float32Array
  );
}

function prepareAll(
  what: string,
  images: DecodedImage | readonly DecodedImage[],
  [channels, height, width]: readonly [number, number, number],
  invert: Invert = 'auto',
): Uint8Array {
  const all = (Array.isArray(images) ? images : [images]) as readonly DecodedImage[];
  if (!all.every((image) => typeof image === 'object' && image !== null && 'data' in image)) {
    throw invalidArgument(
      `${what}: images: expected a Tensor (N, C, H, W), a Uint8Array, a Float32Array, ` +
        'or decoded images { data, width, height }',
    );
  }
  if (channels !== 1) {
    throw invalidArgument(
      `${what}: shape: decoded images become grey: expected [1, H, W], got [${channels},${height},${width}]`,
    );
  }
  const pixels = new Uint8Array(all.length * height * width);
  all.forEach((image, i) => {
    pixels.set(prepareImage(image, { size: [height, width], invert }), i * height * width);
  });
  return pixels;
}
