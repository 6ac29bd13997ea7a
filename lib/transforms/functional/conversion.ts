import { flag, integer, Kind } from '../../argument/kind.js';
import { ordered } from '../../argument/ordered.js';
import { getDefaultDtype } from '../../context/defaultDtype.js';
import type { DeviceLike } from '../../context/device.js';
import { invalidArgument } from '../../error.js';
import type { DType } from '../../native/dtype.js';
import { type Tensor, tensor } from '../../tensor/index.js';
import { dtypeKind, tensorKind } from '../../tensor/kinds.js';
import { floatKind, imageKind } from '../kinds.js';
import { isFloat, sizesOf, whiteOf } from './pixels.js';

/**
 * Images as another dtype, scaled: floats are 0–1, integers from 0 to their largest; mirrors torchvision's
 * `convert_image_dtype`.
 *
 * @param dtype - Default `'float32'`.
 * @throws {TypeError} `ERR_INVALID_ARG` from float32 to int32 and int64 and from float64 to int64, whose numbers floats
 *   do not reach.
 * @example
 * const bytes = torch.tensor([[[0, 51, 255]]], { dtype: 'uint8' });
 * data.transforms.functional.convertImageDtype(bytes); // → tensor([[[0.0000, 0.2000, 1.0000]]])
 * data.transforms.functional.convertImageDtype(bytes, 'int16').tolist(); // → [ [ [ 0, 6528, 32640 ] ] ]
 */
export const convertImageDtype = ordered<[image: Tensor], [dtype?: DType]>()(
  'convertImageDtype',
  { args: { image: tensorKind, dtype: dtypeKind.or('float32') } },
  ({ image, dtype: to }): Tensor => {
    const from = image.dtype;
    if (from === to) return image;
    if (isFloat(from)) return isFloat(to) ? image.to(to) : toIntegers(image, to);
    if (isFloat(to)) return image.to(to).div(Number(whiteOf(from)));
    const [own, other] = [Number(whiteOf(from)) + 1, Number(whiteOf(to)) + 1];
    if (own > other) return image.floorDivide(Math.trunc(own / other)).to(to);
    return image.to(to).mul(Math.trunc(other / own));
  },
);

function toIntegers(image: Tensor, to: DType): Tensor {
  const { dtype: from } = image;
  if ((from === 'float32' && /^int(32|64)$/.test(to)) || (from === 'float64' && to === 'int64')) {
    throw invalidArgument(
      `convertImageDtype: dtype: ${from} does not reach all numbers of ${to}: expected another, got ${to}`,
    );
  }
  // Each integer gets as much of 0–1 as any other.
  return image.mul(Number(whiteOf(to)) + 1 - 1e-3).to(to);
}

/**
 * uint8 0–255 → 0–1 in the default dtype, others as they are; mirrors torchvision's `to_tensor`, for which pictures are
 * uint8 tensors here: `(C, H, W)` or batches.
 *
 * @example
 * data.transforms.functional.toTensor(torch.tensor([[[0, 255]]], { dtype: 'uint8' })); // → tensor([[[0., 1.]]])
 * data.transforms.functional.toTensor(torch.tensor([[[0, 255]]])); // → tensor([[[0., 255.]]])
 */
export const toTensor = ordered<[pic: Tensor]>()(
  'toTensor',
  { args: { pic: tensorKind } },
  ({ pic }): Tensor => (pic.dtype === 'uint8' ? pic.to(getDefaultDtype()).div(255) : pic),
);

/** One number for all channels, or one for each. */
export type PerChannel = number | readonly number[];

/** @internal */
export const perChannel: Kind<PerChannel> = new Kind('a number or a list of numbers', (given) => {
  const all: unknown[] = [given].flat();
  return all.length > 0 && all.every(Number.isFinite) ? (given as PerChannel) : undefined;
});

/** Means and deviations as tensors `(C, 1, 1)` of a dtype, on a device. */
export type Scale = readonly [mean: Tensor, std: Tensor];

/** @throws {TypeError} `ERR_INVALID_ARG` for a deviation of 0. @internal */
export function scaleOf(
  what: string,
  mean: PerChannel,
  std: PerChannel,
  like: { readonly dtype: DType; readonly device: DeviceLike },
): Scale {
  const { dtype, device } = like;
  const made = [mean, std].map((values) =>
    tensor([values].flat() as number[], { dtype, device }).view(-1, 1, 1),
  ) as unknown as Scale;
  if ([std].flat().some((value) => value === 0)) {
    throw invalidArgument(`${what}: std: expected no 0, which would be divided by, got ${std}`);
  }
  return made;
}

/** @throws {TypeError} `ERR_INVALID_ARG` where there are not as many as the image has channels. @internal */
export function normalizeBy(what: string, img: Tensor, scale: Scale, inplace: boolean): Tensor {
  const [channels] = sizesOf(img);
  for (const [i, name] of ['mean', 'std'].entries()) {
    const count = scale[i]!.numel();
    if (count !== 1 && count !== channels) {
      throw invalidArgument(
        `${what}: ${name}: expected one number or as many as channels, ${channels}, got ${count}`,
      );
    }
  }
  return inplace ? img.sub_(scale[0]).div_(scale[1]) : img.sub(scale[0]).div(scale[1]);
}

/** What {@link normalize} takes beside the image. @internal */
export const normalizeArgs = { mean: perChannel, std: perChannel, inplace: flag.or(false) };

/**
 * `(img − mean) / std` per channel; mirrors torchvision's `normalize`.
 *
 * Shape: floats `(…, C, H, W)`.
 *
 * @param mean - One number per channel, or one for all.
 * @param std - Likewise; not 0.
 * @param inplace - Whether the image itself is changed. Default false.
 * @throws {TypeError} `ERR_INVALID_ARG` for images of integers, and for other numbers of channels.
 * @example
 * const image = torch.tensor([[[1]], [[1]]]);
 * data.transforms.functional.normalize(image, [0, 0.5], [1, 0.5]).flatten(); // → tensor([1., 1.])
 * data.transforms.functional.normalize(image, 1, 2).flatten(); // → tensor([0., 0.])
 */
export const normalize = ordered<
  [tensor: Tensor, mean: PerChannel, std: PerChannel],
  [inplace?: boolean]
>()(
  'normalize',
  { args: { tensor: floatKind, ...normalizeArgs } },
  ({ tensor: img, mean, std, inplace }) =>
    normalizeBy('normalize', img, scaleOf('normalize', mean, std, img), inplace),
);

/**
 * A rectangle of images replaced; mirrors torchvision's `erase`.
 *
 * @param i - Its top. @param j - Its left. @param h - Its height. @param w - Its width, all in pixels.
 * @param v - What stands there: any shape that is repeated to `(…, C, h, w)`.
 * @param inplace - Whether the images themselves are changed. Default false.
 * @example
 * const image = torch.ones(1, 2, 3);
 * data.transforms.functional.erase(image, 0, 1, 2, 2, torch.tensor(7)); // → tensor([[[1., 7., 7.], [1., 7., 7.]]])
 */
export const erase = ordered<
  [img: Tensor, i: number, j: number, h: number, w: number, v: Tensor],
  [inplace?: boolean]
>()(
  'erase',
  {
    args: {
      img: imageKind,
      i: integer(0),
      j: integer(0),
      h: integer(0),
      w: integer(0),
      v: tensorKind,
      inplace: flag.or(false),
    },
  },
  ({ img, i, j, h, w, v, inplace }): Tensor => {
    const [, height, width] = sizesOf(img);
    const result = inplace ? img : img.clone();
    const [top, left] = [Math.min(i, height), Math.min(j, width)];
    result
      .narrow(-2, top, Math.min(h, height - top))
      .narrow(-1, left, Math.min(w, width - left))
      .copy_(v);
    return result;
  },
);
