import { atMost } from '../argument/atMost.js';
import { flag, Kind, probability } from '../argument/kind.js';
import { invalidArgument } from '../error.js';
import { empty, type Tensor, tensor } from '../tensor/index.js';
import { transform } from './base.js';
import { happens, integerFrom } from './draws.js';
import { erase } from './functional/conversion.js';
import { roundHalfEven, sizesOf } from './functional/pixels.js';
import {
  channelsKind,
  type Fill,
  fillKind,
  positiveRangeKind,
  type Range,
  rangeKind,
} from './kinds.js';
import { drawnPart } from './resizedCrop.js';

const valueKind: Kind<Fill | 'random'> = new Kind(`${fillKind.expected}, or 'random'`, (given) =>
  given === 'random' ? given : fillKind.convert(given),
);

const orNone = (value: unknown): readonly number[] | null =>
  value === null
    ? null
    : ([fillKind.read('RandomErasing.getParams: value', value)].flat() as number[]);

/** A rectangle of an image, and what comes there. */
export type Erased = [top: number, left: number, height: number, width: number, value: Tensor];

/**
 * A rectangle of images replaced at random; mirrors torchvision's `RandomErasing`.
 *
 * Shape: `(C, H, W)` or `(N, C, H, W)`; images of a batch lose the same rectangle.
 *
 * @param p - Its probability. Default 0.5.
 * @param scale - From which to which share of the area, 0–1. Default `[0.02, 0.33]`.
 * @param ratio - From which to which height by width. Default `[0.3, 3.3]`.
 * @param value - What comes there: one number or one for each channel, or `'random'`: normally distributed numbers.
 *   Default 0.
 * @param inplace - Whether the images themselves are changed. Default false.
 * @example
 * const erase = new data.transforms.RandomErasing({ p: 1, scale: [0.25, 0.25], ratio: [1, 1] });
 * erase.forward(torch.ones(1, 8, 8)).sum().item(); // → 48
 */
export class RandomErasing extends transform<
  [],
  [p?: number, scale?: Range, ratio?: Range, value?: Fill | 'random', inplace?: boolean]
>()(
  'RandomErasing',
  {
    p: probability.or(0.5),
    scale: rangeKind(0, 1).or([0.02, 0.33]),
    ratio: positiveRangeKind.or([0.3, 3.3]),
    value: valueKind.or(0),
    inplace: flag.or(false),
  },
  'p={p}, scale={scale}, ratio={ratio}, value={value}, inplace={inplace}',
) {
  /**
   * Draws a rectangle. Where ten attempts find none that fits, it is the whole image with what is there.
   * @param value - `null` for normally distributed numbers. Default `null`.
   */
  static getParams(
    img: Tensor,
    scale: Range,
    ratio: Range,
    value: readonly number[] | null = null,
  ): Erased {
    atMost('RandomErasing.getParams', 4, arguments.length);
    const what = 'RandomErasing.getParams';
    const [channels, height, width] = sizesOf(channelsKind.read(`${what}: img`, img));
    const values = orNone(value);
    const bounds = {
      scale: rangeKind(0, 1).read(`${what}: scale`, scale),
      ratio: positiveRangeKind.read(`${what}: ratio`, ratio),
    };
    const drawn = drawnPart(height * width, bounds, (area, aspect): Erased | undefined => {
      const h = roundHalfEven(Math.sqrt(area * aspect));
      const w = roundHalfEven(Math.sqrt(area / aspect));
      if (h >= height || w >= width) return undefined;
      const made =
        values === null
          ? empty([channels, h, w], { dtype: 'float32' }).normal_()
          : tensor([...values]).view(-1, 1, 1);
      return [integerFrom(0, height - h + 1), integerFrom(0, width - w + 1), h, w, made];
    });
    return drawn ?? [0, 0, height, width, img];
  }

  forward(img: Tensor): Tensor {
    atMost('RandomErasing.forward', 1, arguments.length);
    const [channels] = sizesOf(channelsKind.read('RandomErasing: img', img));
    if (!happens(this.p)) return img;
    const value = this.value === 'random' ? null : ([this.value].flat() as number[]);
    if (value !== null && value.length !== 1 && value.length !== channels) {
      throw invalidArgument(
        `RandomErasing: value: expected one number or as many as channels, ${channels}, got ${value.length}`,
      );
    }
    const erased = RandomErasing.getParams(img, this.scale, this.ratio, value);
    return erase(img, ...erased, this.inplace);
  }
}
