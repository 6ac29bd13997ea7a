import { number } from '../../argument/kind.js';
import { ordered } from '../../argument/ordered.js';
import { cat, stack, type Tensor, tensor, where, zerosLike } from '../../tensor/index.js';
import { colorKind, finite, lightKind } from '../kinds.js';
import { convertImageDtype } from './conversion.js';
import { asFloats, floatOf, isFloat, sizesOf, whiteOf } from './pixels.js';

const factor = finite('a finite number ≥ 0', (given) => given >= 0);

/** `ratio` of one image and the rest of another, within black and white. */
export function blend(image: Tensor, other: Tensor, ratio: number): Tensor {
  const mixed = asFloats(image)
    .mul(ratio)
    .add(asFloats(other).mul(1 - ratio));
  return mixed.clamp(0, Number(whiteOf(image.dtype))).to(image.dtype);
}

const channelsKind = finite('1 or 3', (given) => given === 1 || given === 3);

/**
 * Grey images of colour images, `0.2989 R + 0.587 G + 0.114 B`; mirrors torchvision's `rgb_to_grayscale`. Grey ones are
 * copied, and keep their one channel.
 *
 * Shape: `(…, 3, H, W)` → `(…, numOutputChannels, H, W)`; of 3 channels, a view of one.
 *
 * @param numOutputChannels - 1 or 3. Default 1.
 * @example
 * const white = torch.ones(3, 1, 1);
 * data.transforms.functional.rgbToGrayscale(white); // → tensor([[[0.9999]]])
 * data.transforms.functional.rgbToGrayscale(white, 3).shape; // → [ 3, 1, 1 ]
 */
export const rgbToGrayscale = ordered<[img: Tensor], [numOutputChannels?: 1 | 3]>()(
  'rgbToGrayscale',
  { args: { img: colorKind, numOutputChannels: channelsKind.or(1) } },
  ({ img, numOutputChannels }): Tensor => {
    const grey = img.shape.at(-3) === 3 ? greyOf(img) : img.clone();
    return numOutputChannels === 3 ? grey.expand(img.shape) : grey;
  },
);

function greyOf(img: Tensor): Tensor {
  const [red, green, blue] = img.unbind(-3).map(asFloats) as [Tensor, Tensor, Tensor];
  const light = red.mul(0.2989).add(green.mul(0.587)).add(blue.mul(0.114));
  return light.to(img.dtype).unsqueeze(-3);
}

/**
 * Brightness times a factor: 0 is black, 1 the image; mirrors torchvision's `adjust_brightness`. Any shape of 1 or 3 channels.
 *
 * @example
 * const image = torch.tensor([[[0.25, 0.75]]]);
 * data.transforms.functional.adjustBrightness(image, 2); // → tensor([[[0.5000, 1.0000]]])
 */
export const adjustBrightness = ordered<[img: Tensor, brightnessFactor: number]>()(
  'adjustBrightness',
  { args: { img: lightKind, brightnessFactor: factor } },
  ({ img, brightnessFactor }) => blend(img, zerosLike(img), brightnessFactor),
);

/**
 * Contrast times a factor: 0 is grey, 1 the image; mirrors torchvision's `adjust_contrast`. Shape: `(…, 1 or 3, H, W)`.
 *
 * @example
 * const image = torch.tensor([[[0.25, 0.75]]]);
 * data.transforms.functional.adjustContrast(image, 2); // → tensor([[[0., 1.]]])
 * data.transforms.functional.adjustContrast(image, 0); // → tensor([[[0.5000, 0.5000]]])
 */
export const adjustContrast = ordered<[img: Tensor, contrastFactor: number]>()(
  'adjustContrast',
  { args: { img: colorKind, contrastFactor: factor } },
  ({ img, contrastFactor }) => {
    const grey = sizesOf(img)[0] === 3 ? greyOf(img) : img;
    return blend(img, grey.to(floatOf(img)).mean([-3, -2, -1], true), contrastFactor);
  },
);

/**
 * Saturation times a factor: 0 is grey, 1 the image; mirrors torchvision's `adjust_saturation`. Images of one channel
 * stay as they are.
 *
 * @example
 * const red = torch.tensor([1, 0, 0]).reshape(3, 1, 1);
 * data.transforms.functional.adjustSaturation(red, 0.5).flatten(); // → tensor([0.6495, 0.1495, 0.1495])
 */
export const adjustSaturation = ordered<[img: Tensor, saturationFactor: number]>()(
  'adjustSaturation',
  { args: { img: lightKind, saturationFactor: factor } },
  ({ img, saturationFactor }) =>
    sizesOf(img)[0] === 1 ? img : blend(img, greyOf(img), saturationFactor),
);

/**
 * Turns the circle of hues; mirrors torchvision's `adjust_hue`. Images of one channel stay as they are.
 *
 * @param hueFactor - From −0.5 to 0.5, where both are opposite colours and 0 is the image.
 * @example
 * const red = torch.tensor([1, 0, 0]).reshape(3, 1, 1);
 * data.transforms.functional.adjustHue(red, 0.5).flatten(); // → tensor([0., 1., 1.])
 */
export const adjustHue = ordered<[img: Tensor, hueFactor: number]>()(
  'adjustHue',
  {
    args: {
      img: lightKind,
      hueFactor: finite('a number from -0.5 to 0.5', (given) => Math.abs(given) <= 0.5),
    },
  },
  ({ img, hueFactor }) => {
    if (sizesOf(img)[0] === 1) return img;
    const [hue, saturation, value] = toHSV(convertImageDtype(img, 'float32'));
    const turned = fromHSV(hue.add(hueFactor).remainder(1), saturation, value);
    return convertImageDtype(turned, img.dtype);
  },
);

/**
 * `gain · img ** gamma` of values 0–1; mirrors torchvision's `adjust_gamma`. Shape: `(…, 1 or 3, H, W)`.
 *
 * @param gamma - ≥ 0: above 1 shadows become darker, below 1 lighter.
 * @param gain - Default 1.
 * @example
 * const image = torch.tensor([[[0, 0.5, 1]]]);
 * data.transforms.functional.adjustGamma(image, 2); // → tensor([[[0.0000, 0.2500, 1.0000]]])
 */
export const adjustGamma = ordered<[img: Tensor, gamma: number], [gain?: number]>()(
  'adjustGamma',
  { args: { img: lightKind, gamma: factor, gain: number().or(1) } },
  ({ img, gamma, gain }) => {
    const floats = isFloat(img.dtype) ? img : convertImageDtype(img, 'float32');
    return convertImageDtype(floats.pow(gamma).mul(gain).clamp(0, 1), img.dtype);
  },
);

type HSV = [hue: Tensor, saturation: Tensor, value: Tensor];

function toHSV(img: Tensor): HSV {
  const [r, g, b] = img.unbind(-3) as HSV;
  const [most] = img.max(-3);
  const [least] = img.min(-3);
  // Where both are the same, the divisions are by 1 in place of 0, and of 0.
  const isGrey = most.eq(least);
  const spread = most.sub(least);
  const one = tensor(1, { dtype: img.dtype, device: img.device });
  const saturation = spread.div(where(isGrey, one, most));
  const divisor = where(isGrey, one, spread);
  const [rc, gc, bc] = [r, g, b].map((color) => most.sub(color).div(divisor)) as HSV;
  const isRed = most.eq(r);
  const isGreen = most.eq(g).logicalAnd(isRed.logicalNot());
  const isBlue = most.ne(g).logicalAnd(isRed.logicalNot());
  const hue = isRed
    .mul(bc.sub(gc))
    .add(isGreen.mul(rc.add(2).sub(bc)))
    .add(isBlue.mul(gc.add(4).sub(rc)));
  return [hue.div(6).add(1).fmod(1), saturation, most];
}

function fromHSV(h: Tensor, s: Tensor, v: Tensor): Tensor {
  const sixths = h.mul(6);
  const sector = sixths.floor();
  const f = sixths.sub(sector);
  const rest = (part: Tensor): Tensor => v.mul(part.neg().add(1)).clamp(0, 1);
  const [p, q, t] = [rest(s), rest(s.mul(f)), rest(s.mul(f.neg().add(1)))];
  const places = sector.to('int64').remainder(6).unsqueeze(-3);
  // What red, green and blue are in each sixth of the circle.
  const colors = [
    [v, q, p, p, t, v],
    [t, v, v, q, p, p],
    [p, p, t, v, v, q],
  ];
  const picked = colors.map((sixths) => stack(sixths, { dim: -3 }).gather(-3, places));
  return cat(picked, { dim: -3 });
}
