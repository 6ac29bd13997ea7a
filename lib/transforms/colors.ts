import { atMost } from '../argument/atMost.js';
import { Kind, probability } from '../argument/kind.js';
import { randperm, type Tensor } from '../tensor/index.js';
import { transform } from './base.js';
import { between, happens } from './draws.js';
import {
  adjustBrightness,
  adjustContrast,
  adjustHue,
  adjustSaturation,
  rgbToGrayscale,
} from './functional/color.js';
import { sizesOf } from './functional/pixels.js';
import {
  adjustSharpness,
  autocontrast,
  equalize,
  invert,
  posterize,
  solarize,
} from './functional/tone.js';
import { colorKind, finite, lightKind, type Range } from './kinds.js';

/** How much a property varies: `v` for `[1 − v, 1 + v]`, or both bounds. */
export type Jitter = number | Range;

// `null` where there is nothing to vary, as in torchvision.
function jitter(center: number, least: number, most: number): Kind<Jitter, Range | null> {
  const words = most === Number.POSITIVE_INFINITY ? '≥ 0' : `from 0 to ${most}`;
  const expected = `a number ${words} or [min, max] within ${least} and ${most}`;
  return new Kind(expected, (given) => {
    const isOne = typeof given === 'number' && given >= 0;
    const bounds = isOne
      ? [center === 1 ? Math.max(0, 1 - given) : -given, center + given]
      : (given as Range);
    if (!Array.isArray(bounds) || bounds.length !== 2) return undefined;
    const [min, max] = bounds as unknown as Range;
    if (![min, max].every(Number.isFinite) || min < least || max < min || max > most) {
      return undefined;
    }
    // No −0, which prints otherwise.
    return min === center && max === center ? null : [min + 0, max];
  });
}

const times = jitter(1, 0, Number.POSITIVE_INFINITY);

/** What {@link ColorJitter} does to an image: in which order, int64 `(4)`, and by which factors; `null` for what it leaves. */
export type JitterParams = [
  order: Tensor,
  brightness: number | null,
  contrast: number | null,
  saturation: number | null,
  hue: number | null,
];

/**
 * Changes brightness, contrast, saturation and hue at random, in a random order; mirrors torchvision's `ColorJitter`.
 *
 * Shape: `(…, 1 or 3, H, W)`; images of a batch are changed alike.
 *
 * @param brightness - `v` for a factor from `max(0, 1 − v)` to `1 + v`, or `[min, max]`. Default 0: none.
 * @param contrast - Likewise.
 * @param saturation - Likewise.
 * @param hue - `v` for `[−v, v]`, at most 0.5, or `[min, max]`. Default 0: none.
 * @example
 * const image = torch.full([1, 1, 2], 0.5);
 * new data.transforms.ColorJitter({ brightness: [2, 2] }).forward(image); // → tensor([[[1., 1.]]])
 * new data.transforms.ColorJitter({ hue: 0.1 }).hue; // → [ -0.1, 0.1 ]
 */
export class ColorJitter extends transform<
  [],
  [brightness?: Jitter, contrast?: Jitter, saturation?: Jitter, hue?: Jitter]
>()(
  'ColorJitter',
  {
    brightness: times.or(0),
    contrast: times.or(0),
    saturation: times.or(0),
    hue: jitter(0, -0.5, 0.5).or(0),
  },
  'brightness={brightness:float}, contrast={contrast:float}, saturation={saturation:float}, hue={hue:float}',
) {
  /** Draws an order, then a factor for each range. */
  static getParams(
    brightness: Range | null,
    contrast: Range | null,
    saturation: Range | null,
    hue: Range | null,
  ): JitterParams {
    atMost('ColorJitter.getParams', 4, arguments.length);
    const ranges = { brightness, contrast, saturation, hue };
    for (const [name, range] of Object.entries(ranges)) {
      if (range === null) continue;
      const kind = name === 'hue' ? jitter(0, -0.5, 0.5) : times;
      kind.read(`ColorJitter.getParams: ${name}`, range);
    }
    const order = randperm(4);
    const factors = Object.values(ranges).map((range) =>
      range === null ? null : between(...range),
    );
    return [order, ...factors] as JitterParams;
  }

  forward(img: Tensor): Tensor {
    atMost('ColorJitter.forward', 1, arguments.length);
    const { brightness, contrast, saturation, hue } = this;
    let changed = lightKind.read('ColorJitter: img', img);
    const [order, ...factors] = ColorJitter.getParams(brightness, contrast, saturation, hue);
    const changes = [adjustBrightness, adjustContrast, adjustSaturation, adjustHue];
    for (const each of order.tolist() as number[]) {
      const factor = factors[each];
      if (typeof factor === 'number') changed = changes[each]!(changed, factor);
    }
    return changed;
  }
}

const channels = finite('1 or 3', (given) => given === 1 || given === 3);

/**
 * Grey images of colour images; mirrors torchvision's `Grayscale`.
 *
 * Shape: `(…, 3, H, W)` → `(…, numOutputChannels, H, W)`.
 *
 * @param numOutputChannels - 1 or 3, which are alike then. Default 1.
 * @example
 * const red = torch.tensor([1, 0, 0]).reshape(3, 1, 1);
 * new data.transforms.Grayscale().forward(red); // → tensor([[[0.2989]]])
 * new data.transforms.Grayscale(3).forward(red).shape; // → [ 3, 1, 1 ]
 */
export class Grayscale extends transform<[], [numOutputChannels?: 1 | 3]>()(
  'Grayscale',
  { numOutputChannels: channels.or(1) },
  'num_output_channels={numOutputChannels}',
) {
  get fixed(): boolean {
    return true;
  }

  forward(img: Tensor): Tensor {
    atMost('Grayscale.forward', 1, arguments.length);
    return rgbToGrayscale(img, this.numOutputChannels as 1 | 3);
  }
}

/**
 * Grey images of as many channels at random; mirrors torchvision's `RandomGrayscale`. Shape: `(…, 1 or 3, H, W)`.
 *
 * @param p - Its probability. Default 0.1.
 * @example
 * const red = torch.tensor([1, 0, 0]).reshape(3, 1, 1);
 * new data.transforms.RandomGrayscale({ p: 1 }).forward(red).flatten(); // → tensor([0.2989, 0.2989, 0.2989])
 * new data.transforms.RandomGrayscale(0).forward(red).flatten(); // → tensor([1., 0., 0.])
 */
export class RandomGrayscale extends transform<[], [p?: number]>()(
  'RandomGrayscale',
  { p: probability.or(0.1) },
  'p={p}',
) {
  forward(img: Tensor): Tensor {
    atMost('RandomGrayscale.forward', 1, arguments.length);
    const [count] = sizesOf(colorKind.read('RandomGrayscale: img', img));
    return happens(this.p) ? rgbToGrayscale(img, count as 1 | 3) : img;
  }
}

const half = { p: probability.or(0.5) };

/**
 * White minus the image at random; mirrors torchvision's `RandomInvert`. Shape: `(…, 1 or 3, H, W)`.
 *
 * @param p - Its probability. Default 0.5.
 * @example
 * const image = torch.tensor([[[0, 0.25]]]);
 * new data.transforms.RandomInvert(1).forward(image); // → tensor([[[1.0000, 0.7500]]])
 * new data.transforms.RandomInvert(0).forward(image); // → tensor([[[0.0000, 0.2500]]])
 */
export class RandomInvert extends transform<[], [p?: number]>()('RandomInvert', half, 'p={p}') {
  forward(img: Tensor): Tensor {
    atMost('RandomInvert.forward', 1, arguments.length);
    colorKind.read('RandomInvert: img', img);
    return happens(this.p) ? invert(img) : img;
  }
}

/**
 * Only the upper bits of bytes at random; mirrors torchvision's `RandomPosterize`. Shape: uint8 `(…, 1 or 3, H, W)`.
 *
 * @param bits - How many stay, 0–8.
 * @param p - Its probability. Default 0.5.
 * @example
 * const image = torch.tensor([[[15, 130, 255]]], { dtype: 'uint8' });
 * new data.transforms.RandomPosterize(1, 1).forward(image).tolist(); // → [ [ [ 0, 128, 128 ] ] ]
 */
export class RandomPosterize extends transform<[bits: number], [p?: number]>()(
  'RandomPosterize',
  {
    bits: finite('an integer from 0 to 8', (given) => (given & 15) === given && given <= 8),
    ...half,
  },
  'bits={bits},p={p}',
) {
  forward(img: Tensor): Tensor {
    atMost('RandomPosterize.forward', 1, arguments.length);
    colorKind.read('RandomPosterize: img', img);
    return happens(this.p) ? posterize(img, this.bits) : img;
  }
}

/**
 * White minus what is lighter than a threshold, at random; mirrors torchvision's `RandomSolarize`.
 * Shape: `(…, 1 or 3, H, W)`.
 *
 * @param threshold - Values from it on are inverted; at most 255 for bytes, 1 for floats.
 * @param p - Its probability. Default 0.5.
 * @example
 * const image = torch.tensor([[[100, 128, 250]]], { dtype: 'uint8' });
 * new data.transforms.RandomSolarize(128, 1).forward(image).tolist(); // → [ [ [ 100, 127, 5 ] ] ]
 */
export class RandomSolarize extends transform<[threshold: number], [p?: number]>()(
  'RandomSolarize',
  { threshold: finite(), ...half },
  'threshold={threshold},p={p}',
) {
  forward(img: Tensor): Tensor {
    atMost('RandomSolarize.forward', 1, arguments.length);
    colorKind.read('RandomSolarize: img', img);
    return happens(this.p) ? solarize(img, this.threshold) : img;
  }
}

/**
 * Sharpness times a factor at random; mirrors torchvision's `RandomAdjustSharpness`. Shape: `(…, 1 or 3, H, W)`.
 *
 * @param sharpnessFactor - 0 is blurred, 1 the image, more is sharper.
 * @param p - Its probability. Default 0.5.
 * @example
 * const dot = torch.tensor([[[1, 1, 1], [1, 0, 1], [1, 1, 1]]]);
 * new data.transforms.RandomAdjustSharpness(0, 1).forward(dot).select(1, 1); // → tensor([[1.0000, 0.6154, 1.0000]])
 */
export class RandomAdjustSharpness extends transform<[sharpnessFactor: number], [p?: number]>()(
  'RandomAdjustSharpness',
  { sharpnessFactor: finite('a finite number ≥ 0', (given) => given >= 0), ...half },
  'sharpness_factor={sharpnessFactor},p={p}',
) {
  forward(img: Tensor): Tensor {
    atMost('RandomAdjustSharpness.forward', 1, arguments.length);
    lightKind.read('RandomAdjustSharpness: img', img);
    return happens(this.p) ? adjustSharpness(img, this.sharpnessFactor) : img;
  }
}

/**
 * Each channel from black to white at random; mirrors torchvision's `RandomAutocontrast`. Shape: `(…, 1 or 3, H, W)`.
 *
 * @param p - Its probability. Default 0.5.
 * @example
 * const image = torch.tensor([[[0.25, 0.5, 0.75]]]);
 * new data.transforms.RandomAutocontrast(1).forward(image); // → tensor([[[0.0000, 0.5000, 1.0000]]])
 */
export class RandomAutocontrast extends transform<[], [p?: number]>()(
  'RandomAutocontrast',
  half,
  'p={p}',
) {
  forward(img: Tensor): Tensor {
    atMost('RandomAutocontrast.forward', 1, arguments.length);
    colorKind.read('RandomAutocontrast: img', img);
    return happens(this.p) ? autocontrast(img) : img;
  }
}

/**
 * Each channel's bytes spread evenly at random; mirrors torchvision's `RandomEqualize`. Shape: uint8 `(…, 1 or 3, H, W)`.
 *
 * @param p - Its probability. Default 0.5.
 * @example
 * const image = torch.arange(100, 612).div(128).to('uint8').reshape(1, 16, 32);
 * image.unique().tolist(); // → [ 0, 1, 2, 3, 4 ]
 * new data.transforms.RandomEqualize(1).forward(image).unique().tolist(); // → [ 0, 28, 156, 255 ]
 */
export class RandomEqualize extends transform<[], [p?: number]>()('RandomEqualize', half, 'p={p}') {
  forward(img: Tensor): Tensor {
    atMost('RandomEqualize.forward', 1, arguments.length);
    colorKind.read('RandomEqualize: img', img);
    return happens(this.p) ? equalize(img) : img;
  }
}
