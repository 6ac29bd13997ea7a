import { element, group, label, labelSize } from '../svg.js';
import { textWidth } from '../text.js';
import type { Theme } from '../theme.js';
import type { Layout, Placed, Point, Wire } from './layout.js';
import type { Extent } from './measures.js';
import { type Box, hueOf, linesOf } from './panel.js';
import type { Structures } from './structures.js';
import type { Hue } from './words.js';

// Pixels.
const padX = 9;
const padY = 7;
const lineStep = 16;
const signRadius = 9;
export const portRadius = 2.5;
const corner = 6;
/** How far a block's second outline is moved. */
export const stack = 3;

const hues: Readonly<Record<Hue, number>> = {
  convolution: 0,
  subsampling: 1,
  full: 2,
  rbf: 3,
  lookup: 3,
  sequence: 5,
  other: -1,
};

/** Sizes as pictures write them: `'6@28×28'`, `'84'`. */
function sizesText(shape: readonly number[]): string {
  const [first, ...rest] = shape;
  if (first === undefined) return '1';
  if (rest.length < 2) return shape.join('×');
  return rest.every((size) => size === 1) ? String(first) : `${first}@${rest.join('×')}`;
}

interface Line {
  readonly text: string;
  readonly isBold?: boolean;
  readonly isMuted?: boolean;
}

/** Draws boxes. */
export class Painter {
  readonly theme: Theme;
  readonly #structures: Structures;
  readonly #sizesOf: (shape: readonly number[]) => readonly number[];

  constructor(
    theme: Theme,
    structures: Structures,
    sizesOf: (shape: readonly number[]) => readonly number[],
  ) {
    this.theme = theme;
    this.#structures = structures;
    this.#sizesOf = sizesOf;
  }

  sizes(box: Box): string {
    // Of several results, each one's.
    const shapes =
      box.kind === 'output' && box.from.length > 1
        ? box.from.map(({ shape }) => shape)
        : [box.shape];
    return shapes.map((shape) => sizesText(this.#sizesOf(shape))).join(', ');
  }

  /** The texts in a box. */
  linesIn(box: Box, hasSizes: boolean): Line[] {
    const sizes: Line[] = hasSizes ? [{ text: this.sizes(box), isMuted: true }] : [];
    const times = box.count > 1 ? ` × ${box.count}` : '';
    if (box.kind === 'block') {
      return [
        { text: `${this.#structures.structureOf(box).name}${times}`, isBold: true },
        ...sizes,
      ];
    }
    if (box.kind === 'input' || box.kind === 'output') {
      return [{ text: linesOf(box)[0]!, isBold: true }, ...sizes];
    }
    if (box.kind === 'join') return [{ text: linesOf(box)[0]! }, ...sizes];
    const at = box.parts.findIndex(({ kind }) => kind === 'layer');
    const lines = linesOf(box);
    const isAlone = lines.length === 1;
    const main = at < 0 ? 0 : Math.min(at, 1);
    const texts = lines.map((text, i): Line => {
      const isMain = isAlone || i === main;
      return { text: isMain ? `${text}${times}` : text, isMuted: !isMain };
    });
    return [...texts, ...sizes];
  }

  sizeOf(boxes: readonly Box[], hasSizes: boolean): (box: Box) => Extent {
    const widthOf = (box: Box): number =>
      Math.max(
        ...this.linesIn(box, hasSizes).map(({ text, isBold }) =>
          textWidth(text, labelSize, isBold),
        ),
      ) +
      2 * padX;
    const wide = boxes.filter(({ kind }) => kind !== 'sign' && kind !== 'port' && kind !== 'join');
    const width = Math.max(0, ...wide.map(widthOf));
    return (box) => {
      if (box.kind === 'sign')
        return { left: signRadius, right: signRadius, height: 2 * signRadius };
      if (box.kind === 'port')
        return { left: portRadius, right: portRadius, height: 2 * portRadius };
      const own = (box.kind === 'join' ? widthOf(box) : width) / 2;
      const shift = box.kind === 'block' ? stack : 0;
      const height = this.linesIn(box, hasSizes).length * lineStep + 2 * padY - 3 + shift;
      return { left: own, right: own, height };
    };
  }

  drawBox(box: Box, { x, y, left, right, height }: Placed, hasSizes: boolean): string {
    const theme = this.theme;
    if (box.kind === 'port') {
      return element('circle', { cx: x, cy: y + portRadius, r: portRadius, fill: theme.line });
    }
    if (box.kind === 'sign') {
      const cy = y + signRadius;
      const style = { fill: theme.background, stroke: theme.line };
      return [
        element('circle', { cx: x, cy, r: signRadius, ...style }),
        label(x, cy + 4.4, linesOf(box)[0]!, { anchor: 'middle' }),
      ].join('\n');
    }
    const middle = x + (right - left) / 2;
    const isJoin = box.kind === 'join';
    const isBlock = box.kind === 'block';
    const stroke = isBlock ? theme.text : (theme.series[hues[hueOf(box)]] ?? theme.line);
    const top = isBlock ? y + stack : y;
    const rect = (shift: number): string =>
      element('rect', {
        x: x - left + shift,
        y: top - shift,
        width: left + right,
        height: height + y - top,
        rx: isJoin ? 12 : 4,
        stroke,
        fill: isJoin ? theme.background : theme.panel,
      });
    const texts = this.linesIn(box, hasSizes).map(({ text, isBold, isMuted }, i) =>
      label(middle, top + padY + 9.5 + i * lineStep, text, {
        anchor: 'middle',
        ...(isBold && { isBold }),
        ...(isMuted && { fill: theme.muted }),
      }),
    );
    return [...(isBlock ? [rect(stack)] : []), rect(0), ...texts].join('\n');
  }
}

/** A wire with rounded corners, and its arrow. */
export function drawWire({ points, isArrow }: Wire, theme: Theme): string {
  const kept = points.filter(
    ([x, y], i) => i === 0 || x !== points[i - 1]![0] || y !== points[i - 1]![1],
  );
  const [first, ...rest] = kept;
  if (first === undefined || rest.length === 0) return '';
  const text = ([x, y]: Point): string => `${round(x)} ${round(y)}`;
  let d = `M${text(first)}`;
  for (const [i, to] of rest.entries()) {
    const from = kept[i]!;
    const next = rest[i + 1];
    if (next === undefined) {
      d += `L${text(to)}`;
      continue;
    }
    const radius = Math.min(corner, distance(from, to) / 2, distance(to, next) / 2);
    d += `L${text(towards(to, from, radius))}Q${text(to)} ${text(towards(to, next, radius))}`;
  }
  const end = rest.at(-1)!;
  const path = element('path', { d, fill: 'none' });
  if (!isArrow) return path;
  const before = kept.at(-2)!;
  const back = towards(end, before, 6);
  const [dx, dy] = [((end[1] - back[1]) / 6) * 3, ((end[0] - back[0]) / 6) * 3];
  const head = `M${text(end)}L${text([back[0] + dx, back[1] - dy])}L${text([back[0] - dx, back[1] + dy])}Z`;
  return `${path}\n${element('path', { d: head, fill: theme.line, stroke: 'none' })}`;
}

export const round = (value: number): number => Math.round(value * 100) / 100 + 0;
const distance = ([x1, y1]: Point, [x2, y2]: Point) => Math.hypot(x2 - x1, y2 - y1);

function towards(from: Point, to: Point, length: number): [number, number] {
  const whole = distance(from, to) || 1;
  const share = length / whole;
  return [from[0] + (to[0] - from[0]) * share, from[1] + (to[1] - from[1]) * share];
}

/** Draws a panel's boxes, lines and frames. */
export function drawLayout(layout: Layout, painter: Painter, hasSizes: boolean): string {
  const { theme } = painter;
  const { boxes, wires, frames } = layout;
  const framed = frames.flatMap(({ left, right, top, bottom, times }) => [
    element('rect', {
      x: left,
      y: top,
      width: right - left,
      height: bottom - top,
      rx: 6,
      fill: 'none',
      stroke: theme.line,
      'stroke-dasharray': '4 3',
    }),
    label(right - 8, bottom - 7, `× ${times}`, { anchor: 'end', isBold: true }),
  ]);
  return [
    ...framed,
    group({ stroke: theme.line }, ...wires.map((wire) => drawWire(wire, theme)).filter(Boolean)),
    ...[...boxes].map(([box, placed]) => painter.drawBox(box, placed, hasSizes)),
  ].join('\n');
}
