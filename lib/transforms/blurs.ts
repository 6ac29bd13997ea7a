import { atMost } from '../argument/atMost.js';
import { Kind, oneOf } from '../argument/kind.js';
import { pythonFloat, pythonFloats } from '../nn/module/repr.js';
import { cat, rand, type Tensor } from '../tensor/index.js';
import { tidy } from '../tensor/scope.js';
import { transform } from './base.js';
import { between } from './draws.js';
import { gaussianBlur, kernelKind } from './functional/blur.js';
import { sizesOf } from './functional/pixels.js';
import { elasticTransform } from './functional/warp.js';
import {
  channelsKind,
  type Edges,
  type Fill,
  fillKind,
  numbersKind,
  pointKind,
  positiveRangeKind,
  type Range,
  rangeKind,
  type WarpMode,
  warpModes,
} from './kinds.js';

type Point = readonly [x: number, y: number];

const sigmaKind: Kind<number | Range, Range> = new Kind(
  `a number > 0 or ${positiveRangeKind.expected}`,
  (given) =>
    typeof given === 'number'
      ? positiveRangeKind.convert([given, given])
      : positiveRangeKind.convert(given),
);

/**
 * Blurs images by a random width; mirrors torchvision's `GaussianBlur`.
 *
 * Shape: `(C, H, W)` or `(N, C, H, W)` → the same; images of a batch are blurred alike.
 *
 * @param kernelSize - Odd pixels of the kernel, one number or `[x, y]`.
 * @param sigma - Standard deviation in pixels: one number, or `[min, max]` to draw it from. Default `[0.1, 2]`.
 * @example
 * const dot = torch.tensor([[[0, 0, 0], [0, 1, 0], [0, 0, 0]]]);
 * new data.transforms.GaussianBlur([3, 1], 1).forward(dot).select(1, 1); // → tensor([[0.5481, 0.4519, 0.5481]])
 */
export class GaussianBlur extends transform<[kernelSize: Edges], [sigma?: number | Range]>()(
  'GaussianBlur',
  { kernelSize: kernelKind, sigma: sigmaKind.or([0.1, 2]) },
  'kernel_size={kernelSize}, sigma={sigma:float}',
) {
  /** Draws a deviation. */
  static getParams(sigmaMin: number, sigmaMax: number): number {
    atMost('GaussianBlur.getParams', 2, arguments.length);
    return between(...rangeKind(0).read('GaussianBlur.getParams: sigma', [sigmaMin, sigmaMax]));
  }

  forward(img: Tensor): Tensor {
    atMost('GaussianBlur.forward', 1, arguments.length);
    channelsKind.read('GaussianBlur: img', img);
    return gaussianBlur(img, this.kernelSize, GaussianBlur.getParams(...this.sigma));
  }
}

const twoKind = (least: number): Kind<number | Point> =>
  new Kind(`a number${least === 0 ? ' ≥ 0' : ''} or two of them`, (given) => {
    const both = Array.isArray(given) ? given : [given, given];
    const fits = numbersKind(2)
      .convert(both)
      ?.every((each) => each >= least);
    return fits ? (given as number | Point) : undefined;
  });

const both = (given: number | Point): Point => (typeof given === 'number' ? [given, given] : given);

const alphaKind = twoKind(Number.NEGATIVE_INFINITY);
const smoothKind = twoKind(0);

/**
 * Images seen through water: each pixel from a random place beside its own; mirrors torchvision's `ElasticTransform`.
 *
 * Shape: `(C, H, W)` or `(N, C, H, W)` → the same; images of a batch are changed alike.
 *
 * @param alpha - How far, one number or `[x, y]`. Default 50.
 * @param sigma - How smoothly, one number or `[x, y]`. Default 5.
 * @param interpolation - `'nearest'` or `'bilinear'`. Default `'bilinear'`.
 * @param fill - What is beyond the image: one number or one for each channel. Default 0.
 * @example
 * const image = torch.rand(1, 28, 28);
 * new data.transforms.ElasticTransform({ alpha: 0 }).forward(image).allclose(image, { atol: 1e-5 }); // → true
 * new data.transforms.ElasticTransform({ alpha: 34, sigma: 4 }).forward(image).shape; // → [ 1, 28, 28 ]
 */
export class ElasticTransform extends transform<
  [],
  [alpha?: number | Point, sigma?: number | Point, interpolation?: WarpMode, fill?: Fill]
>()('ElasticTransform', {
  alpha: alphaKind.or(50),
  sigma: smoothKind.or(5),
  interpolation: oneOf(...warpModes).or('bilinear'),
  fill: fillKind.or(0),
}) {
  /** Draws how far beside its own each pixel is taken from: `(1, H, W, 2)`. @param size - `[height, width]`. */
  static getParams(
    alpha: number | Point,
    sigma: number | Point,
    size: readonly [height: number, width: number],
  ): Tensor {
    atMost('ElasticTransform.getParams', 3, arguments.length);
    const what = 'ElasticTransform.getParams';
    const far = both(alphaKind.read(`${what}: alpha`, alpha));
    const smooth = both(smoothKind.read(`${what}: sigma`, sigma));
    const [height, width] = pointKind.read(`${what}: size`, size);
    return tidy(() => {
      const along = [width, height].map((edge, i) => {
        const drawn = rand([1, 1, height, width]).mul(2).sub(1);
        // The kernel is made odd.
        const kernel = Math.trunc(8 * smooth[i]! + 1) | 1;
        const flat = smooth[i]! > 0 ? gaussianBlur(drawn, kernel, smooth) : drawn;
        return flat.mul(far[i]!).div(edge);
      });
      return cat(along, { dim: 1 }).permute(0, 2, 3, 1);
    });
  }

  override extraRepr(): string {
    atMost('extraRepr', 0, arguments.length);
    const text = (value: number | Point): string =>
      typeof value === 'number' ? pythonFloats(both(value)) : pythonFloat(value);
    const fill = pythonFloats([this.fill].flat());
    const mode = `InterpolationMode.${this.interpolation.toUpperCase()}`;
    return `alpha=${text(this.alpha)}, sigma=${text(this.sigma)}, interpolation=${mode}, fill=${fill}`;
  }

  forward(tensor: Tensor): Tensor {
    atMost('ElasticTransform.forward', 1, arguments.length);
    const [, height, width] = sizesOf(channelsKind.read('ElasticTransform: tensor', tensor));
    const displacement = ElasticTransform.getParams(this.alpha, this.sigma, [height, width]);
    return elasticTransform(tensor, displacement, this.interpolation, [this.fill].flat());
  }
}
