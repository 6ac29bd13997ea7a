import { atMost } from '../argument/atMost.js';
import { text } from '../argument/kind.js';
import { readOptions, type SpecOf } from '../argument/options.js';
import { invalidArgument } from '../error.js';
import type { Module } from '../nn/index.js';
import { requireModule } from '../nn/module/requireModule.js';
import { Tensor } from '../tensor/index.js';
import { type Bar, barsHeight, drawBars } from './bars.js';
import { bitmap, rangeOf, type Shading, uprightShape } from './bitmap.js';
import { requireNames } from './classes.js';
import { activations, greys } from './colors.js';
import { drawScale } from './legend.js';
import { scoresOf } from './scores.js';
import { isVector, mapOf, type Stage, type Stages, sizeText, stagesOf } from './stages.js';
import { group, label, picture } from './svg.js';
import { fitText } from './text.js';
import { type DrawOptions, drawSpec, lookedAt, type Theme } from './theme.js';

/** A network beside another. */
export interface Beside {
  readonly net: Module;
  /** `(1, C, H, W)`, the same image as that network takes it. */
  readonly image: Tensor;
  readonly title?: string;
}

/** Options of {@link features}. */
export interface FeaturesOptions extends DrawOptions {
  /** Names of the classes. Default: their numbers. */
  classes?: readonly string[];
  /** The image's right class, 0…K−1; marked at the outputs. Default: none. */
  label?: number;
  /** Above the picture. Default: the network's class. */
  title?: string;
  /** A second network, at the right. Default: none. */
  beside?: Beside;
}

interface Marks {
  readonly classes: readonly string[] | undefined;
  readonly label: number | undefined;
}

const spec = {
  ...drawSpec,
  classes: lookedAt<readonly string[]>(),
  label: lookedAt<number>(),
  title: text.optional(),
  beside: lookedAt<Beside>(),
} satisfies SpecOf<FeaturesOptions>;

// Pixels.
const margin = 20;
const side = 96;
const rowWidth = 640;
const rowGap = 16;
const mapGap = 4;
const mostEdge = 84;
const leastEdge = 12;
const vectorCell = 14;
const columnGap = 36;
const top = 56;

/**
 * What a network sees in an image: the image, every feature map of every layer after its activation,
 * the numbers of the full layers, and the outputs, as in the chapter's last picture. Within a layer
 * all maps share one scale, from dark for its least to bright for its greatest number.
 *
 * @param image - `(1, C, H, W)` or `(C, H, W)`, as the network takes it.
 * @returns SVG.
 * @throws {TypeError} `ERR_INVALID_ARG` for an image of another rank, a label that is no class, or
 *   another number of names.
 * @throws {TorchError} `ERR_LIBTORCH` when the network does not take such images, `ERR_MODEL_BUSY`.
 * @example
 * const svg = torch.draw.features(net, images.narrow(0, 0, 1), { classes: data.FashionMNIST.classes, label: 9 });
 * svg.includes('Ankle boot'); // → true
 */
export function features(net: Module, image: Tensor, options?: FeaturesOptions): string {
  atMost('features', 3, arguments.length);
  const what = 'draw.features';
  const { theme, beside, title, ...marks } = readOptions(what, spec, options);
  const sides = [{ net, image, title }, ...(beside === undefined ? [] : [beside])];
  let [x, height] = [margin, 0];
  const drawn = sides.map((each) => {
    const column = drawNetwork(what, each, marks, theme);
    const markup = group({ transform: `translate(${x} 0)` }, ...column.markup);
    x += side + rowWidth + columnGap;
    height = Math.max(height, column.height);
    return markup;
  });
  const names = sides.map((each) => titleOf(each)).join(' and ');
  const size = { width: x - columnGap + margin, height: height + margin };
  return picture(size, theme, `What ${names} sees in an image, layer by layer`, ...drawn);
}

const titleOf = ({ net, title }: { net: Module; title?: string | undefined }): string =>
  title ?? net?.constructor?.name ?? '';

interface Column {
  readonly markup: readonly string[];
  readonly height: number;
}

function drawNetwork(
  what: string,
  given: { net: Module; image: Tensor; title?: string | undefined },
  options: Marks,
  theme: Theme,
): Column {
  const { net, image } = given;
  requireModule(what, net);
  const batch = requireImage(what, image);
  const stages = stagesOf(what, net, batch);
  let y = top;
  const markup = [
    label(0, margin + 14, fitText(titleOf(given), 16, side + rowWidth, true), {
      size: 16,
      isBold: true,
    }),
  ];
  let edge = mostEdge;
  const all = [stages.input, ...stages.layers];
  for (const [i, stage] of all.slice(0, -1).entries()) {
    const row = isVector(stage)
      ? drawVector(stage, y, all[i + 1]!.kind === 'rbf')
      : drawMaps(stage, y, edge);
    if (!isVector(stage)) edge = row.edge;
    markup.push(...describeStage(stage, y, theme), ...row.markup);
    y += Math.max(row.height, describedHeight) + rowGap;
  }
  const bars = outputBars(what, net, stages, options);
  const last = stages.layers.at(-1)!;
  markup.push(...describeStage(last, y, theme), drawBars(bars, [side, y], rowWidth, theme));
  return { markup, height: y + Math.max(describedHeight, barsHeight(bars)) };
}

function requireImage(what: string, image: unknown): Tensor {
  if (image instanceof Tensor) {
    if (image.ndim === 3) return image.unsqueeze(0);
    if (image.ndim === 4 && image.shape[0] === 1) return image;
  }
  const came = image instanceof Tensor ? `(${image.shape.join(', ')})` : typeof image;
  throw invalidArgument(`${what}: image: expected a Tensor (1, C, H, W) or (C, H, W), got ${came}`);
}

const describedHeight = 46;

const shadingOf = (stage: Stage): Shading => ({
  scale: stage.kind === 'input' ? greys : activations,
  range: rangeOf(stage.values),
});

// Name, size and scale at the left of a layer.
function describeStage(stage: Stage, y: number, theme: Theme): string[] {
  const isOutput = stage.name === 'OUTPUT';
  const shading = shadingOf(stage);
  return [
    label(0, y + 12, stage.name, { isBold: true }),
    label(0, y + 27, sizeText(stage), { size: 11, fill: theme.muted }),
    isOutput ? '' : drawScale([0, y + 33], side - 14, shading, theme),
  ];
}

interface Row {
  readonly markup: readonly string[];
  readonly height: number;
  readonly edge: number;
}

// Maps side by side, wrapped; half pixels per number, if there is room, keep them even.
function drawMaps(stage: Stage, y: number, edgeAbove: number): Row {
  const [maps, rows, columns] = stage.shape;
  const perRow = Math.min(maps, 16);
  const room = Math.min((rowWidth - (perRow - 1) * mapGap) / perRow, mostEdge, edgeAbove);
  const long = Math.max(rows, columns);
  const scale = room >= long ? Math.floor((2 * room) / long) / 2 : Math.max(leastEdge, room) / long;
  const [width, height] = [columns * scale, rows * scale];
  const inRow = Math.max(1, Math.floor((rowWidth + mapGap) / (width + mapGap)));
  const shading = shadingOf(stage);
  const markup = Array.from({ length: maps }, (_, map) => {
    const [column, row] = [map % inRow, Math.floor(map / inRow)];
    const place = {
      x: side + column * (width + mapGap),
      y: y + row * (height + mapGap),
      width,
      height,
    };
    return bitmap(place, mapOf(stage, map), shading);
  });
  const lines = Math.ceil(maps / inRow);
  return { markup, height: lines * (height + mapGap) - mapGap, edge: long * scale };
}

// The numbers of a vector as cells: from left to right, line by line, or upright where they are compared
// with bitmaps.
function drawVector(stage: Stage, y: number, isUpright: boolean): Row {
  const { values } = stage;
  const shading = shadingOf(stage);
  if (isUpright) {
    const grid = uprightShape(values.length);
    const edge = Math.max(2, Math.floor(mostEdge / grid.rows));
    const [width, height] = [grid.columns * edge, grid.rows * edge];
    return {
      markup: [bitmap({ x: side, y, width, height }, { values, ...grid }, shading)],
      height,
      edge,
    };
  }
  const perRow = Math.min(values.length, Math.floor(rowWidth / vectorCell));
  const rows = Math.ceil(values.length / perRow);
  // As even as the lines can be: 84 as 2 × 42.
  const columns = Math.ceil(values.length / rows);
  const markup = Array.from({ length: rows }, (_, row) => {
    const cells = values.subarray(row * columns, (row + 1) * columns);
    const place = {
      x: side,
      y: y + row * (vectorCell + 2),
      width: cells.length * vectorCell,
      height: vectorCell,
    };
    return bitmap(place, { values: cells, rows: 1, columns: cells.length }, shading);
  });
  return { markup, height: rows * (vectorCell + 2) - 2, edge: vectorCell };
}

function outputBars(
  what: string,
  net: Module,
  { outputs }: Stages,
  { classes, label: right }: Marks,
): Bar[] {
  const { length } = outputs;
  if (right !== undefined && !(Number.isInteger(right) && right >= 0 && right < length)) {
    throw invalidArgument(`${what}: label: expected a class from 0 to ${length - 1}, got ${right}`);
  }
  const names = requireNames(what, classes, length);
  const { probabilities, predicted } = scoresOf(net, outputs);
  return Array.from(outputs, (output, i) => ({
    name: names[i]!,
    output,
    share: probabilities[i]!,
    isPredicted: i === predicted && !Number.isNaN(probabilities[i]),
    isRight: i === right,
  }));
}
