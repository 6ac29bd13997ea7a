import type { Theme } from './palette.js';

/** Red, green and blue, 0–255. */
export type Rgb = readonly [number, number, number];

/** Colours for the numbers from 0 to 1, evenly spaced, the colours between mixed. */
export type ColorScale = readonly string[];

/** Viridis: brightness rises evenly, also for colour-blind readers and in print. */
export const activations: ColorScale = [
  '#440154',
  '#482475',
  '#414487',
  '#355f8d',
  '#2a788e',
  '#21918c',
  '#22a884',
  '#44bf70',
  '#7ad151',
  '#bddf26',
  '#fde725',
];

/** Pixels of photographs. */
export const greys: ColorScale = ['#000000', '#ffffff'];

/** Counts: none is the page's own colour. */
export function counts({ name, background }: Theme): ColorScale {
  return name === 'light'
    ? [background, '#c6dbef', '#6baed6', '#2171b5', '#08306b']
    : [background, '#12395c', '#1f6fae', '#56b4e9', '#d8effc'];
}

/** Signed numbers: blue below zero, orange above; 0.5 stands for zero. */
export function signed({ name, zero }: Theme): ColorScale {
  return name === 'light'
    ? ['#004a80', '#4a9fd0', zero, '#e8944a', '#983b00']
    : ['#a3dbff', '#2f86bd', zero, '#c56a1a', '#ffc08a'];
}

/** What stands for a number that is none. */
export const notANumber = '#cc79a7';

export function parseColor(color: string): Rgb {
  const bits = Number.parseInt(color.slice(1), 16);
  return [bits >> 16, (bits >> 8) & 255, bits & 255];
}

/** The colour of a number from 0 to 1. */
export function colorAt(scale: ColorScale, position: number): Rgb {
  const place = Math.min(1, Math.max(0, position)) * (scale.length - 1);
  const below = Math.min(Math.floor(place), scale.length - 2);
  const [from, to] = [parseColor(scale[below]!), parseColor(scale[below + 1]!)];
  const mix = (channel: 0 | 1 | 2): number =>
    Math.round(from[channel] + (to[channel] - from[channel]) * (place - below));
  return [mix(0), mix(1), mix(2)];
}

export function hex(color: Rgb): string {
  return `#${color.map((channel) => channel.toString(16).padStart(2, '0')).join('')}`;
}

/** Which of two text colours reads better on a ground, by the contrast that WCAG defines. */
export function readableOn(ground: Rgb, candidates: readonly [string, string]): string {
  const base = luminance(ground);
  const contrast = (color: string): number => {
    const own = luminance(parseColor(color));
    return (Math.max(own, base) + 0.05) / (Math.min(own, base) + 0.05);
  };
  return contrast(candidates[0]) >= contrast(candidates[1]) ? candidates[0] : candidates[1];
}

/** Relative luminance, 0–1. */
export function luminance(color: Rgb): number {
  const [red, green, blue] = color.map((channel) => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
