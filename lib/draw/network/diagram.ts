import { invalidArgument } from '../../error.js';
import type { Pass } from '../../observe/pass.js';
import { picture } from '../svg.js';
import type { Theme } from '../theme.js';
import { type Box, linesOf } from './panel.js';
import { type Panel, panelsOf } from './panels.js';
import { type Structures, structuresOf } from './structures.js';
import type { Vertex } from './vertices.js';

// Pixels. Panels stand beside the network where both are narrower than a page, else below it.
const margin = 20;
const gap = 24;
const pageWidth = 600;
// A picture of more is none that a person reads.
const mostBoxes = 120;

/**
 * A network with branches from above to below: its layers, and in panels of their own the blocks that it repeats.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for a network without layers, or of too many parts.
 *
 * @param vertices - Of the pass.
 * @param sizesOf - Sizes without N.
 */
export function diagram(
  what: string,
  { root }: Pass,
  vertices: readonly Vertex[],
  theme: Theme,
  sizesOf: (shape: readonly number[]) => readonly number[],
): string {
  const { name } = root.module.constructor;
  const structures = structuresOf(root, vertices);
  const most = Math.max(...[structures, ...structures.blocks].map(({ boxes }) => boxes.length));
  if (most > mostBoxes) {
    throw invalidArgument(
      `${what}: ${name} has ${most} parts beside each other, of which a picture shows ${mostBoxes}; draw a part of it, or a ` +
        'shorter sequence (inputShape), or print torch.summary(net)',
    );
  }
  if (!vertices.some(({ kind }) => kind === 'layer' || kind === 'norm')) {
    throw invalidArgument(`${what}: ${name} calls none of the layers that can be drawn`);
  }
  const { network, blocks } = panelsOf(theme, structures, sizesOf);
  const { places, width, height } = arrange(network, blocks);
  const panels = [network, ...blocks].map((panel, i) => panel.draw(...places[i]!));
  return picture({ width, height }, theme, titleOf(name, structures), ...panels);
}

function titleOf(name: string, structures: Structures): string {
  const textOf = (box: Box): string => {
    const text = box.kind === 'block' ? structures.structureOf(box).name : linesOf(box).join(', ');
    return box.count > 1 ? `${text} × ${box.count}` : text;
  };
  return `${name}: ${structures.boxes.map(textOf).join('; ')}`;
}

function arrange(network: Panel, blocks: readonly Panel[]) {
  const widest = Math.max(0, ...blocks.map(({ width }) => width));
  const isBeside = network.width + gap + widest + 2 * margin <= pageWidth;
  const places: [number, number][] = [[margin, margin]];
  let [x, y, right, bottom] = [margin, margin, margin + network.width, margin + network.height];
  if (isBeside) x += network.width + gap;
  else y += network.height + gap;
  const left = x;
  let row = 0;
  for (const { width, height } of blocks) {
    const isFull = x > left && x + width + margin > pageWidth;
    if (isFull || (isBeside && row > 0)) [x, y, row] = [left, y + row + gap, 0];
    places.push([x, y]);
    right = Math.max(right, x + width);
    bottom = Math.max(bottom, y + height);
    row = Math.max(row, height);
    x += width + gap;
  }
  // Above its blocks it stands in the middle.
  if (!isBeside) places[0] = [(right + margin - network.width) / 2, margin];
  return { places, width: right + margin, height: bottom + margin };
}
