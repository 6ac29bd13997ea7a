import { atMost } from '../argument/atMost.js';
import { readOptions, type SpecOf } from '../argument/options.js';
import { ownInputShape } from '../models/imageModel.js';
import type { Module } from '../nn/index.js';
import { arithmeticOf } from '../nn/module/arithmetic.js';
import { requireModule } from '../nn/module/requireModule.js';
import { refuseTrained } from '../observe/busy.js';
import {
  type InputOptions,
  type InputShape,
  inputSpec,
  readExample,
  withExample,
  withoutBatch,
} from '../observe/example.js';
import { recordPass } from '../observe/pass.js';
import { diagram } from './network/diagram.js';
import { type Vertex, verticesOf } from './network/vertices.js';
import { portraitOf } from './portrait.js';
import {
  emptyStagesOf,
  hasMatrix,
  isVector,
  type Stage,
  type StageKind,
  sizeText,
} from './stages.js';
import { element, group, label, labelSize, line, picture } from './svg.js';
import { formatCount, textWidth } from './text.js';
import { type DrawOptions, drawSpec, lookedAt, type Theme } from './theme.js';

/** Options of {@link architecture}. */
export interface ArchitectureOptions extends DrawOptions, InputOptions {
  /**
   * `[C, H, W]` of an image, or whatever sizes one example has, without N; of a network that takes several tensors, a list
   * of them. Default: the network's own `inputShape`, else `[1, 28, 28]`.
   */
  inputShape?: InputShape;
}

const spec = {
  ...drawSpec,
  ...inputSpec,
  inputShape: lookedAt<InputShape>(),
} satisfies SpecOf<ArchitectureOptions>;

type Point = readonly [number, number];

// Pixels. Maps are drawn to scale: the input's longer edge is `inputEdge`, a unit at least `leastEdge`.
const inputEdge = 104;
const leastEdge = 7;
const margin = 20;
const gap = 26;
const middle = 156;
const nameLine = 28;
const tableLine = 278;
const lineStep = 17;
// Depth of a stack: this much per map, as a whole no more than `mostDepth`.
const depthPerMap = 6;
const mostDepth = 54;
const vectorWidth = 10;
const mostVectorLength = 176;
const leastVectorLength = 34;

// The rows of the table below the maps; the input's column says what they are.
const rowNames = ['layer', 'window', 'activation', 'parameters', 'connections'];

const colorOf = (kind: StageKind): number =>
  ['convolution', 'subsampling', 'full', 'rbf'].indexOf(kind);

// A stage with its place; x is the left edge of its column.
interface Column {
  readonly stage: Stage;
  readonly x: number;
  readonly width: number;
  /** Size of one map, or of the bar that stands for a vector. */
  readonly edge: Point;
  /** How far the front map is moved from the back one, right and down. */
  readonly depth: number;
  readonly above: readonly string[];
  readonly below: readonly string[];
}

/**
 * A network as a picture. Layers, sizes and counts are read from the network and a forward pass; parameters and
 * connections as `summary` counts them.
 *
 * Layers for images that follow one another are stacked feature maps with their sizes, in the manner of figure 2 of LeCun
 * and others, 1998. All other networks stand from above to below: residual connections and parallel branches with the signs
 * and bars where they meet, layers of sequences, operators that modules call themselves. A module with branches that
 * occurs several times is a block, drawn once beside the network; what follows itself stands once, with the number
 * of times. Dropout, and what only gives a tensor another form, is not shown, nor what does not lead to the result;
 * of a result of several tensors what is on the way to the first, such as the states of an `LSTM`.
 *
 * @param options.inputShape - Sizes of one example, without N. Default: the network's own `inputShape`, else `[1, 28, 28]`.
 * @param options.dtypes - As {@link summary} takes them, and `inputData`.
 * @returns SVG.
 * @throws {TypeError} `ERR_INVALID_ARG` for anything but a module with layers, and for one of more than 120 parts.
 * @throws {TorchError} `ERR_LIBTORCH` when the network does not take such inputs; `ERR_MODEL_BUSY` while it is trained.
 * @example
 * torch.draw.architecture(new nn.LSTM(8, 16), { inputShape: [20, 8] }).slice(0, 4); // → '<svg'
 */
export function architecture(net: Module, options?: ArchitectureOptions): string {
  atMost('architecture', 2, arguments.length);
  const what = 'draw.architecture';
  requireModule(what, net);
  const { theme, inputShape, ...input } = readOptions(what, spec, options);
  const shape = inputShape ?? ownInputShape(net) ?? [1, 28, 28];
  const example = readExample(what, shape, input);
  refuseTrained([...net.modules()], what);
  const pass = withExample(what, net, example, (inputs) => recordPass(net, inputs));
  const vertices = verticesOf(pass);
  const [image] = example.shapes;
  const isImage = example.shapes.length === 1 && image!.length === 3;
  if (isImage && isRow(vertices)) return stackedMaps(what, net, image!, theme);
  const sizesOf = example.data === undefined ? withoutBatch : (sizes: readonly number[]) => sizes;
  return diagram(what, pass, vertices, theme, sizesOf);
}

// Layers one after the other, all of which maps or bars can stand for.
function isRow(vertices: readonly Vertex[]): boolean {
  const taken = vertices.flatMap(({ from }) => from);
  const fits = ({ kind, module, from }: Vertex): boolean => {
    if (from.length > 1 || (kind === 'input') !== (from.length === 0)) return false;
    const hasForm = module !== undefined && portraitOf(module) !== undefined;
    return hasForm || (kind !== 'layer' && (module === undefined || !hasMatrix(module)));
  };
  return new Set(taken).size === taken.length && vertices.every(fits);
}

function stackedMaps(
  what: string,
  net: Module,
  inputShape: readonly number[],
  theme: Theme,
): string {
  const { input, layers } = emptyStagesOf(what, net, inputShape);
  const columns = arrange([input, ...layers]);
  const last = columns.at(-1)!;
  const body = [
    ...columns.map((column) => drawMaps(column, theme)),
    ...columns.slice(1).map((column, i) => connect(columns[i]!, column, theme)),
    ...columns.map((column) => drawLabels(column, theme)),
  ];
  const title = `${net.constructor.name}: ${columns.map(({ stage }) => `${stage.name} ${sizeText(stage)}`).join(', ')}`;
  const size = {
    width: last.x + last.width + margin,
    height: tableLine + rowNames.length * lineStep,
  };
  return picture(size, theme, title, ...body);
}

function arrange(stages: readonly Stage[]): Column[] {
  const [, rows, columns] = stages[0]!.shape;
  const unit = inputEdge / Math.max(rows, columns);
  const longest = Math.max(1, ...stages.filter(isVector).map(({ shape }) => shape[0]));
  let x = margin;
  return stages.map((stage) => {
    const edge = isVector(stage) ? barOf(stage, longest) : mapEdge(stage, unit);
    const depth = isVector(stage) ? 0 : Math.min(mostDepth, depthPerMap * (stage.shape[0] - 1));
    const above = [stage.name, sizeText(stage)];
    const below = rowsOf(stage);
    const texts = [
      textWidth(above[0]!, 14, true),
      textWidth(above[1]!, labelSize),
      ...below.map((text) => textWidth(text, labelSize)),
    ];
    const width = Math.max(edge[0] + depth, ...texts);
    const column = { stage, x, width, edge, depth, above, below };
    x += width + gap;
    return column;
  });
}

const mapEdge = ({ shape: [, rows, columns] }: Stage, unit: number): Point => [
  Math.max(leastEdge, columns * unit),
  Math.max(leastEdge, rows * unit),
];

function barOf({ shape: [length] }: Stage, longest: number): Point {
  return [vectorWidth, Math.max(leastVectorLength, (length / longest) * mostVectorLength)];
}

function rowsOf(stage: Stage): string[] {
  if (stage.kind === 'input') return rowNames;
  const units = stage.values.length;
  const { connections } = arithmeticOf(stage.module!, units) ?? {};
  return [
    stage.verb,
    stage.window?.join('×') ?? '–',
    stage.activation ?? '–',
    formatCount(stage.parameters),
    connections === undefined ? '–' : formatCount(connections),
  ];
}

// Upper left corner of the front map or bar.
function front({ x, width, edge, depth }: Column): Point {
  return [x + (width - edge[0] - depth) / 2 + depth, middle - edge[1] / 2 + depth / 2];
}

function drawMaps(column: Column, theme: Theme): string {
  const { stage, edge, depth } = column;
  const [maps] = stage.shape;
  const color = theme.series[colorOf(stage.kind)] ?? theme.line;
  const [x, y] = front(column);
  const style = { stroke: color, fill: theme.panel };
  const box = (offset: number): string =>
    element('rect', { x: x - offset, y: y - offset, width: edge[0], height: edge[1] });
  if (isVector(stage)) return group(style, box(0));
  const step = maps === 1 ? 0 : depth / (maps - 1);
  const boxes = Array.from({ length: maps }, (_, i) => box((maps - 1 - i) * step));
  return group(style, ...boxes);
}

function drawLabels(column: Column, theme: Theme): string {
  const { x, width, above, below } = column;
  const center = x + width / 2;
  const [name, size] = above as [string, string];
  const isHead = column.stage.kind === 'input';
  const rows = below.map((text, i) =>
    label(isHead ? x : center, tableLine + i * lineStep, text, {
      ...(!isHead && { anchor: 'middle' }),
      ...(isHead && { fill: theme.muted }),
    }),
  );
  return [
    label(center, nameLine, name, { anchor: 'middle', size: 14, isBold: true }),
    label(center, nameLine + lineStep, size, { anchor: 'middle' }),
    ...rows,
  ].join('\n');
}

// From a window in the front map to the one unit that sees it; to a vector from the whole map.
function connect(from: Column, to: Column, theme: Theme): string {
  const style = { stroke: theme.line, 'stroke-width': 0.8 };
  const [x, y] = front(from);
  const [toX, toY] = front(to);
  const { window } = to.stage;
  if (window === undefined || isVector(to.stage)) {
    const bottom = toY + to.edge[1];
    return group(
      style,
      line([x + from.edge[0], y], [toX, toY], {}),
      line([x + from.edge[0], y + from.edge[1]], [toX, bottom], {}),
    );
  }
  const [, rows, columns] = from.stage.shape;
  const width = Math.min(1, window[1] / columns) * from.edge[0];
  const height = Math.min(1, window[0] / rows) * from.edge[1];
  const [left, top] = [x + (from.edge[0] - width) * 0.78, y + (from.edge[1] - height) * 0.28];
  const unit: Point = [toX + to.edge[0] * 0.24, toY + to.edge[1] * 0.6];
  return group(
    style,
    element('circle', { cx: unit[0], cy: unit[1], r: 1.8, fill: theme.text, stroke: 'none' }),
    element('rect', { x: left, y: top, width, height, fill: 'none', stroke: theme.text }),
    line([left + width, top], unit, {}),
    line([left + width, top + height], unit, {}),
  );
}
