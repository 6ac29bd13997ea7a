import type { Theme } from './palette.js';
import { fontFamily } from './text.js';

/** Attributes of an element; `undefined` leaves one out. */
export type Attributes = Readonly<Record<string, string | number | undefined>>;

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};
// XML has no escapes for these.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const impossible = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu;

/** Text as XML can hold it: what XML has no way to write becomes U+FFFD. */
function escapeText(text: string): string {
  return text.replace(impossible, '\ufffd').replace(/[&<>"]/g, (found) => entities[found]!);
}

// A hundredth of a pixel is enough, and makes files small and the same everywhere.
function attributeText(value: string | number): string {
  return typeof value === 'number' ? String(Math.round(value * 100) / 100 + 0) : escapeText(value);
}

/** An element with children, which are markup already. */
export function element(name: string, attributes: Attributes, ...children: string[]): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${attributeText(value!)}"`)
    .join('');
  return children.length === 0
    ? `<${name}${written}/>`
    : `<${name}${written}>${children.join('')}</${name}>`;
}

/** Where and how a line of text stands. */
export interface LabelStyle {
  /** Pixels. Default 12. */
  size?: number;
  anchor?: 'start' | 'middle' | 'end';
  isBold?: boolean;
  fill?: string;
  /** Degrees about the anchor, clockwise. */
  turn?: number;
}

export const labelSize = 12;

/** One line of text; `y` is its baseline. */
export function label(x: number, y: number, text: string, style: LabelStyle = {}): string {
  const { size, anchor, isBold, fill, turn } = style;
  return element(
    'text',
    {
      x,
      y,
      'font-size': size,
      'text-anchor': anchor === 'start' ? undefined : anchor,
      'font-weight': isBold ? 'bold' : undefined,
      fill,
      transform: turn === undefined ? undefined : `rotate(${turn} ${x} ${y})`,
    },
    escapeText(text),
  );
}

export function line(
  [x1, y1]: readonly [number, number],
  [x2, y2]: readonly [number, number],
  attributes: Attributes,
): string {
  return element('line', { x1, y1, x2, y2, ...attributes });
}

/** A group of elements with attributes in common. */
export function group(attributes: Attributes, ...children: string[]): string {
  return element('g', attributes, '\n', children.join('\n'), '\n');
}

/**
 * A whole picture on the theme's background.
 *
 * @param title - For readers who do not see it.
 */
export function picture(
  size: { readonly width: number; readonly height: number },
  theme: Theme,
  title: string,
  ...children: string[]
): string {
  const [width, height] = [Math.ceil(size.width), Math.ceil(size.height)];
  // resvg knows the attribute only, and skips what stands in @media; browsers know the property.
  const crisp = '@media all{image{image-rendering:pixelated}}';
  return `${element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      viewBox: `0 0 ${width} ${height}`,
      width,
      height,
      role: 'img',
      'font-family': fontFamily,
      'font-size': labelSize,
      fill: theme.text,
    },
    '\n',
    element('title', {}, escapeText(title)),
    '\n',
    element('style', {}, crisp),
    '\n',
    element('rect', { width, height, fill: theme.background }),
    '\n',
    children.filter((child) => child !== '').join('\n'),
    '\n',
  )}\n`;
}
