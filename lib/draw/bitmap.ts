import { encode } from 'fast-png';

import { type ColorScale, colorAt, notANumber, parseColor, type Rgb } from './colors.js';
import { element } from './svg.js';

/** Numbers in rows, the first row on top. */
export interface Grid {
  readonly values: ArrayLike<number>;
  readonly rows: number;
  readonly columns: number;
}

/** Least and greatest of some numbers, those that are not finite left out; `[0, 0]` without any. */
export function rangeOf(...lists: readonly ArrayLike<number>[]): [number, number] {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const list of lists) {
    for (let i = 0; i < list.length; i++) {
      const value = list[i]!;
      if (!Number.isFinite(value)) continue;
      least = Math.min(least, value);
      most = Math.max(most, value);
    }
  }
  return least > most ? [0, 0] : [least, most];
}

/** Where a number stands in a range, 0–1; the middle where the range is one number. */
export function positionIn(value: number, [least, most]: readonly [number, number]): number {
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

// Each colour of the palette only once, in order of appearance.
function encodeGrid({ values, rows, columns }: Grid, { scale, range }: Shading): Uint8Array {
  const palette: Rgb[] = [];
  const indexOf = new Map<number, number>();
  const data = Uint8Array.from({ length: rows * columns }, (_, i) => {
    const value = values[i]!;
    const step = Number.isNaN(value) ? -1 : Math.round(clamp(positionIn(value, range)) * steps);
    let index = indexOf.get(step);
    if (index === undefined) {
      index = palette.push(step < 0 ? parseColor(notANumber) : colorAt(scale, step / steps)) - 1;
      indexOf.set(step, index);
    }
    return index;
  });
  const mutable = palette.map(([red, green, blue]): [number, number, number] => [red, green, blue]);
  return encode({ width: columns, height: rows, data, channels: 1, depth: 8, palette: mutable });
}

const clamp = (position: number): number => Math.min(1, Math.max(0, position));

/** Numbers as coloured pixels: a PNG in the file itself, one pixel per number, edges kept sharp. */
export function bitmap(
  place: { x: number; y: number; width: number; height: number },
  grid: Grid,
  shading: Shading,
): string {
  const base64 = Buffer.from(encodeGrid(grid, shading)).toString('base64');
  return element('image', {
    ...place,
    'image-rendering': 'optimizeSpeed',
    preserveAspectRatio: 'none',
    href: `data:image/png;base64,${base64}`,
  });
}
