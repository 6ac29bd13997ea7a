import { describe } from '../../argument/describe.js';
import { invalidArgument } from '../../error.js';
import type { DType } from '../../native/dtype.js';
import { gridSample } from '../../nn/functional/grid.js';
import { cat, empty, linspace, type Tensor, tensor, where } from '../../tensor/index.js';
import type { Fill, WarpMode } from '../kinds.js';
import { floatOf, inFloats, sizesOf } from './pixels.js';

/** `[a, b, c, d, e, f]`: an output's point `(x, y)` is the image's `(a x + b y + c, d x + e y + f)`, from its centre. */
export type Matrix = readonly [number, number, number, number, number, number];

const radians = (degrees: number): number => degrees * (Math.PI / 180);

/** What leads from the output of an affine map back to the image. Angles in degrees. */
export function inverseAffine(
  [centerX, centerY]: readonly [number, number],
  angle: number,
  [x, y]: readonly [number, number],
  scale: number,
  shear: readonly [number, number],
): Matrix {
  const rotation = radians(angle);
  const [shearX, shearY] = [radians(shear[0]), radians(shear[1])];
  // Rotated · sheared along y · sheared along x, without the scale.
  const a = Math.cos(rotation - shearY) / Math.cos(shearY);
  const b =
    (-Math.cos(rotation - shearY) * Math.tan(shearX)) / Math.cos(shearY) - Math.sin(rotation);
  const c = Math.sin(rotation - shearY) / Math.cos(shearY);
  const d =
    (-Math.sin(rotation - shearY) * Math.tan(shearX)) / Math.cos(shearY) + Math.cos(rotation);
  const [m0, m1, m3, m4] = [d / scale, -b / scale, -c / scale, a / scale];
  const m2 = m0 * (-centerX - x) + m1 * (-centerY - y) + centerX;
  const m5 = m3 * (-centerX - x) + m4 * (-centerY - y) + centerY;
  return [m0, m1, m2, m3, m4, m5];
}

type Size = readonly [height: number, width: number];

/** Centres of pixels from `first` on, with a third coordinate of 1: `(1, height · width, 3)`. */
function points([height, width]: Size, first: readonly [number, number], like: Made): Tensor {
  const { dtype, device } = like;
  const base = empty([1, height, width, 3], { dtype, device });
  const [x, y] = first;
  base.select(-1, 0).copy_(linspace(x, x + width - 1, width, { device }));
  base.select(-1, 1).copy_(linspace(y, y + height - 1, height, { device }).unsqueeze(-1));
  base.select(-1, 2).fill_(1);
  return base.view(1, height * width, 3);
}

interface Made {
  readonly dtype: DType;
  readonly device: Tensor['device'];
}

const madeFor = (img: Tensor): Made => ({ dtype: floatOf(img), device: img.device });

/** Half an image's edges, which grids are measured in. */
const halves = ([height, width]: Size, made: Made): Tensor =>
  tensor([0.5 * width, 0.5 * height], made);

/** Where an affine map's output finds its pixels: `(1, height, width, 2)`, from −1 to 1 across the image. */
export function affineGrid(img: Tensor, matrix: Matrix, to: Size): Tensor {
  const [, h, w] = sizesOf(img);
  const made = madeFor(img);
  const theta = tensor([...matrix], made).view(1, 2, 3);
  const scaled = theta.transpose(1, 2).div(halves([h, w], made));
  const first = [-to[1] * 0.5 + 0.5, -to[0] * 0.5 + 0.5] as const;
  return points(to, first, made)
    .bmm(scaled)
    .view(1, ...to, 2);
}

/** `[height, width]` that a rotated image needs, in float32 as torchvision reckons. */
export function rotatedSize(img: Tensor, matrix: Matrix): Size {
  const [, h, w] = sizesOf(img);
  const corners = tensor([
    [-0.5 * w, -0.5 * h, 1],
    [-0.5 * w, 0.5 * h, 1],
    [0.5 * w, 0.5 * h, 1],
    [0.5 * w, -0.5 * h, 1],
  ]);
  const moved = corners.matmul(
    tensor([...matrix])
      .view(2, 3)
      .t(),
  );
  const origin = tensor([0.5 * w, 0.5 * h]);
  // What is a whole number but for rounding is one.
  const coarse = (values: Tensor): Tensor => values.add(origin).div(1e-4).trunc().mul(1e-4);
  const most = coarse(moved.max(0)[0]).ceil();
  const least = coarse(moved.min(0)[0]).floor();
  const [width, height] = most.sub(least).tolist() as [number, number];
  return [height, width];
}

/** As {@link affineGrid}, for `(c₀x + c₁y + c₂, c₃x + c₄y + c₅) / (c₆x + c₇y + 1)`, from the corner. */
export function perspectiveGrid(img: Tensor, c: readonly number[]): Tensor {
  const [, h, w] = sizesOf(img);
  const made = madeFor(img);
  const over = tensor([[c.slice(0, 3), c.slice(3, 6)]] as number[][][], made);
  const below = [c[6]!, c[7]!, 1];
  const under = tensor([[below, below]], made);
  const base = points([h, w], [0.5, 0.5], made);
  const above = base.bmm(over.transpose(1, 2).div(halves([h, w], made)));
  return above
    .div(base.bmm(under.transpose(1, 2)))
    .sub(1)
    .view(1, h, w, 2);
}

/** @throws {TypeError} `ERR_INVALID_ARG` for neither one value nor one for each channel. */
export function requireFill(what: string, img: Tensor, fill: Fill | null): void {
  const [channels] = sizesOf(img);
  if (fill === null || typeof fill === 'number' || fill.length === 1) return;
  if (fill.length === channels) return;
  throw invalidArgument(
    `${what}: fill: expected one number or as many as channels, ${channels}, got ${describe(fill)}`,
  );
}

/** The images' pixels at a grid's places, and `fill` beyond the images; `null` leaves zeros. */
export function sampled(img: Tensor, grid: Tensor, mode: WarpMode, fill: Fill | null): Tensor {
  return inFloats(img, grid.dtype, (images) => {
    const [count] = images.shape as [number];
    const places = count > 1 ? grid.expand(count, -1, -1, -1) : grid;
    const options = { mode, paddingMode: 'zeros', alignCorners: false } as const;
    if (fill === null) return gridSample(images, places, options);
    // A channel of ones tells how much of a pixel comes from the image.
    const [, channels, height, width] = images.shape as [number, number, number, number];
    const made = { dtype: images.dtype, device: images.device };
    const inside = empty([count, 1, height, width], made).fill_(1);
    const both = gridSample(cat([images, inside], { dim: 1 }), places, options);
    const warped = both.narrow(1, 0, channels);
    const share = both.narrow(1, channels, 1);
    const color = tensor([fill].flat() as number[], made).view(1, -1, 1, 1);
    if (mode === 'nearest') return where(share.lt(0.5), color, warped);
    return warped.mul(share).add(share.neg().add(1).mul(color));
  });
}
