import { atMost } from '../argument/atMost.js';
import { pythonFloat, pythonText } from '../nn/module/repr.js';
import { type Tensor, tensor } from '../tensor/index.js';
import { tidy } from '../tensor/scope.js';
import { transform } from './base.js';
import type { Part } from './crops.js';
import { between, integerFrom } from './draws.js';
import { roundHalfEven, sizesOf } from './functional/pixels.js';
import { resizeArgs, resizedCrop } from './functional/resizing.js';
import {
  type Antialias,
  channelsKind,
  type Edges,
  edgesKind,
  positiveRangeKind,
  type Range,
  type ResizeMode,
  rangeKind,
} from './kinds.js';
import type { Transform } from './transform.js';

/** Bounds of a part's share of the image and of its width by its height. */
interface Bounds {
  readonly scale: Range;
  readonly ratio: Range;
}

/**
 * Draws a share and an aspect ratio, at most ten times, until something can be made of them.
 * @param made - Of the part's area and its ratio; `undefined` where it does not fit.
 */
export function drawnPart<T>(
  area: number,
  { scale, ratio }: Bounds,
  made: (area: number, ratio: number) => T | undefined,
): T | undefined {
  return tidy(() => {
    // In float32, as torchvision has both.
    const [low, high] = tensor([...ratio])
      .log()
      .tolist() as [number, number];
    for (let attempt = 0; attempt < 10; attempt++) {
      const target = area * between(...scale);
      const aspect = Number(tensor(between(low, high)).exp().item());
      const found = made(target, aspect);
      if (found !== undefined) return found;
    }
    return undefined;
  });
}

/**
 * A random part of images in another size; mirrors torchvision's `RandomResizedCrop`.
 *
 * Shape: `(C, H, W)` or `(N, C, H, W)` → the same with `size`; images of a batch get the same part.
 *
 * @param size - `[height, width]`, or one number for both.
 * @param scale - From which to which share of the area. Default `[0.08, 1]`.
 * @param ratio - From which to which width by height. Default `[3 / 4, 4 / 3]`.
 * @param interpolation - Default `'bilinear'`.
 * @param antialias - As for {@link Resize}. Default true.
 * @example
 * const crop = new data.transforms.RandomResizedCrop(32, { scale: [0.5, 1] });
 * crop.forward(torch.rand(3, 64, 48)).shape; // → [ 3, 32, 32 ]
 */
export class RandomResizedCrop
  extends transform<
    [size: Edges],
    [scale?: Range, ratio?: Range, interpolation?: ResizeMode, antialias?: Antialias]
  >()('RandomResizedCrop', {
    size: edgesKind,
    scale: rangeKind(0).or([0.08, 1]),
    ratio: positiveRangeKind.or([3 / 4, 4 / 3]),
    interpolation: resizeArgs.interpolation,
    antialias: resizeArgs.antialias,
  })
  implements Transform
{
  /** A random part of an image: by four draws, or by more where a part would be larger than the image. */
  static getParams(img: Tensor, scale: Range, ratio: Range): Part {
    atMost('RandomResizedCrop.getParams', 3, arguments.length);
    const what = 'RandomResizedCrop.getParams';
    const [, height, width] = sizesOf(channelsKind.read(`${what}: img`, img));
    const bounds = {
      scale: rangeKind(0).read(`${what}: scale`, scale),
      ratio: positiveRangeKind.read(`${what}: ratio`, ratio),
    };
    const drawn = drawnPart(height * width, bounds, (area, aspect): Part | undefined => {
      const w = roundHalfEven(Math.sqrt(area * aspect));
      const h = roundHalfEven(Math.sqrt(area / aspect));
      if (w <= 0 || w > width || h <= 0 || h > height) return undefined;
      return [integerFrom(0, height - h + 1), integerFrom(0, width - w + 1), h, w];
    });
    return drawn ?? largestPart(height, width, bounds.ratio);
  }

  override extraRepr(): string {
    atMost('extraRepr', 0, arguments.length);
    const rounded = (range: Range): string =>
      pythonFloat(range.map((each) => Number(each.toFixed(4))));
    const { size, scale, ratio, interpolation, antialias } = this;
    return [
      `size=${pythonText(size)}, scale=${rounded(scale)}, ratio=${rounded(ratio)}`,
      `interpolation=${interpolation}, antialias=${pythonText(antialias)}`,
    ].join(', ');
  }

  forward(img: Tensor): Tensor {
    atMost('RandomResizedCrop.forward', 1, arguments.length);
    const part = RandomResizedCrop.getParams(img, this.scale, this.ratio);
    return resizedCrop(img, ...part, this.size, this.interpolation, this.antialias);
  }

  forPictures(): RandomResizedCrop {
    atMost('forPictures', 0, arguments.length);
    const { size, scale, ratio, interpolation } = this;
    if (interpolation !== 'bilinear') return this;
    return new RandomResizedCrop(size, scale, ratio, interpolation, 'pillow');
  }
}

// The middle, as large as the ratios allow.
function largestPart(height: number, width: number, [least, most]: Range): Part {
  const ratio = width / height;
  let [h, w] = [height, width];
  if (ratio < least) h = roundHalfEven(width / least);
  else if (ratio > most) w = roundHalfEven(height * most);
  return [Math.floor((height - h) / 2), Math.floor((width - w) / 2), h, w];
}
