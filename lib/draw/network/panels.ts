import { element, group, label, labelSize } from '../svg.js';
import { formatCount, textWidth } from '../text.js';
import type { Theme } from '../theme.js';
import { flowOf, withRepeats } from './flow.js';
import { layOut, type Placed } from './layout.js';
import { drawLayout, drawWire, Painter, portRadius, round, stack } from './paint.js';
import { type Box, takersOf } from './panel.js';
import { isChain, type Structures } from './structures.js';

// Pixels: between the columns of a table.
const columnGap = 18;

/** One panel of a picture: its size, and what draws it at a place. */
export interface Panel {
  readonly width: number;
  readonly height: number;
  draw(x: number, y: number): string;
}

const moved = (x: number, y: number, markup: string): string =>
  group({ transform: `translate(${round(x)} ${round(y)})` }, markup);

/** The panels of a picture: the network, then its blocks. */
export function panelsOf(
  theme: Theme,
  structures: Structures,
  sizesOf: (shape: readonly number[]) => readonly number[],
): { network: Panel; blocks: Panel[] } {
  const painter = new Painter(theme, structures, sizesOf);
  const { boxes, blocks } = structures;
  const network = isChain(boxes)
    ? tablePanel(boxes, painter, theme)
    : plainPanel(boxes, painter, theme, true);
  return {
    network,
    blocks: blocks.map(({ name, boxes: inside }) => blockPanel(name, inside, painter, theme)),
  };
}

function plainPanel(
  given: readonly Box[],
  painter: Painter,
  theme: Theme,
  hasSizes: boolean,
): Panel {
  const { boxes, sides } = apart(given);
  const textOf = (box: Box): string =>
    JSON.stringify([box.kind, painter.linesIn(box, hasSizes), sides.includes(box)]);
  const flow = withRepeats(flowOf(boxes), textOf);
  const layout = layOut(flow, painter.sizeOf(boxes, hasSizes));
  const { left, right, height } = layout.extent;
  const pad = sides.length > 0 ? sideWidth : 0;
  return {
    width: pad + left + right + stack,
    height,
    draw: (x, y) => {
      const drawn = sides.map((box) => drawSide(layout.boxes.get(box)!, theme));
      const body = [drawLayout(layout, painter, hasSizes), ...drawn].join('\n');
      return moved(x + pad, y, body);
    },
  };
}

const sideWidth = 26;

// What comes into a module besides the first, and goes to one box, comes from the side of that.
function apart(boxes: readonly Box[]): { boxes: readonly Box[]; sides: Box[] } {
  const [, ...others] = boxes.filter(({ kind, from }) => kind === 'port' && from.length === 0);
  const lone = others.filter((port) => takersOf(boxes, port).length === 1);
  const sides = lone.flatMap((port) => takersOf(boxes, port)).filter(({ kind }) => kind === 'box');
  const moved = new Set(lone.filter((port) => sides.includes(takersOf(boxes, port)[0]!)));
  for (const box of sides) box.from = box.from.filter((each) => !moved.has(each));
  return { boxes: boxes.filter((box) => !moved.has(box)), sides };
}

function drawSide({ x, y, left, height }: Placed, theme: Theme): string {
  const [edge, middle] = [x - left, y + height / 2];
  const begin = edge - sideWidth + portRadius;
  const wire = {
    points: [
      [begin, middle],
      [edge, middle],
    ],
    isArrow: true,
  } as const;
  return group(
    { stroke: theme.line },
    drawWire(wire, theme),
    element('circle', { cx: begin, cy: middle, r: portRadius, fill: theme.line, stroke: 'none' }),
  );
}

const framePad = 14;
const titleHeight = 30;

function blockPanel(name: string, boxes: readonly Box[], painter: Painter, theme: Theme): Panel {
  const inside = plainPanel(boxes, painter, theme, false);
  const width = Math.max(inside.width, textWidth(name, labelSize, true)) + 2 * framePad;
  const height = inside.height + titleHeight + framePad;
  return {
    width,
    height,
    draw: (x, y) =>
      [
        element('rect', { x, y, width, height, rx: 6, fill: 'none', stroke: theme.faint }),
        label(x + framePad, y + 20, name, { isBold: true }),
        inside.draw(x + (width - inside.width) / 2, y + titleHeight),
      ].join('\n'),
  };
}

const headings = ['output', 'parameters'];
const headHeight = 22;

// One box below the other, and beside each what it gives and how many parameters it has.
function tablePanel(boxes: readonly Box[], painter: Painter, theme: Theme): Panel {
  const layout = layOut(flowOf(boxes), painter.sizeOf(boxes, false));
  const { left, right, height } = layout.extent;
  const cells = boxes.map((box) => [
    painter.sizes(box),
    box.kind === 'input' || box.kind === 'output' ? '' : formatCount(box.parameters),
  ]);
  const widths = headings.map((heading, i) =>
    Math.max(
      ...[heading, ...cells.map((row) => row[i]!)].map((text) => textWidth(text, labelSize)),
    ),
  );
  let edge = left + right + stack;
  const ends = widths.map((width) => {
    edge += columnGap + width;
    return edge;
  });
  const texts = boxes.flatMap((box, i) => {
    const { y, height: tall } = layout.boxes.get(box)!;
    const middle = y + (tall + (box.kind === 'block' ? stack : 0)) / 2;
    return cells[i]!.map((text, column) =>
      text === '' ? '' : label(ends[column]!, middle + 4.2, text, { anchor: 'end' }),
    );
  });
  const heads = headings.map((heading, column) =>
    label(ends[column]!, -10, heading, { anchor: 'end', fill: theme.muted }),
  );
  const body = [drawLayout(layout, painter, false), ...heads, ...texts].filter(Boolean);
  return {
    width: edge,
    height: height + headHeight,
    draw: (x, y) => moved(x, y + headHeight, body.join('\n')),
  };
}
