import { ordered } from '../../argument/ordered.js';
import { invalidArgument } from '../../error.js';
import { conv2d } from '../../nn/functional/conv.js';
import { cat, ones, stack, type Tensor, where, zeros } from '../../tensor/index.js';
import { bytesKind, colorKind, finite, lightKind } from '../kinds.js';
import { blend } from './color.js';
import { floatOf, inFloats, sizesOf, whiteOf } from './pixels.js';

/**
 * White minus the image; mirrors torchvision's `invert`. Shape: `(…, 1 or 3, H, W)`.
 *
 * @example
 * data.transforms.functional.invert(torch.tensor([[[0, 0.25]]])); // → tensor([[[1.0000, 0.7500]]])
 * const bytes = torch.tensor([[[0, 55]]], { dtype: 'uint8' });
 * data.transforms.functional.invert(bytes).tolist(); // → [ [ [ 255, 200 ] ] ]
 */
export const invert = ordered<[img: Tensor]>()(
  'invert',
  { args: { img: colorKind } },
  ({ img }): Tensor => img.neg().add(whiteOf(img.dtype) as number),
);

const bitsKind = finite('an integer from 0 to 8', (given) =>
  [0, 1, 2, 3, 4, 5, 6, 7, 8].includes(given),
);

/**
 * Only the upper bits of bytes; mirrors torchvision's `posterize`. Shape: uint8 `(…, 1 or 3, H, W)`.
 *
 * @param bits - 0–8.
 * @example
 * const image = torch.tensor([[[15, 70, 255]]], { dtype: 'uint8' });
 * data.transforms.functional.posterize(image, 2).tolist(); // → [ [ [ 0, 64, 192 ] ] ]
 */
export const posterize = ordered<[img: Tensor, bits: number]>()(
  'posterize',
  { args: { img: bytesKind, bits: bitsKind } },
  ({ img, bits }): Tensor => img.bitwiseAnd(256 - 2 ** (8 - bits)),
);

/**
 * {@link invert} of the pixels from a value on; mirrors torchvision's `solarize`. Shape: `(…, 1 or 3, H, W)`.
 *
 * @param threshold - At most white: 255 for bytes, 1 for floats.
 * @example
 * const image = torch.tensor([[[0.25, 0.5, 1]]]);
 * data.transforms.functional.solarize(image, 0.5); // → tensor([[[0.2500, 0.5000, 0.0000]]])
 */
export const solarize = ordered<[img: Tensor, threshold: number]>()(
  'solarize',
  { args: { img: colorKind, threshold: finite() } },
  ({ img, threshold }) => {
    const white = whiteOf(img.dtype);
    if (threshold > white) {
      throw invalidArgument(
        `solarize: threshold: expected at most ${white} for ${img.dtype}, got ${threshold}`,
      );
    }
    return where(img.ge(threshold), invert(img), img);
  },
);

/**
 * Sharpness times a factor: 0 is blurred, 1 the image; mirrors torchvision's `adjust_sharpness`. Images of two pixels and
 * less in a direction stay as they are.
 *
 * @example
 * const image = torch.tensor([[[1, 1, 1], [1, 0, 1], [1, 1, 1]]]);
 * data.transforms.functional.adjustSharpness(image, 0).select(1, 1); // → tensor([[1.0000, 0.6154, 1.0000]])
 */
export const adjustSharpness = ordered<[img: Tensor, sharpnessFactor: number]>()(
  'adjustSharpness',
  {
    args: {
      img: lightKind,
      sharpnessFactor: finite('a finite number ≥ 0', (given) => given >= 0),
    },
  },
  ({ img, sharpnessFactor }) => {
    const [channels, height, width] = sizesOf(img);
    if (height <= 2 || width <= 2) return img;
    return blend(img, smooth(img, channels), sharpnessFactor);
  },
);

// The pixels at the border stay.
function smooth(img: Tensor, channels: number): Tensor {
  const dtype = floatOf(img);
  const kernel = ones(3, 3, { dtype, device: img.device });
  kernel.narrow(0, 1, 1).narrow(1, 1, 1).fill_(5);
  kernel.div_(kernel.sum());
  const each = kernel.expand(channels, 1, 3, 3);
  const inside = inFloats(img, dtype, (images) => conv2d(images, each, null, { groups: channels }));
  const result = img.clone();
  const [, height, width] = sizesOf(img);
  result
    .narrow(-2, 1, height - 2)
    .narrow(-1, 1, width - 2)
    .copy_(inside);
  return result;
}

/**
 * Each channel's darkest value becomes black, its lightest white; mirrors torchvision's `autocontrast`. Shape: `(…, 1 or 3, H, W)`.
 *
 * @example
 * const image = torch.tensor([[[0.25, 0.5, 0.75]]]);
 * data.transforms.functional.autocontrast(image); // → tensor([[[0.0000, 0.5000, 1.0000]]])
 */
export const autocontrast = ordered<[img: Tensor]>()(
  'autocontrast',
  { args: { img: colorKind } },
  ({ img }) => {
    const white = Number(whiteOf(img.dtype));
    const dtype = floatOf(img);
    const least = img.amin([-2, -1], true).to(dtype);
    const most = img.amax([-2, -1], true).to(dtype);
    const scale = most.sub(least).reciprocal().mul(white);
    const isEven = scale.isfinite().logicalNot();
    return img
      .sub(least.maskedFill(isEven, 0))
      .mul(scale.maskedFill(isEven, 1))
      .clamp(0, white)
      .to(img.dtype);
  },
);

/**
 * Each channel's bytes spread evenly over 0–255; mirrors torchvision's `equalize`.
 *
 * Shape: uint8 `(1 or 3, H, W)` or `(N, 1 or 3, H, W)`.
 *
 * @example
 * const image = torch.arange(512).div(128).to('uint8').reshape(1, 16, 32);
 * image.unique().tolist(); // → [ 0, 1, 2, 3 ]
 * data.transforms.functional.equalize(image).unique().tolist(); // → [ 0, 128, 255 ]
 */
export const equalize = ordered<[img: Tensor]>()(
  'equalize',
  { args: { img: bytesKind } },
  ({ img }): Tensor => {
    if (img.ndim > 4) {
      throw invalidArgument(`equalize: img: expected 3 or 4 dimensions, got ${img.ndim}`);
    }
    const [, height, width] = sizesOf(img);
    const channels = img.reshape(-1, height, width).unbind(0);
    return channels.length === 0 ? img : stack(channels.map(evenly)).view(img.shape);
  },
);

function evenly(channel: Tensor): Tensor {
  const counts = channel.flatten().bincount(null, 256);
  const used = counts.maskedSelect(counts.ne(0));
  const before = used.narrow(0, 0, Math.max(0, used.numel() - 1));
  const step = Math.floor(Number(before.sum().item()) / 255);
  if (step === 0) return channel;
  const levels = counts
    .cumsum(0)
    .add(Math.floor(step / 2))
    .floorDivide(step);
  const table = cat([
    zeros(1, { dtype: 'int64', device: channel.device }),
    levels.narrow(0, 0, 255),
  ]);
  return table.clamp(0, 255).take(channel.to('int64')).to('uint8');
}
