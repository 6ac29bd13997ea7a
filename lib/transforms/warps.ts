import { atMost } from '../argument/atMost.js';
import { flag, Kind, oneOf, orNull, probability } from '../argument/kind.js';
import type { Tensor } from '../tensor/index.js';
import { transform } from './base.js';
import { between, happens, integerFrom } from './draws.js';
import { roundHalfEven, sizesOf } from './functional/pixels.js';
import { affine, type Corners, perspective, rotate } from './functional/warp.js';
import {
  channelsKind,
  type Fill,
  fillKind,
  finite,
  numbersKind,
  pointKind,
  positiveRangeKind,
  type Range,
  type WarpMode,
  warpModes,
} from './kinds.js';

type Point = readonly [x: number, y: number];

/** Degrees: `v` for `[−v, v]`, or both bounds. */
export type Degrees = number | Range;

const bounds = (list: readonly number[]): boolean =>
  list.every((each, i) => i % 2 === 0 || each >= list[i - 1]!);

// Bounds one after another.
function angles<T extends readonly number[]>(...lengths: number[]): Kind<number | T, T> {
  const lists = numbersKind(...lengths);
  return new Kind(`a number ≥ 0 or ${lists.expected}, each min before its max`, (given) => {
    if (typeof given === 'number' && Number.isFinite(given)) {
      return given >= 0 ? ([-given, given] as unknown as T) : undefined;
    }
    const list = lists.convert(given);
    return list !== undefined && bounds(list) ? (list as T) : undefined;
  });
}

const degreesKind = angles<Range>(2);

const fillOrNull: Kind<Fill | null, Fill> = new Kind(fillKind.expected, (given) =>
  given === null ? 0 : fillKind.convert(given),
);

const common = {
  interpolation: oneOf(...warpModes).or('nearest'),
  fill: fillOrNull.or(0),
  center: orNull(pointKind).or(null),
};

// One number for each channel, as torchvision has it there.
const fillFor = (img: Tensor, fill: Fill): Fill =>
  typeof fill === 'number' ? new Array(sizesOf(img)[0]).fill(fill) : fill;

/**
 * Turns images by a random angle; mirrors torchvision's `RandomRotation` of tensors.
 *
 * Shape: `(C, H, W)` or `(N, C, H, W)` → the same, or larger where `expand` is true; images of a batch get the same angle.
 *
 * @param degrees - `v` for `[−v, v]`, or `[min, max]`, counter-clockwise.
 * @param interpolation - `'nearest'` or `'bilinear'`. Default `'nearest'`.
 * @param expand - Whether the result has room for all of the image, turned around its middle. Default false.
 * @param center - `[x, y]` that stays where it is, in pixels from the upper left corner. Default: the middle.
 * @param fill - What is beyond the image: one number or one for each channel. Default 0.
 * @example
 * const image = torch.tensor([[[1, 2], [3, 4]]]);
 * new data.transforms.RandomRotation([90, 90]).forward(image); // → tensor([[[2., 4.], [1., 3.]]])
 * new data.transforms.RandomRotation(10).degrees; // → [ -10, 10 ]
 */
export class RandomRotation extends transform<
  [degrees: Degrees],
  [interpolation?: WarpMode, expand?: boolean, center?: Point | null, fill?: Fill | null]
>()(
  'RandomRotation',
  {
    degrees: degreesKind,
    interpolation: common.interpolation,
    expand: flag.or(false),
    center: common.center,
    fill: common.fill,
  },
  'degrees={degrees:floats}, interpolation={interpolation}, expand={expand}[, center={center}], fill={fill}',
) {
  /** Draws an angle. */
  static getParams(degrees: Range): number {
    atMost('RandomRotation.getParams', 1, arguments.length);
    return between(...degreesKind.read('RandomRotation.getParams: degrees', degrees));
  }

  forward(img: Tensor): Tensor {
    atMost('RandomRotation.forward', 1, arguments.length);
    const fill = fillFor(channelsKind.read('RandomRotation: img', img), this.fill);
    const angle = RandomRotation.getParams(this.degrees);
    return rotate(img, angle, this.interpolation, this.expand, this.center, fill);
  }
}

const shiftKind: Kind<Point> = new Kind('two numbers [x, y] from 0 to 1', (given) =>
  pointKind.convert(given)?.every((each) => each >= 0 && each <= 1) ? (given as Point) : undefined,
);

/** Bounds of degrees along x, or along x and along y. */
export type Shears = Range | readonly [number, number, number, number];

const shearsKind = angles<Shears>(2, 4);

/** What {@link RandomAffine} does to an image. */
export type AffineParams = [angle: number, translate: Point, scale: number, shear: Point];

/**
 * Turns, moves, scales and shears images at random around a point; mirrors torchvision's `RandomAffine` of tensors.
 *
 * Shape: `(C, H, W)` or `(N, C, H, W)` → the same; images of a batch are changed alike.
 *
 * @param degrees - `v` for `[−v, v]`, or `[min, max]`.
 * @param translate - `[x, y]`: at most that share of the width and of the height. Default `null`: not at all.
 * @param scale - `[min, max]`, more than 0. Default `null`: 1.
 * @param shear - Degrees along x: `v` for `[−v, v]`, `[min, max]`, or `[minX, maxX, minY, maxY]`. Default `null`: none.
 * @param interpolation - `'nearest'` or `'bilinear'`. Default `'nearest'`.
 * @param fill - What is beyond the image: one number or one for each channel. Default 0.
 * @param center - `[x, y]` in pixels from the upper left corner. Default: the middle.
 * @example
 * const image = torch.tensor([[[0, 1, 0]]]);
 * new data.transforms.RandomAffine([180, 180]).forward(image); // → tensor([[[0., 1., 0.]]])
 * new data.transforms.RandomAffine(10, { scale: [0.9, 1.1] }).forward(image).shape; // → [ 1, 1, 3 ]
 */
export class RandomAffine extends transform<
  [degrees: Degrees],
  [
    translate?: Point | null,
    scale?: Range | null,
    shear?: number | Shears | null,
    interpolation?: WarpMode,
    fill?: Fill | null,
    center?: Point | null,
  ]
>()(
  'RandomAffine',
  {
    degrees: degreesKind,
    translate: orNull(shiftKind).or(null),
    scale: orNull(positiveRangeKind).or(null),
    shear: orNull(shearsKind).or(null),
    interpolation: common.interpolation,
    fill: common.fill,
    center: common.center,
  },
  'degrees={degrees:floats}[, translate={translate}][, scale={scale}][, shear={shear:floats}][, interpolation={interpolation}][, fill={fill}][, center={center}]',
) {
  /** Draws an angle, then what else there are bounds for. @param imgSize - `[width, height]` of the image. */
  static getParams(
    degrees: Range,
    translate: Point | null,
    scaleRanges: Range | null,
    shears: Shears | null,
    imgSize: readonly [width: number, height: number],
  ): AffineParams {
    atMost('RandomAffine.getParams', 5, arguments.length);
    const what = 'RandomAffine.getParams';
    const angle = between(...degreesKind.read(`${what}: degrees`, degrees));
    const shift = orNull(shiftKind).read(`${what}: translate`, translate);
    const sizes = pointKind.read(`${what}: imgSize`, imgSize);
    const most = sizes.map((size, i) => (shift === null ? 0 : shift[i]! * size));
    const moved = shift === null ? [0, 0] : most.map((d) => roundHalfEven(between(-d, d)));
    const range = orNull(positiveRangeKind).read(`${what}: scaleRanges`, scaleRanges);
    const scale = range === null ? 1 : between(...range);
    const sheared = orNull(shearsKind).read(`${what}: shears`, shears) ?? [];
    const x = sheared.length > 0 ? between(sheared[0]!, sheared[1]!) : 0;
    const y = sheared.length > 2 ? between(sheared[2]!, sheared[3]!) : 0;
    return [angle, moved as unknown as Point, scale, [x, y]];
  }

  forward(img: Tensor): Tensor {
    atMost('RandomAffine.forward', 1, arguments.length);
    const [, height, width] = sizesOf(channelsKind.read('RandomAffine: img', img));
    const { degrees, translate, scale, shear, interpolation, center } = this;
    const drawn = RandomAffine.getParams(degrees, translate, scale, shear, [width, height]);
    return affine(img, ...drawn, interpolation, fillFor(img, this.fill), center);
  }
}

const distortion = finite('a number from 0 to 1', (given) => given >= 0 && given <= 1);
const edgeKind = finite('an integer ≥ 1', (given) => Number.isInteger(given) && given >= 1);

/**
 * Images seen from elsewhere at random; mirrors torchvision's `RandomPerspective` of tensors.
 *
 * Shape: `(C, H, W)` or `(N, C, H, W)` → the same; images of a batch are changed alike.
 *
 * @param distortionScale - How far corners move at most, 0–1 of half an edge. Default 0.5.
 * @param p - Its probability. Default 0.5.
 * @param interpolation - `'nearest'` or `'bilinear'`. Default `'bilinear'`.
 * @param fill - What is beyond the image: one number or one for each channel. Default 0.
 * @example
 * const image = torch.rand(1, 16, 16);
 * const still = new data.transforms.RandomPerspective({ distortionScale: 0, p: 1 });
 * still.forward(image).allclose(image, { atol: 1e-4 }); // → true
 * new data.transforms.RandomPerspective(); // → RandomPerspective(p=0.5)
 */
export class RandomPerspective extends transform<
  [],
  [distortionScale?: number, p?: number, interpolation?: WarpMode, fill?: Fill | null]
>()(
  'RandomPerspective',
  {
    distortionScale: distortion.or(0.5),
    p: probability.or(0.5),
    interpolation: oneOf(...warpModes).or('bilinear'),
    fill: common.fill,
  },
  'p={p}',
) {
  /** The corners of an image, and by eight draws where they come to. */
  static getParams(
    width: number,
    height: number,
    distortionScale: number,
  ): [startpoints: Corners, endpoints: Corners] {
    atMost('RandomPerspective.getParams', 3, arguments.length);
    const what = 'RandomPerspective.getParams';
    const w = edgeKind.read(`${what}: width`, width);
    const h = edgeKind.read(`${what}: height`, height);
    const scale = distortion.read(`${what}: distortionScale`, distortionScale);
    const across = Math.trunc(scale * Math.floor(w / 2));
    const down = Math.trunc(scale * Math.floor(h / 2));
    const left = () => integerFrom(0, across + 1);
    const right = () => integerFrom(w - across - 1, w);
    const top = () => integerFrom(0, down + 1);
    const bottom = () => integerFrom(h - down - 1, h);
    const start: Corners = [
      [0, 0],
      [w - 1, 0],
      [w - 1, h - 1],
      [0, h - 1],
    ];
    return [
      start,
      [
        [left(), top()],
        [right(), top()],
        [right(), bottom()],
        [left(), bottom()],
      ],
    ];
  }

  forward(img: Tensor): Tensor {
    atMost('RandomPerspective.forward', 1, arguments.length);
    const [, height, width] = sizesOf(channelsKind.read('RandomPerspective: img', img));
    if (!happens(this.p)) return img;
    const corners = RandomPerspective.getParams(width, height, this.distortionScale);
    return perspective(img, ...corners, this.interpolation, fillFor(img, this.fill));
  }
}
