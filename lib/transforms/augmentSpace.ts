import { arange, linspace, type Tensor } from '../tensor/index.js';
import { tidy } from '../tensor/scope.js';
import { integerFrom } from './draws.js';
import { adjustBrightness, adjustContrast, adjustSaturation } from './functional/color.js';
import { sizesOf } from './functional/pixels.js';
import {
  adjustSharpness,
  autocontrast,
  equalize,
  invert,
  posterize,
  solarize,
} from './functional/tone.js';
import { affine, rotate } from './functional/warp.js';
import type { Fill, WarpMode } from './kinds.js';

/** What is done to an image, by how much, and how pixels between pixels are found. */
type Change = (img: Tensor, magnitude: number, mode: WarpMode, fill: Fill | null) => Tensor;

const degrees = (slope: number): number => Math.atan(slope) * (180 / Math.PI);

const sheared =
  (x: number, y: number): Change =>
  (img, slope, mode, fill) =>
    affine(img, 0, [0, 0], 1, [x * degrees(slope), y * degrees(slope)], mode, fill, [0, 0]);

const moved =
  (x: number, y: number): Change =>
  (img, by, mode, fill) =>
    affine(img, 0, [x * Math.trunc(by), y * Math.trunc(by)], 1, [0, 0], mode, fill);

const changes = {
  Identity: (img) => img,
  ShearX: sheared(1, 0),
  ShearY: sheared(0, 1),
  TranslateX: moved(1, 0),
  TranslateY: moved(0, 1),
  Rotate: (img, angle, mode, fill) => rotate(img, angle, mode, false, null, fill),
  Brightness: (img, by) => adjustBrightness(img, 1 + by),
  Color: (img, by) => adjustSaturation(img, 1 + by),
  Contrast: (img, by) => adjustContrast(img, 1 + by),
  Sharpness: (img, by) => adjustSharpness(img, 1 + by),
  Posterize: (img, bits) => posterize(img, Math.trunc(bits)),
  Solarize: (img, threshold) => solarize(img, threshold),
  AutoContrast: (img) => autocontrast(img),
  Equalize: (img) => equalize(img),
  Invert: (img) => invert(img),
} satisfies Record<string, Change>;

/** What augmentations do to images. */
export type ChangeName = keyof typeof changes;

/** By how much: nothing to choose, or one of several magnitudes, of either sign. */
export interface Magnitudes {
  readonly values?: readonly number[];
  readonly signed?: boolean;
}

/** What is chosen from, in torchvision's order. */
export type Space = readonly (readonly [ChangeName, Magnitudes])[];

/** The largest magnitudes of a space. */
export interface Most {
  readonly shear: number;
  readonly translate: readonly [x: number, y: number];
  readonly rotate: number;
  readonly color: number;
  /** From how many bits posterizing begins, and how many it takes away. */
  readonly bits: readonly [from: number, by: number];
}

const colors = ['Brightness', 'Color', 'Contrast', 'Sharpness'] as const;

/** Magnitudes in so many steps, in float32 as torchvision has them, and in its order. */
export function spaceOf(bins: number, most: Most, withColors: 'amid' | 'last' | 'none'): Space {
  return tidy(() => {
    const steps = (from: number, to: number): number[] =>
      linspace(from, to, bins).tolist() as number[];
    const signed = (to: number): Magnitudes => ({ values: steps(0, to), signed: true });
    const [from, by] = most.bits;
    const taken = arange(bins)
      .div((bins - 1) / by)
      .round();
    const color =
      withColors === 'none' ? [] : colors.map((name) => [name, signed(most.color)] as const);
    return [
      ['ShearX', signed(most.shear)],
      ['ShearY', signed(most.shear)],
      ['TranslateX', signed(most.translate[0])],
      ['TranslateY', signed(most.translate[1])],
      ['Rotate', signed(most.rotate)],
      ...(withColors === 'amid' ? color : []),
      ['Posterize', { values: taken.neg().add(from).tolist() as number[] }],
      ['Solarize', { values: steps(255, 0) }],
      ['AutoContrast', {}],
      ['Equalize', {}],
      ...(withColors === 'last' ? color : []),
    ];
  });
}

/** Does one thing to an image. */
export function change(
  img: Tensor,
  name: ChangeName,
  magnitude: number,
  mode: WarpMode,
  fill: Fill | null,
): Tensor {
  const by: Change = changes[name];
  return by(
    img,
    magnitude,
    mode,
    typeof fill === 'number' ? new Array(sizesOf(img)[0]).fill(fill) : fill,
  );
}

/** Draws one thing to do, then by how much where `pick` draws, then a sign where there is one. */
export function drawnChange(
  space: Space,
  pick: (values: readonly number[]) => number,
): [name: ChangeName, magnitude: number] {
  const [name, { values, signed }] = space[integerFrom(0, space.length)]!;
  const magnitude = values === undefined ? 0 : values[pick(values)]!;
  return [name, signed && integerFrom(0, 2) === 1 ? -magnitude : magnitude];
}
