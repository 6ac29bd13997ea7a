import { encode } from 'fast-png';

import type { Tensor } from '../tensor/index.js';
import { type ColorScale, colorAt, notANumber, parseColor, type Rgb } from './colors.js';
import { element } from './svg.js';

/** Numbers in rows, the first row on top. */
export interface Grid {
  readonly values: ArrayLike<number>;
  readonly rows: number;
  readonly columns: number;
}

/** Least and greatest of the finite numbers; `[NaN, NaN]` where there are none. */
export function rangeOf(values: ArrayLike<number>): [number, number] {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value)) continue;
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  return least > most ? [Number.NaN, Number.NaN] : [least, most];
}

/** Where a number stands in a range, 0–1; the middle where the range is one number. */
function positionIn(value: number, [least, most]: readonly [number, number]): number {
  // Halved, so that the whole range of float64 does not overflow.
  return most > least ? (value / 2 - least / 2) / (most / 2 - least / 2) : 0.5;
}

/** How numbers become colours. */
export interface Shading {
  readonly scale: ColorScale;
  readonly range: readonly [number, number];
}

// Far more steps than an eye tells apart; fewer colours make smaller files.
const steps = 127;

/** The colour of a number. */
export function shade(value: number, { scale, range }: Shading): Rgb {
  if (Number.isNaN(value)) return parseColor(notANumber);
  const position = Math.min(1, Math.max(0, positionIn(value, range)));
  return colorAt(scale, Math.round(position * steps) / steps);
}

/** A tensor's elements, row-major. */
export const numbers = (tensor: Tensor): Float32Array =>
  tensor.detach().to('float32').cpu().contiguous().reshape(-1).data() as Float32Array;

/** A rectangle of the picture. */
export interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Coloured pixels: a PNG in the file itself, edges kept sharp.
 *
 * @param colorOf - The colour of a pixel, counted row by row; at most 256 different ones.
 */
export function pixels(
  place: Place,
  { rows, columns }: { readonly rows: number; readonly columns: number },
  colorOf: (index: number) => Rgb,
): string {
  const palette: [number, number, number][] = [];
  const indexOf = new Map<string, number>();
  const data = Uint8Array.from({ length: rows * columns }, (_, i) => {
    const color = colorOf(i);
    const key = String(color);
    const index = indexOf.get(key) ?? palette.push([...color]) - 1;
    indexOf.set(key, index);
    return index;
  });
  const png = encode({ width: columns, height: rows, data, channels: 1, depth: 8, palette });
  return element('image', {
    x: place.x,
    y: place.y,
    width: place.width,
    height: place.height,
    'image-rendering': 'optimizeSpeed',
    preserveAspectRatio: 'none',
    href: `data:image/png;base64,${Buffer.from(png).toString('base64')}`,
  });
}

/** Numbers as coloured pixels. */
export function bitmap(place: Place, grid: Grid, shading: Shading): string {
  return pixels(place, grid, (i) => shade(grid.values[i]!, shading));
}

/** Rows and columns for a vector that stands for an upright picture: 84 as 12 × 7. */
export function uprightShape(length: number): { rows: number; columns: number } {
  let columns = Math.floor(Math.sqrt(length));
  while (length % columns !== 0) columns--;
  return { rows: length / columns, columns };
}
