import { integer, oneOf, orNull } from '../../argument/kind.js';
import { ordered } from '../../argument/ordered.js';
import { invalidArgument } from '../../error.js';
import { interpolate } from '../../nn/functional/resampling.js';
import type { Tensor } from '../../tensor/index.js';
import {
  type Antialias,
  antialiasKind,
  channelsKind,
  type Edges,
  type ResizeMode,
  resizeModes,
  shorterOrEdgesKind,
} from '../kinds.js';
import { resizeBytes } from '../pillow.js';
import { crop } from './geometry.js';
import { inFloats, sizesOf } from './pixels.js';

/** What {@link resize} takes beside the image. @internal */
export const resizeArgs = {
  size: shorterOrEdgesKind,
  interpolation: oneOf(...resizeModes).or('bilinear'),
  maxSize: orNull(integer(1)).or(null),
  antialias: antialiasKind.or(true),
};

type Size = [height: number, width: number];

// One number is for the shorter edge; the other follows, rounded down as in torchvision.
function sizeFor(img: Tensor, size: Edges, maxSize: number | null): Size {
  const given = [size].flat() as number[];
  if (given.length === 2) {
    if (maxSize === null) return given as Size;
    throw invalidArgument('resize: maxSize: goes with the size of the shorter edge alone');
  }
  const [, h, w] = sizesOf(img);
  if (h === 0 || w === 0) throw invalidArgument(`resize: img: expected pixels, got [${h}, ${w}]`);
  let short = given[0]!;
  let long = Math.trunc((short * Math.max(h, w)) / Math.min(h, w));
  if (maxSize !== null) {
    if (maxSize <= short) {
      throw invalidArgument(
        `resize: maxSize: expected more than the shorter edge's ${short}, got ${maxSize}`,
      );
    }
    if (long > maxSize) [short, long] = [Math.trunc((maxSize * short) / long), maxSize];
  }
  return w <= h ? [long, short] : [short, long];
}

/**
 * Makes images larger or smaller; mirrors torchvision's `resize` of tensors.
 *
 * Shape: `(C, H, W)` or `(N, C, H, W)` → the same with `size`; integers are rounded.
 *
 * @param size - `[height, width]`, or one number: the shorter edge's size, the aspect being kept.
 * @param interpolation - `'nearest'`, `'nearest-exact'`, `'bilinear'` or `'bicubic'`. Default `'bilinear'`.
 * @param maxSize - What the longer edge may have at most, where `size` is one number. Default: anything.
 * @param antialias - Whether pixels that a smaller image leaves out count too, in the last two modes. `'pillow'`
 *   resizes bytes as torchvision resizes Pillow's images, bit for bit. Default true.
 * @throws {TypeError} `ERR_INVALID_ARG` for sizes that do not fit together.
 * @example
 * const image = torch.tensor([[[0, 4, 8, 12]]]);
 * data.transforms.functional.resize(image, [1, 2]); // → tensor([[[2.8571, 9.1429]]])
 * data.transforms.functional.resize(image, [1, 2], 'nearest'); // → tensor([[[0., 8.]]])
 * data.transforms.functional.resize(torch.rand(3, 64, 96), 32, 'bilinear', 40).shape; // → [ 3, 26, 40 ]
 */
export const resize = ordered<
  [img: Tensor, size: Edges],
  [interpolation?: ResizeMode, maxSize?: number | null, antialias?: Antialias]
>()(
  'resize',
  { args: { img: channelsKind, ...resizeArgs } },
  ({ img, size, interpolation: mode, maxSize, antialias }) => {
    const to = sizeFor(img, size, maxSize);
    const [, h, w] = sizesOf(img);
    if (to[0] === h && to[1] === w) return img;
    const isSmooth = mode === 'bilinear' || mode === 'bicubic';
    if (img.dtype === 'uint8' && antialias === 'pillow' && mode === 'bilinear') {
      return resizeBytes(img, to);
    }
    const dtype = img.dtype === 'float64' ? 'float64' : 'float32';
    const made = inFloats(img, dtype, (images) => {
      const resized = interpolate(images, to, {
        mode,
        ...(isSmooth && { alignCorners: false, antialias: Boolean(antialias) }),
      });
      // A cubic goes beyond the values that it passes through.
      return mode === 'bicubic' && img.dtype === 'uint8' ? resized.clamp(0, 255) : resized;
    });
    return made;
  },
);

/**
 * {@link resize} of a part of images; mirrors torchvision's `resized_crop`.
 *
 * @param size - `[height, width]`, or one number: the shorter edge's size.
 * @param interpolation - As {@link resize}. Default `'bilinear'`.
 * @param antialias - As {@link resize}. Default true.
 * @example
 * const image = torch.tensor([[[9, 0, 4, 9]]]);
 * data.transforms.functional.resizedCrop(image, 0, 1, 1, 2, [1, 4], 'nearest'); // → tensor([[[0., 0., 4., 4.]]])
 */
export const resizedCrop = ordered<
  [img: Tensor, top: number, left: number, height: number, width: number, size: Edges],
  [interpolation?: ResizeMode, antialias?: Antialias]
>()(
  'resizedCrop',
  {
    args: {
      img: channelsKind,
      top: integer(),
      left: integer(),
      height: integer(0),
      width: integer(0),
      size: resizeArgs.size,
      interpolation: resizeArgs.interpolation,
      antialias: resizeArgs.antialias,
    },
  },
  ({ img, top, left, height, width, size, interpolation, antialias }) =>
    resize(crop(img, top, left, height, width), size, { interpolation, antialias }),
);
