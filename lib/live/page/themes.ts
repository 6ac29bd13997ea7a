// Colours: those of the pictures, as CSS variables, and which of the two themes holds.
import {
  activations,
  type ColorScale,
  colorAt,
  greys,
  notANumber,
  parseColor,
  signed as signedScale,
} from '../../draw/colors.js';
import { dark, light, type Theme } from '../../draw/palette.js';
import { choices } from './dom.js';
import type { Store } from './store.js';

type Choice = 'auto' | 'light' | 'dark';
const key = 'lenet-torch-theme';
const prefersDark = matchMedia('(prefers-color-scheme: dark)');

function chosen(): Choice {
  try {
    const found = localStorage.getItem(key);
    return found === 'light' || found === 'dark' ? found : 'auto';
  } catch {
    // A page from a file may have no storage.
    return 'auto';
  }
}

let choice: Choice = chosen();

/** The theme that holds. */
export function theme(): Theme {
  if (choice !== 'auto') return choice === 'dark' ? dark : light;
  return prefersDark.matches ? dark : light;
}

function apply(): void {
  const { style, dataset } = document.documentElement;
  const { name, series, ...colors } = theme();
  dataset.theme = name;
  style.colorScheme = name;
  for (const [key, color] of Object.entries(colors)) style.setProperty(`--${key}`, String(color));
  series.forEach((color, i) => {
    style.setProperty(`--series${i}`, color);
  });
}

/** The switch; applies the theme at once. */
export function themeSwitch(store: Store): HTMLElement {
  const change = (to: Choice): void => {
    choice = to;
    try {
      localStorage.setItem(key, to);
    } catch {
      // It holds for this visit.
    }
    apply();
    store.tell('theme');
  };
  apply();
  prefersDark.addEventListener('change', () => change(choice));
  const names = { auto: 'Auto', light: 'Light', dark: 'Dark' };
  return choices('Theme', 'theme', names, choice, change);
}

export const colorOf = (run: number): string => theme().series[run % theme().series.length]!;

const steps = 256;
const tables = new Map<ColorScale, Uint8ClampedArray>();

function tableOf(scale: ColorScale): Uint8ClampedArray {
  const known = tables.get(scale);
  if (known !== undefined) return known;
  const table = new Uint8ClampedArray(3 * steps);
  for (let i = 0; i < steps; i++) table.set(colorAt(scale, i / (steps - 1)), 3 * i);
  tables.set(scale, table);
  return table;
}

const signedScales = { light: signedScale(light), dark: signedScale(dark) };

/** How numbers become colours; the range's ends get the scale's. */
export interface Shades {
  readonly scale: ColorScale;
  readonly least: number;
  readonly most: number;
}

export const maps = (least: number, most: number): Shades => ({ scale: activations, least, most });
export const photo = (least = 0, most = 1): Shades => ({ scale: greys, least, most });
/** Zero is in the middle. */
export const signed = (size: number): Shades => ({
  scale: signedScales[theme().name],
  least: -size,
  most: size,
});

/** Paints numbers on a canvas, one pixel each. */
export function paint(
  canvas: HTMLCanvasElement,
  values: ArrayLike<number>,
  columns: number,
  { scale, least, most }: Shades,
): void {
  const rows = Math.ceil(values.length / columns);
  if (canvas.width !== columns || canvas.height !== rows) {
    canvas.width = columns;
    canvas.height = rows;
  }
  // Small pictures that change often: kept where the processor writes them.
  const context = canvas.getContext('2d', { willReadFrequently: true })!;
  const image = context.createImageData(columns, rows);
  const table = tableOf(scale);
  const factor = most > least ? (steps - 1) / (most - least) : 0;
  const none = parseColor(notANumber);
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    const place = factor === 0 ? steps >> 1 : Math.round((value - least) * factor);
    const from = 3 * Math.min(steps - 1, Math.max(0, place));
    const isNone = Number.isNaN(value);
    for (let channel = 0; channel < 3; channel++) {
      image.data[4 * i + channel] = isNone ? none[channel]! : table[from + channel]!;
    }
    image.data[4 * i + 3] = 255;
  }
  context.putImageData(image, 0, 0);
}
