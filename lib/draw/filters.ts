import { atMost } from '../argument/atMost.js';
import { readOptions } from '../argument/options.js';
import { invalidArgument } from '../error.js';
import type { ConnectionTable, Module } from '../nn/index.js';
import { requireModule } from '../nn/module/requireModule.js';
import type { Tensor } from '../tensor/index.js';
import { tidy } from '../tensor/scope.js';
import {
  numbers,
  type Place,
  pixels,
  rangeOf,
  type Shading,
  shade,
  uprightShape,
} from './bitmap.js';
import { parseColor, signed } from './colors.js';
import { drawScale } from './legend.js';
import { type Drawn, isConnected, portraitOf } from './portrait.js';
import { label, picture } from './svg.js';
import { formatCount, textWidth } from './text.js';
import { type DrawOptions, drawSpec, type Theme } from './theme.js';

/** A layer whose weights are pictures. */
interface Layer {
  readonly name: string;
  readonly portrait: Drawn & { readonly weight: Tensor };
}

/** Kernels in rows and columns; `undefined` where there is no connection. */
interface Kernels {
  readonly title: string;
  readonly rowTitle: string;
  readonly columnTitle: string;
  /** `kernels[row][column]`, each `height · width` numbers. */
  readonly kernels: readonly (readonly (Float32Array | undefined)[])[];
  readonly height: number;
  readonly width: number;
  readonly values: Float32Array;
}

// Pixels.
const margin = 20;
const mostWidth = 760;
const mostPixel = 9;
const side = 30;
const head = 62;
const sectionGap = 34;

/**
 * The weights that a network has learned: every kernel of every convolution, a row per input map and a
 * column per output map, and the bitmaps of Euclidean radial basis units. Blue is negative, orange
 * positive; a layer has one scale. Connections that a `PartialConv2d` lacks are blank.
 *
 * @returns SVG.
 * @throws {TypeError} `ERR_INVALID_ARG` for a network without such layers, or anything but a module.
 * @example
 * torch.draw.filters(net).startsWith('<svg'); // → true
 */
export function filters(net: Module, options?: DrawOptions): string {
  atMost('filters', 2, arguments.length);
  const what = 'draw.filters';
  const { theme } = readOptions(what, drawSpec, options);
  const layers = findLayers(what, net);
  let [y, width] = [margin, 0];
  const body = layers.map((layer) => {
    const section = drawSection(
      tidy(() => kernelsOf(layer)),
      y,
      theme,
    );
    y += section.height + sectionGap;
    width = Math.max(width, section.width);
    return section.markup;
  });
  const names = layers.map(({ name }) => name);
  const size = { width: width + 2 * margin, height: y - sectionGap + margin };
  return picture(size, theme, `Weights of ${names.join(', ')}`, ...body);
}

function findLayers(what: string, net: Module): Layer[] {
  requireModule(what, net);
  const found = [...net.namedModules()].flatMap(([path, module]) => {
    const portrait = portraitOf(module);
    if (portrait?.weight === undefined) return [];
    if (portrait.kind !== 'rbf' && !isConnected(portrait)) return [];
    return [{ name: path || module.constructor.name, portrait } as Layer];
  });
  if (found.length > 0) return found;
  throw invalidArgument(
    `${what}: net: ${net.constructor.name} has no Conv2d, PartialConv2d or EuclideanRBF`,
  );
}

function kernelsOf({ name, portrait }: Layer): Kernels {
  const { weight } = portrait;
  const values = numbers(weight);
  const title = `${name}: ${weight.shape.join('×')} = ${formatCount(values.length)} weights`;
  if (!isConnected(portrait)) {
    const [units = 0, inputs = 0] = weight.shape;
    const { rows: height, columns: width } = uprightShape(inputs);
    const kernels = [cut(values, units, height * width)];
    return { title, rowTitle: '', columnTitle: 'class', kernels, height, width, values };
  }
  const [height, width] = portrait.window;
  const { inputs, table } = portrait.connections;
  const stored = cut(values, values.length / (height * width), height * width);
  const kernels = Array.from({ length: inputs }, (_, input) =>
    table.map((_, output) => stored[slotOf(table, input, output)]),
  );
  const titles = { rowTitle: 'input map', columnTitle: 'output map' };
  return { title, ...titles, kernels, height, width, values };
}

const cut = (values: Float32Array, count: number, size: number): Float32Array[] =>
  Array.from({ length: count }, (_, i) => values.subarray(i * size, (i + 1) * size));

// Where a layer keeps the kernel from one map to another; −1 for nowhere.
function slotOf(table: ConnectionTable, input: number, output: number): number {
  const place = table[output]!.indexOf(input);
  const before = table.slice(0, output).reduce((sum, { length }) => sum + length, 0);
  return place < 0 ? -1 : before + place;
}

interface Section {
  readonly markup: string;
  readonly width: number;
  readonly height: number;
}

// All kernels in one image, one pixel per weight, one between two kernels.
function drawSection(section: Kernels, top: number, theme: Theme): Section {
  const { kernels, height, width, values, title } = section;
  const [least, most] = rangeOf(values);
  const reach = Math.max(Math.abs(least), Math.abs(most));
  const shading: Shading = { scale: signed(theme), range: [-reach, reach] };
  const [rows, columns] = [kernels.length, kernels[0]!.length];
  const grid = { rows: rows * (height + 1) - 1, columns: columns * (width + 1) - 1 };
  const pixel = Math.max(1, Math.min(mostPixel, Math.floor(mostWidth / grid.columns)));
  const place = {
    x: margin + side,
    y: top + head,
    width: grid.columns * pixel,
    height: grid.rows * pixel,
  };
  const [background, blank] = [parseColor(theme.background), parseColor(theme.panel)];
  const image = pixels(place, grid, (i) => {
    const [y, x] = [Math.floor(i / grid.columns), i % grid.columns];
    const [inY, inX] = [y % (height + 1), x % (width + 1)];
    if (inY === height || inX === width) return background;
    const kernel = kernels[Math.floor(y / (height + 1))]![Math.floor(x / (width + 1))];
    return kernel === undefined ? blank : shade(kernel[inY * width + inX]!, shading);
  });
  const scaleWidth = 110;
  const titleWidth = textWidth(title, 14, true);
  const scaleX = Math.max(margin + titleWidth + 24, margin + side + place.width - scaleWidth);
  const markup = [
    label(margin, top + 14, title, { size: 14, isBold: true }),
    drawScale([scaleX, top + 4], scaleWidth, shading, theme),
    drawAxes(section, place, pixel, theme),
    image,
  ].join('\n');
  return { markup, width: scaleX + scaleWidth - margin, height: head + place.height };
}

// Every map's number where there is room, else every tenth.
function drawAxes(
  { kernels, height, width, rowTitle, columnTitle }: Kernels,
  place: Place,
  pixel: number,
  theme: Theme,
): string {
  const style = { size: 9, fill: theme.muted };
  const step = (width + 1) * pixel >= 16 ? 1 : 10;
  const columns = kernels[0]!.map((_, column) =>
    column % step > 0
      ? ''
      : label(place.x + (column * (width + 1) + width / 2) * pixel, place.y - 6, String(column), {
          ...style,
          anchor: 'middle',
        }),
  );
  const rowStep = (height + 1) * pixel >= 11 ? 1 : 5;
  const rows = kernels.map((_, row) =>
    row % rowStep > 0 || rowTitle === ''
      ? ''
      : label(place.x - 6, place.y + (row * (height + 1) + height / 2) * pixel + 3, String(row), {
          ...style,
          anchor: 'end',
        }),
  );
  const axes = rowTitle === '' ? `${columnTitle} →` : `${columnTitle} →, ${rowTitle} ↓`;
  return [label(place.x, place.y - 22, axes, style), ...columns, ...rows].join('');
}
