import { Kind } from './kind.js';

/** How many directions a window moves in: 1 along a signal, 2 across an image, 3 through a volume. */
export type Dimensions = 1 | 2 | 3;

interface Tuples<T> {
  1: readonly [T];
  2: readonly [T, T];
  3: readonly [T, T, T];
}

/** One for each direction: `[width]`, `[height, width]` or `[depth, height, width]`. */
export type Each<D extends Dimensions, T = number> = Tuples<T>[D];

/** One number for all directions, or one for each: `[width]`, `[height, width]` or `[depth, height, width]`. */
export type Sizes<D extends Dimensions> = number | Each<D>;

/** One number for both directions, or `[height, width]`. */
export type Pair = Sizes<2>;

/** What is added before and after each direction, the last one first: `[left, right, top, bottom, front, back]`. */
export interface BeforeAndAfter {
  1: readonly [number, number];
  2: readonly [number, number, number, number];
  3: readonly [number, number, number, number, number, number];
}

/** One number for all sides, or one for each: `[left, right]`, `[left, right, top, bottom]`, and so on. */
export type Sides<D extends Dimensions> = number | BeforeAndAfter[D];

const words: Readonly<Record<number, string>> = {
  1: 'a list of one',
  2: 'a pair of them',
  3: 'three of them',
  4: 'four of them',
  6: 'six of them',
};

const isInteger = (given: unknown, least: number): boolean =>
  Number.isSafeInteger(given) && (given as number) >= least;

const isList = (given: unknown, length: number, fits: (each: unknown) => boolean): boolean =>
  Array.isArray(given) && given.length === length && given.every(fits);

function several<T>(noun: string, count: number, fits: (each: unknown) => boolean): Kind<T> {
  const isThat = (given: unknown) => fits(given) || isList(given, count, fits);
  return new Kind(`${noun} or ${words[count]}`, (given) =>
    isThat(given) ? (given as T) : undefined,
  );
}

const spread = <T, D extends Dimensions>(kind: Kind<T>, count: number): Kind<T, Each<D>> =>
  new Kind<T, Each<D>>(kind.expected, (given) => {
    const value = kind.convert(given);
    if (value === undefined) return undefined;
    const list = Array.isArray(value) ? [...value] : new Array(count).fill(value);
    return list as unknown as Each<D>;
  });

const noun = (least: number): string =>
  least === Number.NEGATIVE_INFINITY ? 'an integer' : `an integer ≥ ${least}`;

/** Stays as it was given, as Python prints it. */
export const sizesAsGiven = <D extends Dimensions>(dimensions: D, least: number): Kind<Sizes<D>> =>
  several(noun(least), dimensions, (each) => isInteger(each, least));

/** Becomes one number for each direction. */
export const sizes = <D extends Dimensions>(
  dimensions: D,
  least: number,
): Kind<Sizes<D>, Each<D>> => spread(sizesAsGiven(dimensions, least), dimensions);

/** As {@link sizesAsGiven}, where `null` in the list stands for a size that is known elsewhere. */
export const sizesOrNull = <D extends Dimensions>(
  dimensions: D,
): Kind<number | Each<D, number | null>> =>
  new Kind(`${sizesAsGiven(dimensions, 0).expected}, each of which may be null`, (given) =>
    isInteger(given, 0) || isList(given, dimensions, (each) => each === null || isInteger(each, 0))
      ? (given as number)
      : undefined,
  );

/** Numbers between 0 and 1, one for each direction. */
export const ratios = <D extends Dimensions>(dimensions: D): Kind<Sizes<D>, Each<D>> =>
  spread(
    several(
      'a number between 0 and 1',
      dimensions,
      (each) => typeof each === 'number' && each > 0 && each < 1,
    ),
    dimensions,
  );

/** Becomes one number for each side. */
export const sides = <D extends Dimensions>(dimensions: D): Kind<Sides<D>, BeforeAndAfter[D]> =>
  spread(
    several<Sides<D>>('an integer', 2 * dimensions, (each) => Number.isSafeInteger(each)),
    2 * dimensions,
  ) as unknown as Kind<Sides<D>, BeforeAndAfter[D]>;

/** Stays as it was given. */
export const pairAsGiven = (least: number): Kind<Pair> => sizesAsGiven(2, least);

/** Becomes `[height, width]`. */
export const pair = (least: number): Kind<Pair, Each<2>> => sizes(2, least);

/** Points of a window of so many dimensions. */
export const pointsOf = (size: Sizes<Dimensions>, dimensions: Dimensions): number =>
  typeof size === 'number' ? size ** dimensions : size.reduce((points, each) => points * each, 1);

/** Points of a window of an image. */
export const area = (size: Pair): number => pointsOf(size, 2);

export function toPair(value: Pair): [number, number] {
  return typeof value === 'number' ? [value, value] : [value[0], value[1]];
}
