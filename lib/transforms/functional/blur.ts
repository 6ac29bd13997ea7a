import { Kind, orNull } from '../../argument/kind.js';
import { ordered } from '../../argument/ordered.js';
import { conv2d } from '../../nn/functional/conv.js';
import { pad } from '../../nn/functional/padding.js';
import { linspace, type Tensor } from '../../tensor/index.js';
import { channelsKind, type Edges } from '../kinds.js';
import { floatOf, inFloats, sizesOf } from './pixels.js';

const isOdd = (given: unknown): boolean =>
  Number.isInteger(given) && (given as number) > 0 && (given as number) % 2 === 1;

/** Becomes two numbers. @internal */
export const kernelKind: Kind<Edges, readonly [number, number]> = new Kind(
  'an odd integer ≥ 1 or two of them',
  (given) => {
    const all: unknown[] = [given].flat();
    return [1, 2].includes(all.length) && all.every(isOdd)
      ? [all[0] as number, all.at(-1) as number]
      : undefined;
  },
);

const sigmaKind: Kind<number | readonly number[], readonly [number, number]> = new Kind(
  'a number > 0 or two of them',
  (given) => {
    const all: unknown[] = [given].flat();
    const fits = (each: unknown): boolean => Number.isFinite(each) && (each as number) > 0;
    return [1, 2].includes(all.length) && all.every(fits)
      ? [all[0] as number, all.at(-1) as number]
      : undefined;
  },
);

/**
 * Blurs images, which are mirrored at their border; mirrors torchvision's `gaussian_blur`.
 *
 * Shape: `(C, H, W)` or `(N, C, H, W)` → the same; the kernel reaches at most an edge less one pixel to each side.
 *
 * @param kernelSize - Odd pixels of the kernel, one number or `[x, y]`.
 * @param sigma - Standard deviation in pixels, one number or `[x, y]`. Default: `0.15 · kernelSize + 0.35`.
 * @example
 * const line = torch.tensor([[[0, 0, 1, 0, 0]]]);
 * data.transforms.functional.gaussianBlur(line, [3, 1], 1); // → tensor([[[0.0000, 0.2741, 0.4519, 0.2741, 0.0000]]])
 */
export const gaussianBlur = ordered<
  [img: Tensor, kernelSize: Edges],
  [sigma?: number | readonly number[] | null]
>()(
  'gaussianBlur',
  { args: { img: channelsKind, kernelSize: kernelKind, sigma: orNull(sigmaKind).or(null) } },
  ({ img, kernelSize: [across, down], sigma }) => {
    const [x, y] = sigma ?? [across * 0.15 + 0.35, down * 0.15 + 0.35];
    const [channels] = sizesOf(img);
    const kernel = bell(img, down, y)
      .unsqueeze(1)
      .mm(bell(img, across, x).unsqueeze(0));
    const sides = [across >> 1, across >> 1, down >> 1, down >> 1];
    return inFloats(img, kernel.dtype, (images) =>
      conv2d(pad(images, sides, 'reflect'), kernel.expand(channels, 1, down, across), null, {
        groups: channels,
      }),
    );
  },
);

/** The normal distribution at a kernel's pixels; their sum is 1. */
function bell(img: Tensor, size: number, sigma: number): Tensor {
  const half = (size - 1) * 0.5;
  const made = { dtype: floatOf(img), device: img.device };
  const heights = linspace(-half, half, size, made).div(sigma).pow(2).mul(-0.5).exp();
  return heights.div(heights.sum());
}
