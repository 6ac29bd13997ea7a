import { flag, integer, Kind, number, oneOf, orNull } from '../../argument/kind.js';
import { ordered } from '../../argument/ordered.js';
import { invalidArgument } from '../../error.js';
import { pad as padBy } from '../../nn/functional/padding.js';
import { type Tensor, tensor } from '../../tensor/index.js';
import { type Edges, edgesKind, imageKind } from '../kinds.js';
import { asBatch, roundHalfEven, sizesOf } from './pixels.js';

/** Pixels around an image: one number for all sides, `[sides]`, `[left and right, top and bottom]` or `[left, top, right, bottom]`. */
export type Padding =
  | number
  | readonly [number]
  | readonly [number, number]
  | readonly [number, number, number, number];

/** What is added: one value, the edge itself, or the image mirrored without its edge or with it. */
export type PaddingMode = 'constant' | 'edge' | 'reflect' | 'symmetric';

/** @internal */
const paddingKind: Kind<Padding> = new Kind(
  'an integer or a list of 1, 2 or 4 integers',
  (given) => {
    const all = Array.isArray(given) ? given : [given];
    const fits = [1, 2, 4].includes(all.length) && all.every(Number.isSafeInteger);
    return fits ? (given as Padding) : undefined;
  },
);

/** What {@link pad} takes beside the image. @internal */
export const padArgs = {
  padding: paddingKind,
  fill: number().or(0),
  paddingMode: oneOf('constant', 'edge', 'reflect', 'symmetric').or('constant'),
};

type Sides = [left: number, right: number, top: number, bottom: number];

function sidesOf(padding: Padding): Sides {
  const all = [padding].flat() as number[];
  if (all.length === 4) return [all[0]!, all[2]!, all[1]!, all[3]!];
  return [all[0]!, all[0]!, all.at(-1)!, all.at(-1)!];
}

/**
 * Adds pixels around images, or takes some away where a number is negative; mirrors torchvision's `pad`.
 *
 * Shape: `(…, H, W)` → `(…, H + top + bottom, W + left + right)`; at most two leading dimensions in modes `'reflect'`,
 * `'symmetric'` and `'edge'`.
 *
 * @param fill - What is added in mode `'constant'`. Default 0.
 * @param paddingMode - `'constant'`; `'edge'`: the last pixel again; `'reflect'` and `'symmetric'`: mirrored, without and
 *   with the last pixel. Default `'constant'`.
 * @example
 * const image = torch.tensor([[[1, 2, 3]]]);
 * data.transforms.functional.pad(image, [1, 0]); // → tensor([[[0., 1., 2., 3., 0.]]])
 * data.transforms.functional.pad(image, [2, 0], 0, 'reflect'); // → tensor([[[3., 2., 1., 2., 3., 2., 1.]]])
 * data.transforms.functional.pad(image, [-1, 0]); // → tensor([[[2.]]])
 */
export const pad = ordered<
  [img: Tensor, padding: Padding],
  [fill?: number, paddingMode?: PaddingMode]
>()('pad', { args: { img: imageKind, ...padArgs } }, ({ img, padding, fill, paddingMode }) => {
  const sides = sidesOf(padding);
  if (paddingMode === 'symmetric') return padSymmetric(img, sides);
  if (paddingMode === 'constant') return asBatch(img, (x) => padBy(x, sides, 'constant', fill));
  const mode = paddingMode === 'edge' ? 'replicate' : paddingMode;
  const isReady = img.dtype === 'float32' || img.dtype === 'float64';
  const floats = isReady ? img : img.to('float32');
  return asBatch(floats, (x) => padBy(x, sides, mode)).to(img.dtype);
});

function padSymmetric(img: Tensor, [left, right, top, bottom]: Sides): Tensor {
  if (img.ndim !== 3 && img.ndim !== 4) {
    throw invalidArgument(
      `pad: paddingMode: 'symmetric' takes images of 3 or 4 dimensions, got ${img.ndim}`,
    );
  }
  const along = (images: Tensor, dim: number, before: number, after: number): Tensor => {
    const size = images.shape.at(dim)!;
    if (before > size || after > size) {
      throw invalidArgument(
        `pad: paddingMode: 'symmetric' adds at most as many pixels as there are, ${size}, got ${Math.max(before, after)}`,
      );
    }
    const places: number[] = [];
    for (let at = -before; at < size + after; at++) {
      places.push(at < 0 ? -1 - at : at < size ? at : 2 * size - 1 - at);
    }
    return images.indexSelect(dim, tensor(places, { dtype: 'int64', device: images.device }));
  };
  return along(along(img, -2, top, bottom), -1, left, right);
}

/**
 * A part of images, with zeros where it lies beyond them; mirrors torchvision's `crop`. Within the image it is a view.
 *
 * Shape: `(…, H, W)` → `(…, height, width)`.
 *
 * @example
 * const image = torch.arange(9).reshape(1, 3, 3);
 * data.transforms.functional.crop(image, 1, 0, 2, 2).tolist(); // → [ [ [ 3, 4 ], [ 6, 7 ] ] ]
 * data.transforms.functional.crop(image, 2, 2, 1, 2).tolist(); // → [ [ [ 8, 0 ] ] ]
 */
export const crop = ordered<
  [img: Tensor, top: number, left: number, height: number, width: number]
>()(
  'crop',
  {
    args: {
      img: imageKind,
      top: integer(),
      left: integer(),
      height: integer(0),
      width: integer(0),
    },
  },
  ({ img, top, left, height, width }) => {
    const [, h, w] = sizesOf(img);
    const down = within(top, height, h);
    const across = within(left, width, w);
    const part = img.narrow(-2, down.start, down.length).narrow(-1, across.start, across.length);
    const sides = [across.before, across.after, down.before, down.after];
    return sides.every((side) => side === 0) ? part : padBy(part, sides, 'constant', 0);
  },
);

/** What of a stretch of an edge is there, and how much is missing before and after it. */
function within(
  first: number,
  length: number,
  edge: number,
): { start: number; length: number; before: number; after: number } {
  const start = Math.min(Math.max(first, 0), edge);
  const there = Math.max(0, Math.min(first + length, edge) - start);
  const before = Math.min(Math.max(-first, 0), length);
  return { start, length: there, before, after: length - before - there };
}

/**
 * The middle of images, with zeros around where they are smaller; mirrors torchvision's `center_crop`.
 *
 * Shape: `(…, H, W)` → `(…, height, width)`.
 *
 * @example
 * const image = torch.tensor([[[1, 2, 3]]]);
 * data.transforms.functional.centerCrop(image, [1, 1]); // → tensor([[[2.]]])
 * data.transforms.functional.centerCrop(image, [1, 5]); // → tensor([[[0., 1., 2., 3., 0.]]])
 */
export const centerCrop = ordered<[img: Tensor, outputSize: Edges]>()(
  'centerCrop',
  { args: { img: imageKind, outputSize: edgesKind } },
  ({ img, outputSize: [height, width] }) => {
    const [, h, w] = sizesOf(img);
    const lacking = (to: number, from: number, spare: number): number =>
      to > from ? Math.floor((to - from + spare) / 2) : 0;
    const sides = [
      lacking(width, w, 0),
      lacking(height, h, 0),
      lacking(width, w, 1),
      lacking(height, h, 1),
    ] as const;
    const padded = sides.some((side) => side > 0) ? pad(img, sides) : img;
    const [, newHeight, newWidth] = sizesOf(padded);
    const top = roundHalfEven((newHeight - height) / 2);
    const left = roundHalfEven((newWidth - width) / 2);
    return crop(padded, top, left, height, width);
  },
);

/**
 * Left and right exchanged; mirrors torchvision's `hflip`. Any shape `(…, H, W)`.
 *
 * @example
 * data.transforms.functional.hflip(torch.tensor([[1, 2], [3, 4]])); // → tensor([[2., 1.], [4., 3.]])
 */
export const hflip = ordered<[img: Tensor]>()(
  'hflip',
  { args: { img: imageKind } },
  ({ img }): Tensor => img.flip(-1),
);

/**
 * Top and bottom exchanged; mirrors torchvision's `vflip`. Any shape `(…, H, W)`.
 *
 * @example
 * data.transforms.functional.vflip(torch.tensor([[1, 2], [3, 4]])); // → tensor([[3., 4.], [1., 2.]])
 */
export const vflip = ordered<[img: Tensor]>()(
  'vflip',
  { args: { img: imageKind } },
  ({ img }): Tensor => img.flip(-2),
);

/** Top left, top right, bottom left, bottom right, and the middle. */
export type Five = [Tensor, Tensor, Tensor, Tensor, Tensor];

/**
 * The corners and the middle of images; mirrors torchvision's `five_crop`.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` where the parts are larger than the images.
 * @example
 * const parts = data.transforms.functional.fiveCrop(torch.arange(9).reshape(1, 3, 3), 1);
 * parts.map((each) => each.item()); // → [ 0, 2, 6, 8, 4 ]
 */
export const fiveCrop = ordered<[img: Tensor, size: Edges]>()(
  'fiveCrop',
  { args: { img: imageKind, size: edgesKind } },
  ({ img, size }): Five => fiveOf('fiveCrop', img, size),
);

function fiveOf(what: string, img: Tensor, [height, width]: readonly [number, number]): Five {
  const [, h, w] = sizesOf(img);
  if (height > h || width > w) {
    throw invalidArgument(
      `${what}: size: expected at most the image's [${h}, ${w}], got [${height}, ${width}]`,
    );
  }
  const [down, across] = [h - height, w - width];
  const at = (top: number, left: number): Tensor => crop(img, top, left, height, width);
  const middle = centerCrop(img, [height, width]);
  return [at(0, 0), at(0, across), at(down, 0), at(down, across), middle];
}

/**
 * {@link fiveCrop} of the images and of them flipped; mirrors torchvision's `ten_crop`.
 *
 * @param verticalFlip - Whether top and bottom are exchanged, and not left and right. Default false.
 * @example
 * const parts = data.transforms.functional.tenCrop(torch.arange(9).reshape(1, 3, 3), 1, true);
 * parts.map((each) => each.item()); // → [ 0, 2, 6, 8, 4, 6, 8, 0, 2, 4 ]
 */
export const tenCrop = ordered<[img: Tensor, size: Edges], [verticalFlip?: boolean]>()(
  'tenCrop',
  { args: { img: imageKind, size: edgesKind, verticalFlip: flag.or(false) } },
  ({ img, size, verticalFlip }): [...Five, ...Five] => [
    ...fiveOf('tenCrop', img, size),
    ...fiveOf('tenCrop', verticalFlip ? vflip(img) : hflip(img), size),
  ],
);

/** `null` for no padding. @internal */
export const paddingOrNull = orNull(paddingKind);
