import { SaxesParser } from 'saxes';

import { textWidth } from '../../lib/draw/text.js';

/** An element of a picture, with where its group has moved it. */
export interface SvgElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly shift: readonly [number, number];
  text: string;
}

type Point = readonly [number, number];

/** Parses strictly: whatever is not well-formed XML throws. */
export function parseSvg(svg: string): SvgElement[] {
  const elements: SvgElement[] = [];
  const open: SvgElement[] = [];
  const parser = new SaxesParser();
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ name, attributes }) => {
    const shift = open.at(-1)?.shift ?? [0, 0];
    const [, x, y] = /^translate\((\S+) (\S+)\)$/.exec(attributes.transform ?? '') ?? [];
    const element: SvgElement = {
      name,
      attributes,
      shift: [shift[0] + Number(x ?? 0), shift[1] + Number(y ?? 0)],
      text: '',
    };
    elements.push(element);
    open.push(element);
  });
  parser.on('text', (text) => {
    const element = open.at(-1);
    if (element !== undefined) element.text += text;
  });
  parser.on('closetag', () => open.pop());
  parser.write(svg).close();
  return elements;
}

export const named = (svg: string, name: string): SvgElement[] =>
  parseSvg(svg).filter((element) => element.name === name);

/** All lines of text, in the order of the file. */
export const textsOf = (svg: string): string[] => named(svg, 'text').map(({ text }) => text);

export function sizeOf(svg: string): [number, number] {
  const { viewBox, width, height } = parseSvg(svg)[0]!.attributes;
  const size = viewBox!.split(' ').map(Number) as [number, number, number, number];
  if (size[0] !== 0 || size[1] !== 0) throw new Error(`viewBox ${viewBox}`);
  if (Number(width) !== size[2] || Number(height) !== size[3]) throw new Error(`size ${width}`);
  return [size[2], size[3]];
}

// Corners of a line of text, in order around it.
function cornersOf({ attributes, shift, text }: SvgElement): Point[] {
  const [x, y, size] = ['x', 'y', 'font-size'].map((name) => Number(attributes[name] ?? 12)) as [
    number,
    number,
    number,
  ];
  const width = textWidth(text, size, attributes['font-weight'] === 'bold');
  const share = { start: 0, middle: 0.5, end: 1 }[attributes['text-anchor'] ?? 'start']!;
  const [left, top, bottom] = [-width * share, -0.73 * size, 0.2 * size];
  const [, degrees = '0'] = /^rotate\((\S+) /.exec(attributes.transform ?? '') ?? [];
  const [cos, sin] = [Math.cos, Math.sin].map((f) => f((Number(degrees) * Math.PI) / 180)) as [
    number,
    number,
  ];
  const corners: Point[] = [
    [left, top],
    [left + width, top],
    [left + width, bottom],
    [left, bottom],
  ];
  return corners.map(([dx, dy]) => [
    shift[0] + x + dx * cos - dy * sin,
    shift[1] + y + dx * sin + dy * cos,
  ]);
}

// Two convex shapes are apart where a side of one of them separates them.
function overlap(a: readonly Point[], b: readonly Point[]): boolean {
  const separates = (shape: readonly Point[]): boolean =>
    shape.some(([x, y], i) => {
      const [nextX, nextY] = shape[(i + 1) % shape.length]!;
      const along = (points: readonly Point[]): number[] =>
        points.map(([px, py]) => (px - x) * (nextY - y) - (py - y) * (nextX - x));
      const [first, second] = [along(a), along(b)];
      return (
        Math.max(...first) <= Math.min(...second) + 1e-6 ||
        Math.max(...second) <= Math.min(...first) + 1e-6
      );
    });
  return !separates(a) && !separates(b);
}

/** Lines of text that reach out of the picture. */
export function textsOutside(svg: string): string[] {
  const [width, height] = sizeOf(svg);
  return named(svg, 'text')
    .filter((element) =>
      cornersOf(element).some(([x, y]) => x < 0 || y < 0 || x > width || y > height),
    )
    .map(({ text }) => text);
}

/** Pairs of lines of text that run into each other. */
export function overlappingTexts(svg: string): string[] {
  const all = named(svg, 'text').map((element) => ({ element, corners: cornersOf(element) }));
  return all.flatMap((a, i) =>
    all
      .slice(i + 1)
      .filter((b) => overlap(a.corners, b.corners))
      .map((b) => `${a.element.text} | ${b.element.text}`),
  );
}
