import { Kind } from '../argument/kind.js';
import { invalidArgument } from '../error.js';
import type { DType } from '../native/dtype.js';
import { Tensor } from '../tensor/index.js';

/** A height and width in pixels: `[height, width]`, or one number for both. */
export type Edges = number | readonly [number] | readonly [height: number, width: number];

/** From the first number to the second. */
export type Range = readonly [min: number, max: number];

/** What pixels outside the image are: one number, or one for each channel. */
export type Fill = number | readonly number[];

/** How pixels between pixels are found where a transform moves them. */
export type WarpMode = 'nearest' | 'bilinear';

/** How pixels between pixels are found where an image becomes larger or smaller. */
export type ResizeMode = 'nearest' | 'nearest-exact' | 'bilinear' | 'bicubic';

/**
 * Whether pixels that a smaller image leaves out count too; `'pillow'`: they do, and bytes are resized in whole
 * numbers as by Pillow, bit for bit (mode `'bilinear'`; anything else as with `true`).
 */
export type Antialias = boolean | 'pillow' | null;

/** The words of torchvision's `InterpolationMode`. Tensors know the first four, as in torchvision. */
export const InterpolationMode = Object.freeze({
  NEAREST: 'nearest',
  NEAREST_EXACT: 'nearest-exact',
  BILINEAR: 'bilinear',
  BICUBIC: 'bicubic',
  BOX: 'box',
  HAMMING: 'hamming',
  LANCZOS: 'lanczos',
} as const);

const isNumber = (given: unknown): given is number =>
  typeof given === 'number' && Number.isFinite(given);

const isEdge = (given: unknown): boolean =>
  Number.isInteger(given) && (given as number) >= 1 && (given as number) <= 16_384;

const isListOf = (
  given: unknown,
  lengths: readonly number[],
  fits: (each: unknown) => boolean,
): given is readonly number[] =>
  Array.isArray(given) && lengths.includes(given.length) && given.every(fits);

/** Images of at least so many dimensions; what is refused is told by its dtype and shape. */
class ImageKind extends Kind<Tensor> {
  constructor(expected: string, least: number, fits: (channels: number, dtype: DType) => boolean) {
    super(expected, (given) => {
      if (!(given instanceof Tensor) || given.ndim < least) return undefined;
      return fits(given.ndim === 2 ? 1 : given.shape.at(-3)!, given.dtype) ? given : undefined;
    });
  }

  override read(name: string, given: unknown): Tensor {
    if (!(given instanceof Tensor) || this.convert(given) !== undefined) {
      return super.read(name, given);
    }
    const { dtype, shape } = given;
    throw invalidArgument(
      `${name}: expected ${this.expected}, got one of ${dtype} (${shape.join(', ')})`,
    );
  }
}

const isColor = (channels: number): boolean => channels === 1 || channels === 3;
const ofOneOrThree = '(…, C, H, W) of 1 or 3 channels';

/** `(…, H, W)` */
export const imageKind: Kind<Tensor> = new ImageKind('a Tensor (…, H, W)', 2, () => true);
/** `(…, C, H, W)` */
export const channelsKind: Kind<Tensor> = new ImageKind('a Tensor (…, C, H, W)', 3, () => true);
/** Floats `(…, C, H, W)` */
export const floatKind: Kind<Tensor> = new ImageKind(
  'a Tensor (…, C, H, W) of floats',
  3,
  (_, dtype) => /^b?float/.test(dtype),
);
/** `(…, 1 or 3, H, W)`, or `(H, W)` */
export const lightKind: Kind<Tensor> = new ImageKind(`a Tensor ${ofOneOrThree}`, 2, isColor);
/** `(…, 1 or 3, H, W)` */
export const colorKind: Kind<Tensor> = new ImageKind(`a Tensor ${ofOneOrThree}`, 3, isColor);
/** uint8 `(…, 1 or 3, H, W)` */
export const bytesKind: Kind<Tensor> = new ImageKind(
  `a uint8 Tensor ${ofOneOrThree}`,
  3,
  (channels, dtype) => isColor(channels) && dtype === 'uint8',
);

/** Becomes `[height, width]`. */
export const edgesKind: Kind<Edges, readonly [number, number]> = new Kind(
  'an integer from 1 to 16384 or [height, width]',
  (given) => {
    if (isEdge(given)) return [given as number, given as number];
    if (!isListOf(given, [1, 2], isEdge)) return undefined;
    return [given[0]!, given.at(-1)!];
  },
);

/** Stays as it was given: one number is for the shorter edge. */
export const shorterOrEdgesKind: Kind<Edges> = new Kind(
  'an integer from 1 to 16384 for the shorter edge or [height, width]',
  (given) => (isEdge(given) || isListOf(given, [1, 2], isEdge) ? (given as Edges) : undefined),
);

/** Two numbers, the smaller one first. */
export const rangeKind = (least: number, most = Number.POSITIVE_INFINITY): Kind<Range> =>
  new Kind(
    `[min, max] from ${least} to ${most === Number.POSITIVE_INFINITY ? '∞' : most}`,
    (given) => {
      const fits = (each: unknown) => isNumber(each) && each >= least && each <= most;
      return isListOf(given, [2], fits) && given[0]! <= given[1]!
        ? (given as unknown as Range)
        : undefined;
    },
  );

/** Two positive numbers, the smaller one first. */
export const positiveRangeKind: Kind<Range> = new Kind('[min, max] of positive numbers', (given) =>
  isListOf(given, [2], (each) => isNumber(each) && each > 0) && given[0]! <= given[1]!
    ? (given as unknown as Range)
    : undefined,
);

/** Two numbers of any order. */
export const pointKind: Kind<readonly [x: number, y: number]> = new Kind(
  'two numbers [x, y]',
  (given) => (isListOf(given, [2], isNumber) ? (given as unknown as [number, number]) : undefined),
);

export const fillKind: Kind<Fill> = new Kind(
  'a number or a list of numbers, one for each channel',
  (given) =>
    isNumber(given) || (Array.isArray(given) && given.length > 0 && given.every(isNumber))
      ? (given as Fill)
      : undefined,
);

/** Numbers of a list with one of these lengths. */
export const numbersKind = (...lengths: number[]): Kind<readonly number[]> =>
  new Kind(`a list of ${lengths.join(' or ')} numbers`, (given) =>
    isListOf(given, lengths, isNumber) ? given : undefined,
  );

/** A finite number. */
export const finite = (expected = 'a number', fits: (given: number) => boolean = () => true) =>
  new Kind<number>(expected, (given) => (isNumber(given) && fits(given) ? given : undefined));

export const antialiasKind: Kind<Antialias> = new Kind("a boolean, null or 'pillow'", (given) =>
  typeof given === 'boolean' || given === null || given === 'pillow' ? given : undefined,
);

export const resizeModes = ['nearest', 'nearest-exact', 'bilinear', 'bicubic'] as const;
export const warpModes = ['nearest', 'bilinear'] as const;
