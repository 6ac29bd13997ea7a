import { inspect } from 'node:util';
import { atMost } from '../argument/atMost.js';
import { anything } from '../argument/kind.js';
import { readOptions, type SpecOf } from '../argument/options.js';
import { toPair } from '../argument/sizes.js';
import { noGrad } from '../context/autograd.js';
import { invalidArgument } from '../error.js';
import { AvgPool2d, MaxPool2d, type Module, TrainableSubsampling } from '../nn/index.js';
import { requireModule } from '../nn/module/requireModule.js';
import { type Tensor, tensor } from '../tensor/index.js';
import { tidy } from '../tensor/scope.js';
import { element, label, labelSize, picture } from './svg.js';
import { formatCount, formatNumber, textWidth } from './text.js';
import { type DrawOptions, drawSpec, type Theme } from './theme.js';

type Pooling = MaxPool2d | AvgPool2d | TrainableSubsampling;

/** Options of {@link pooling}. */
export interface PoolingOptions extends DrawOptions {
  /** Which map's parameters are shown, 0…C−1. Default 0. */
  map?: number;
}

const spec = {
  ...drawSpec,
  map: anything<number>('a number').or(0),
} satisfies SpecOf<PoolingOptions>;

// Pixels.
const margin = 20;
const cell = 44;
const step = 80;
const radius = 19;
const top = 60;
// Windows shown in each direction.
const windows = 2;

/** One step from the window's pixels to the result: what stands in the circle, and below it. */
interface Step {
  readonly sign: string;
  readonly below: string;
}

/** A window's way to one unit, in numbers. */
interface Example {
  readonly steps: readonly Step[];
  readonly formula: string;
  readonly count: string;
}

/**
 * How a unit of a subsampling layer comes about, as in the chapter's picture: the pixels of a window,
 * their sum (or mean, or maximum), the coefficient and bias of its map, the squashing function. The
 * numbers are computed by the layer itself.
 *
 * @param net - A `TrainableSubsampling`, `MaxPool2d` or `AvgPool2d`; or a network, whose first is shown.
 * @param options.map - Which map's parameters are shown. Default 0.
 * @returns SVG.
 * @throws {TypeError} `ERR_INVALID_ARG` for a network without such a layer, a layer whose windows
 *   overlap, or a map that is none of its.
 * @example
 * torch.draw.pooling(new nn.MaxPool2d(2)).startsWith('<svg'); // → true
 */
export function pooling(net: Module, options?: PoolingOptions): string {
  atMost('pooling', 2, arguments.length);
  const what = 'draw.pooling';
  const { theme, map: number } = readOptions(what, spec, options);
  const [path, layer] = findPooling(what, net);
  const map = requireMap(what, layer, number);
  const [height, width] = windowOf(what, layer);
  const pixels = examplePixels(height * windows, width * windows);
  const results = poolOf(layer, pixels, map);
  // The window at the upper right: its way to the result crosses no other pixel.
  const window = pixels.slice(0, height).flatMap((row) => row.slice(-width));
  const example = explain(layer, map, window, results[0]!.at(-1)!);
  const title = `${path || layer.constructor.name}: one unit of ${nameOf(layer)}`;
  return compose({ title, pixels, results, example, window: [height, width] }, theme);
}

function findPooling(what: string, net: Module): [string, Pooling] {
  requireModule(what, net);
  for (const [path, module] of net.namedModules()) {
    if (module instanceof TrainableSubsampling) return [path, module];
    if (module instanceof MaxPool2d || module instanceof AvgPool2d) return [path, module];
  }
  throw invalidArgument(
    `${what}: net: ${net.constructor.name} has no TrainableSubsampling, MaxPool2d or AvgPool2d`,
  );
}

function requireMap(what: string, layer: Pooling, map: number): number {
  const maps = layer instanceof TrainableSubsampling ? layer.channels : Number.POSITIVE_INFINITY;
  if (Number.isSafeInteger(map) && map >= 0 && map < maps) return map;
  const range = Number.isFinite(maps) ? `an integer from 0 to ${maps - 1}` : 'an integer ≥ 0';
  throw invalidArgument(`${what}: map: expected ${range}, got ${inspect(map)}`);
}

function nameOf(layer: Pooling): string {
  if (layer instanceof MaxPool2d) return 'max pooling';
  return layer instanceof AvgPool2d ? 'mean pooling' : 'trainable subsampling';
}

// The picture shows windows side by side.
function windowOf(what: string, layer: Pooling): readonly [number, number] {
  const window = toPair(layer.kernelSize);
  if (layer instanceof TrainableSubsampling) return window;
  const isPlain =
    String(toPair(layer.stride)) === String(window) && String(toPair(layer.padding)) === '0,0';
  if (isPlain && Math.max(...window) <= 4) return window;
  throw invalidArgument(
    `${what}: expected windows up to 4×4, side by side and without padding, got ${layer}`,
  );
}

// Tenths that are all different next to each other, the same in every picture.
function examplePixels(rows: number, columns: number): number[][] {
  return Array.from({ length: rows }, (_, y) =>
    Array.from({ length: columns }, (_, x) => ((7 * y + 3 * x + 2) % 10) / 10),
  );
}

function poolOf(layer: Pooling, pixels: readonly number[][], map: number): number[][] {
  return tidy(() =>
    noGrad(() => {
      const maps = layer instanceof TrainableSubsampling ? layer.channels : map + 1;
      const [parameter] = layer.parameters();
      const image = tensor(pixels.flat(), { shape: [1, 1, pixels.length, pixels[0]!.length] });
      const placed = parameter === undefined ? image : image.to(parameter.device, parameter.dtype);
      const pooled: Tensor = layer.forward(placed.expand(1, maps, -1, -1));
      return pooled.select(1, map).squeeze(0).tolist() as number[][];
    }),
  );
}

function explain(layer: Pooling, map: number, pixels: readonly number[], result: number): Example {
  const sum = pixels.reduce((total, pixel) => total + pixel, 0);
  const given = pixels.map((pixel) => formatNumber(pixel)).join(' + ');
  const is = formatNumber(result);
  if (layer instanceof MaxPool2d) {
    const list = pixels.map((pixel) => formatNumber(pixel)).join(', ');
    return {
      steps: [{ sign: 'max', below: '' }],
      formula: `max(${list}) = ${is}`,
      count: 'no parameters',
    };
  }
  if (layer instanceof AvgPool2d) {
    const divisor = formatNumber(layer.divisorOverride ?? pixels.length);
    return {
      steps: [
        { sign: 'Σ', below: formatNumber(sum) },
        { sign: `÷${divisor}`, below: '' },
      ],
      formula: `(${given}) / ${divisor} = ${is}`,
      count: 'no parameters',
    };
  }
  const [weight, bias] = [layer.weight, layer.bias].map((each) =>
    Number(each.select(0, map).item()),
  );
  const { squash, channels } = layer;
  const [w, b] = [formatNumber(weight!), formatNumber(bias!)];
  const squashed = { sigmoid: 'sigmoid', tanh: '1.7159 · tanh', none: '' }[squash];
  const before = `${w} · (${given}) ${bias! < 0 ? '−' : '+'} ${b.replace('−', '')}`;
  const inner = squash === 'tanh' ? `(2/3 · (${before}))` : `(${before})`;
  return {
    steps: [
      { sign: 'Σ', below: formatNumber(sum) },
      { sign: '× w', below: `w = ${w}` },
      { sign: '+ b', below: `b = ${b}` },
      ...(squash === 'none' ? [] : [{ sign: squash === 'tanh' ? 'tanh' : 'σ', below: squashed }]),
    ],
    formula: squash === 'none' ? `${before} = ${is}` : `${squashed}${inner} = ${is}`,
    count: `(1 + 1) × ${channels} maps = ${formatCount(2 * channels)} parameters`,
  };
}

interface Parts {
  readonly title: string;
  readonly pixels: readonly number[][];
  readonly results: readonly number[][];
  readonly example: Example;
  /** Height and width. */
  readonly window: readonly [number, number];
}

function compose({ title, pixels, window, results, example }: Parts, theme: Theme): string {
  const { steps, formula, count } = example;
  const left = margin + pixels[0]!.length * cell;
  const middle = top + (window[0] * cell) / 2;
  const centers = steps.map((_, i) => left + step * (i + 0.75));
  const right = centers.at(-1)! + step * 0.6;
  const resultTop = middle + 30;
  const bottom = Math.max(top + pixels.length * cell, resultTop + windows * cell);
  const target = right + (windows - 0.5) * cell;
  const width = Math.max(
    right + windows * cell + margin,
    2 * margin + textWidth(formula, labelSize),
    2 * margin + textWidth(title, 14, true),
  );
  const starts = [left, ...centers.slice(0, -1).map((x) => x + radius)];
  return picture(
    { width, height: bottom + 64 },
    theme,
    `${title}: ${formula}`,
    label(margin, margin + 12, title, { size: 14, isBold: true }),
    drawCells(pixels, [margin, top], window, theme),
    drawCells(results, [right, resultTop], [1, 1], theme),
    ...centers.map((x, i) =>
      arrow(
        [
          [starts[i]!, middle],
          [x - radius, middle],
        ],
        theme,
      ),
    ),
    arrow(
      [
        [centers.at(-1)! + radius, middle],
        [target, middle],
        [target, resultTop],
      ],
      theme,
    ),
    ...steps.map((each, i) => drawStep(each, [centers[i]!, middle], theme)),
    label(margin, bottom + 32, formula),
    label(margin, bottom + 50, count, { fill: theme.muted }),
  );
}

// Cells with their numbers; those of the window at the upper right stand out.
function drawCells(
  values: readonly number[][],
  [left, y0]: readonly [number, number],
  [height, width]: readonly [number, number],
  theme: Theme,
): string {
  const first = values[0]!.length - width;
  const cells = values.flatMap((row, y) =>
    row.map((value, x) => {
      const place = { x: left + x * cell, y: y0 + y * cell, width: cell, height: cell };
      const box = element('rect', { ...place, fill: theme.panel, stroke: theme.faint });
      const style = { anchor: 'middle', size: 11, isBold: y < height && x >= first } as const;
      return box + label(place.x + cell / 2, place.y + cell / 2 + 4, formatNumber(value), style);
    }),
  );
  const frame = element('rect', {
    x: left + first * cell,
    y: y0,
    width: width * cell,
    height: height * cell,
    fill: 'none',
    stroke: theme.series[1]!,
    'stroke-width': 2.5,
  });
  return [...cells, frame].join('\n');
}

function drawStep({ sign, below }: Step, [x, y]: readonly [number, number], theme: Theme): string {
  const circle = { cx: x, cy: y, r: radius, fill: theme.background, stroke: theme.series[0] };
  return [
    element('circle', { ...circle, 'stroke-width': 1.5 }),
    label(x, y + 4, sign, { anchor: 'middle' }),
    below === ''
      ? ''
      : label(x, y + radius + 16, below, { anchor: 'middle', size: 10, fill: theme.muted }),
  ].join('');
}

// Along some points, horizontally or vertically, with a tip at the last.
function arrow(points: readonly (readonly [number, number])[], theme: Theme): string {
  const [[fromX, fromY], [x, y]] = points.slice(-2) as [[number, number], [number, number]];
  const [alongX, alongY] = [6 * Math.sign(x - fromX), 6 * Math.sign(y - fromY)];
  const [acrossX, acrossY] = [alongY / 2, alongX / 2];
  const tip = `M${x - alongX - acrossX} ${y - alongY - acrossY}L${x} ${y}L${x - alongX + acrossX} ${y - alongY + acrossY}`;
  const path = points.map(([px, py]) => `${px} ${py}`).join('L');
  return element('path', { d: `M${path}${tip}`, stroke: theme.line, fill: 'none' });
}
