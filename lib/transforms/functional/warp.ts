import { flag, Kind, oneOf, orNull } from '../../argument/kind.js';
import { ordered } from '../../argument/ordered.js';
import { invalidArgument } from '../../error.js';
import { lstsq } from '../../math/linalg/solving.js';
import { linspace, stack, type Tensor, tensor } from '../../tensor/index.js';
import { tensorKind } from '../../tensor/kinds.js';
import {
  channelsKind,
  type Fill,
  fillKind,
  finite,
  numbersKind,
  pointKind,
  type WarpMode,
  warpModes,
} from '../kinds.js';
import {
  affineGrid,
  inverseAffine,
  perspectiveGrid,
  requireFill,
  rotatedSize,
  sampled,
} from './grids.js';
import { sizesOf } from './pixels.js';

type Point = readonly [x: number, y: number];

const nearest = oneOf(...warpModes).or('nearest');
const bilinear = oneOf(...warpModes).or('bilinear');
const noFill = orNull(fillKind).or(null);
const center = orNull(pointKind).or(null);

// Points are measured from the image's centre.
function fromCenter(img: Tensor, point: Point | null): [number, number] {
  const [, height, width] = sizesOf(img);
  return point === null ? [0, 0] : [point[0] - width * 0.5, point[1] - height * 0.5];
}

/**
 * Turns images counter-clockwise; mirrors torchvision's `rotate` of tensors.
 *
 * Shape: `(C, H, W)` or `(N, C, H, W)` → the same, or larger where `expand` is true.
 *
 * @param angle - In degrees.
 * @param interpolation - `'nearest'` or `'bilinear'`. Default `'nearest'`.
 * @param expand - Whether the result has room for all of the image, turned around its middle. Default false.
 * @param center - `[x, y]` that stays where it is, in pixels from the upper left corner. Default: the middle.
 * @param fill - What is beyond the image: one number or one for each channel. Default: zeros.
 * @example
 * const image = torch.tensor([[[1, 2], [3, 4]]]);
 * data.transforms.functional.rotate(image, 90); // → tensor([[[2., 4.], [1., 3.]]])
 * data.transforms.functional.rotate(torch.ones(1, 2, 4), 90, 'nearest', true).shape; // → [ 1, 4, 2 ]
 */
export const rotate = ordered<
  [img: Tensor, angle: number],
  [interpolation?: WarpMode, expand?: boolean, center?: Point | null, fill?: Fill | null]
>()(
  'rotate',
  {
    args: {
      img: channelsKind,
      angle: finite(),
      interpolation: nearest,
      expand: flag.or(false),
      center,
      fill: noFill,
    },
  },
  ({ img, angle, interpolation, expand, center: point, fill }) => {
    requireFill('rotate', img, fill);
    const matrix = inverseAffine(fromCenter(img, point), -angle, [0, 0], 1, [0, 0]);
    const [, height, width] = sizesOf(img);
    const to = expand ? rotatedSize(img, matrix) : ([height, width] as const);
    return sampled(img, affineGrid(img, matrix, to), interpolation, fill);
  },
);

const shearKind: Kind<number | readonly number[], readonly [number, number]> = new Kind(
  'a number or a list of 1 or 2 numbers',
  (given) => {
    if (Number.isFinite(given)) return [given as number, 0];
    const list = numbersKind(1, 2).convert(given);
    return list && [list[0]!, list.at(-1)!];
  },
);

/**
 * Turns, moves, scales and shears images around a point; mirrors torchvision's `affine` of tensors.
 *
 * Shape: `(C, H, W)` or `(N, C, H, W)` → the same.
 *
 * @param angle - In degrees, clockwise.
 * @param translate - `[x, y]` in pixels, to the right and down.
 * @param scale - More than 0.
 * @param shear - In degrees, along x or `[x, y]`; a list of one is for both.
 * @param interpolation - `'nearest'` or `'bilinear'`. Default `'nearest'`.
 * @param fill - What is beyond the image: one number or one for each channel. Default: zeros.
 * @param center - `[x, y]` in pixels from the upper left corner. Default: the middle.
 * @example
 * const image = torch.tensor([[[1, 2], [3, 4]]]);
 * data.transforms.functional.affine(image, 0, [1, 0], 1, 0); // → tensor([[[0., 1.], [0., 3.]]])
 * data.transforms.functional.affine(image, 90, [0, 0], 1, 0); // → tensor([[[3., 1.], [4., 2.]]])
 */
export const affine = ordered<
  [img: Tensor, angle: number, translate: Point, scale: number, shear: number | readonly number[]],
  [interpolation?: WarpMode, fill?: Fill | null, center?: Point | null]
>()(
  'affine',
  {
    args: {
      img: channelsKind,
      angle: finite(),
      translate: pointKind,
      scale: finite('a number > 0', (given) => given > 0),
      shear: shearKind,
      interpolation: nearest,
      fill: noFill,
      center,
    },
  },
  ({ img, angle, translate, scale, shear, interpolation, fill, center: point }) => {
    requireFill('affine', img, fill);
    const matrix = inverseAffine(fromCenter(img, point), angle, translate, scale, shear);
    const [, height, width] = sizesOf(img);
    return sampled(img, affineGrid(img, matrix, [height, width]), interpolation, fill);
  },
);

/** Four corners `[x, y]`: top left, top right, bottom right, bottom left. */
export type Corners = readonly [Point, Point, Point, Point];

const cornersKind: Kind<Corners> = new Kind('four corners [x, y]', (given) =>
  Array.isArray(given) &&
  given.length === 4 &&
  given.every((each) => pointKind.convert(each) !== undefined)
    ? (given as unknown as Corners)
    : undefined,
);

// In float64 but for the rows, which torchvision makes of numbers that are not whole in float32.
function coefficients(from: Corners, to: Corners): number[] {
  const rows = to.flatMap(([x, y], i) => {
    const [u, v] = from[i]!;
    return [
      [x, y, 1, 0, 0, 0, -u * x, -u * y],
      [0, 0, 0, x, y, 1, -v * x, -v * y],
    ].map((row) => (row.every(Number.isInteger) ? row : row.map(Math.fround)));
  });
  const [found] = lstsq(
    tensor(rows, { dtype: 'float64' }),
    tensor(from.flat() as number[], { dtype: 'float64' }),
    { driver: 'gels' },
  );
  return found.to('float32').tolist() as number[];
}

/**
 * Seen from elsewhere: what was at four points comes to four others; mirrors torchvision's `perspective` of tensors.
 *
 * Shape: `(C, H, W)` or `(N, C, H, W)` → the same.
 *
 * @param startpoints - Corners in the image, `[x, y]` in pixels: top left, top right, bottom right, bottom left.
 * @param endpoints - Where they come to.
 * @param interpolation - `'nearest'` or `'bilinear'`. Default `'bilinear'`.
 * @param fill - What is beyond the image: one number or one for each channel. Default: zeros.
 * @example
 * const image = torch.tensor([[[1, 2], [3, 4]]]);
 * const from = [[0, 0], [1, 0], [1, 1], [0, 1]] as const;
 * const to = [[1, 0], [2, 0], [2, 1], [1, 1]] as const;
 * data.transforms.functional.perspective(image, from, to, 'nearest'); // → tensor([[[0., 1.], [0., 3.]]])
 */
export const perspective = ordered<
  [img: Tensor, startpoints: Corners, endpoints: Corners],
  [interpolation?: WarpMode, fill?: Fill | null]
>()(
  'perspective',
  {
    args: {
      img: channelsKind,
      startpoints: cornersKind,
      endpoints: cornersKind,
      interpolation: bilinear,
      fill: noFill,
    },
  },
  ({ img, startpoints, endpoints, interpolation, fill }) => {
    requireFill('perspective', img, fill);
    const grid = perspectiveGrid(img, coefficients(startpoints, endpoints));
    return sampled(img, grid, interpolation, fill);
  },
);

/**
 * Each pixel taken from a place beside its own; mirrors torchvision's `elastic_transform`.
 *
 * @param displacement - `(1, H, W, 2)`: how far beside, `(x, y)`, where the image is 2 wide and high.
 * @param interpolation - `'nearest'` or `'bilinear'`. Default `'bilinear'`.
 * @param fill - What is beyond the image: one number or one for each channel. Default: zeros.
 * @example
 * const image = torch.tensor([[[1, 2, 3, 4]]]);
 * const displacement = torch.tensor([0.5, 0]).expand(1, 1, 4, 2);
 * data.transforms.functional.elasticTransform(image, displacement); // → tensor([[[2., 3., 4., 0.]]])
 */
export const elasticTransform = ordered<
  [img: Tensor, displacement: Tensor],
  [interpolation?: WarpMode, fill?: Fill | null]
>()(
  'elasticTransform',
  {
    args: { img: channelsKind, displacement: tensorKind, interpolation: bilinear, fill: noFill },
  },
  ({ img, displacement, interpolation, fill }) => {
    requireFill('elasticTransform', img, fill);
    const [, height, width] = sizesOf(img);
    const wanted = [1, height, width, 2];
    if (displacement.shape.join() !== wanted.join()) {
      throw invalidArgument(
        `elasticTransform: displacement: expected shape (${wanted.join(', ')}), got (${displacement.shape.join(', ')})`,
      );
    }
    const places = (size: number): Tensor =>
      linspace((1 - size) / size, (size - 1) / size, size, { device: img.device });
    const x = places(width).expand(height, width);
    const y = places(height).unsqueeze(-1).expand(height, width);
    const grid = stack([x, y], { dim: -1 }).unsqueeze(0).add(displacement.to(img.device));
    return sampled(img, grid, interpolation, fill);
  },
);
