import { atMost } from '../argument/atMost.js';
import { flag } from '../argument/kind.js';
import { invalidArgument } from '../error.js';
import type { Tensor } from '../tensor/index.js';
import { transform } from './base.js';
import { integerFrom } from './draws.js';
import {
  centerCrop,
  crop,
  type Five,
  fiveCrop,
  type Padding,
  type PaddingMode,
  pad,
  padArgs,
  paddingOrNull,
  tenCrop,
} from './functional/geometry.js';
import { sizesOf } from './functional/pixels.js';
import { type Edges, edgesKind, imageKind } from './kinds.js';

/** A part of an image: its top, left, height and width in pixels. */
export type Part = [top: number, left: number, height: number, width: number];

/**
 * The middle of images, with zeros around where they are smaller; mirrors torchvision's `CenterCrop`.
 *
 * Shape: `(…, H, W)` → `(…, height, width)`.
 *
 * @param size - `[height, width]`, or one number for both.
 * @throws {TypeError} `ERR_INVALID_ARG` for anything else.
 * @example
 * const image = torch.arange(9).reshape(1, 3, 3);
 * new data.transforms.CenterCrop(1).forward(image).tolist(); // → [ [ [ 4 ] ] ]
 * new data.transforms.CenterCrop([1, 3]).forward(image).tolist(); // → [ [ [ 3, 4, 5 ] ] ]
 */
export class CenterCrop extends transform<[size: Edges]>()(
  'CenterCrop',
  { size: edgesKind },
  'size={size}',
) {
  get fixed(): boolean {
    return true;
  }

  forward(img: Tensor): Tensor {
    atMost('CenterCrop.forward', 1, arguments.length);
    return centerCrop(img, this.size);
  }
}

/**
 * Adds pixels around the images; mirrors torchvision's `Pad`.
 *
 * Shape: `(…, H, W)` → `(…, H + top + bottom, W + left + right)`, any dtype.
 *
 * @param padding - Pixels on all sides, `[left and right, top and bottom]` or `[left, top, right, bottom]`; negative ones
 *   are taken away.
 * @param fill - What is added in mode `'constant'`. Default 0.
 * @param paddingMode - `'constant'`, `'edge'`, `'reflect'` or `'symmetric'`. Default `'constant'`.
 * @throws {TypeError} `ERR_INVALID_ARG` for anything else.
 * @example
 * const image = torch.tensor([[[1, 2]]]);
 * new data.transforms.Pad([1, 0], 9).forward(image); // → tensor([[[9., 1., 2., 9.]]])
 * new data.transforms.Pad([0, 0, 2, 0], { paddingMode: 'edge' }).forward(image); // → tensor([[[1., 2., 2., 2.]]])
 */
export class Pad extends transform<
  [padding: Padding],
  [fill?: number, paddingMode?: PaddingMode]
>()('Pad', padArgs, 'padding={padding}, fill={fill}, padding_mode={paddingMode}') {
  get fixed(): boolean {
    return true;
  }

  forward(img: Tensor): Tensor {
    atMost('Pad.forward', 1, arguments.length);
    return pad(img, this.padding, this.fill, this.paddingMode);
  }
}

/**
 * A part of images at a random place; mirrors torchvision's `RandomCrop`.
 *
 * Shape: `(…, H, W)` → `(…, height, width)`; images of a batch get the same place, as in torchvision.
 *
 * @param size - `[height, width]`, or one number for both.
 * @param padding - What is added around first. Default: nothing.
 * @param padIfNeeded - Whether what is smaller is padded on both sides until it is large enough. Default false.
 * @param fill - Default 0.
 * @param paddingMode - Default `'constant'`.
 * @throws {TypeError} `ERR_INVALID_ARG` for images that are smaller, when they come.
 * @example
 * const { RandomCrop } = data.transforms;
 * new RandomCrop(28, { padding: 4 }).forward(torch.rand(1, 28, 28)).shape; // → [ 1, 28, 28 ]
 * RandomCrop.getParams(torch.rand(1, 28, 28), [28, 28]); // → [ 0, 0, 28, 28 ]
 */
export class RandomCrop extends transform<
  [size: Edges],
  [padding?: Padding | null, padIfNeeded?: boolean, fill?: number, paddingMode?: PaddingMode]
>()(
  'RandomCrop',
  {
    size: edgesKind,
    padding: paddingOrNull.or(null),
    padIfNeeded: flag.or(false),
    fill: padArgs.fill,
    paddingMode: padArgs.paddingMode,
  },
  'size={size}, padding={padding}',
) {
  /** A random place in an image for a part of that size, by two draws; none where it is the whole image. */
  static getParams(img: Tensor, outputSize: Edges): Part {
    atMost('RandomCrop.getParams', 2, arguments.length);
    const [, h, w] = sizesOf(imageKind.read('RandomCrop.getParams: img', img));
    const [height, width] = edgesKind.read('RandomCrop.getParams: outputSize', outputSize);
    if (h < height || w < width) {
      throw invalidArgument(
        `RandomCrop: size: expected at most the image's [${h}, ${w}], got [${height}, ${width}]`,
      );
    }
    if (h === height && w === width) return [0, 0, h, w];
    const top = integerFrom(0, h - height + 1);
    return [top, integerFrom(0, w - width + 1), height, width];
  }

  forward(img: Tensor): Tensor {
    atMost('RandomCrop.forward', 1, arguments.length);
    const { size, padding, fill, paddingMode } = this;
    const around = (images: Tensor, sides: Padding): Tensor =>
      pad(images, sides, fill, paddingMode);
    let images = padding === null ? img : around(img, padding);
    if (this.padIfNeeded) {
      const [, height, width] = sizesOf(imageKind.read('RandomCrop: img', images));
      if (width < size[1]) images = around(images, [size[1] - width, 0]);
      if (height < size[0]) images = around(images, [0, size[0] - height]);
    }
    return crop(images, ...RandomCrop.getParams(images, size));
  }
}

/**
 * The four corners of images and their middle, as five tensors; mirrors torchvision's `FiveCrop`. A `Lambda` after it puts
 * them together: `new Lambda((crops) => torch.stack(crops))`.
 *
 * @param size - `[height, width]` of each, or one number for both.
 * @example
 * const crops = new data.transforms.FiveCrop(1).forward(torch.arange(9).reshape(1, 3, 3));
 * crops.map((each) => each.item()); // → [ 0, 2, 6, 8, 4 ]
 */
export class FiveCrop extends transform<[size: Edges]>()(
  'FiveCrop',
  { size: edgesKind },
  'size={size}',
) {
  forward(img: Tensor): Five {
    atMost('FiveCrop.forward', 1, arguments.length);
    return fiveCrop(img, this.size);
  }
}

/**
 * {@link FiveCrop} of the images and of them flipped, as ten tensors; mirrors torchvision's `TenCrop`.
 *
 * @param size - `[height, width]` of each, or one number for both.
 * @param verticalFlip - Whether top and bottom are exchanged, and not left and right. Default false.
 * @example
 * const crops = new data.transforms.TenCrop(1).forward(torch.arange(9).reshape(1, 3, 3));
 * crops.map((each) => each.item()); // → [ 0, 2, 6, 8, 4, 2, 0, 8, 6, 4 ]
 */
export class TenCrop extends transform<[size: Edges], [verticalFlip?: boolean]>()(
  'TenCrop',
  { size: edgesKind, verticalFlip: flag.or(false) },
  'size={size}, vertical_flip={verticalFlip}',
) {
  forward(img: Tensor): [...Five, ...Five] {
    atMost('TenCrop.forward', 1, arguments.length);
    return tenCrop(img, this.size, this.verticalFlip);
  }
}
