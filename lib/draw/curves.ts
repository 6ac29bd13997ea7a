import { inspect } from 'node:util';
import { atMost } from '../argument/atMost.js';
import { text } from '../argument/kind.js';
import { readOptions, type SpecOf } from '../argument/options.js';

import { invalidArgument } from '../error.js';
import { drawAxes, niceRange, niceStep, type Panel, pointIn } from './axes.js';
import { rangeOf } from './bitmap.js';
import { colorOf, mark } from './marks.js';
import { type Attributes, element, group, label, picture } from './svg.js';
import { fitText } from './text.js';
import { type DrawOptions, drawSpec, type Theme } from './theme.js';

/** One epoch of a run: of `EpochResult` what is drawn. */
export interface CurvePoint {
  /** From 1. */
  readonly epoch: number;
  readonly loss: number;
  /** Fraction 0–1. */
  readonly trainAcc?: number;
  /** Fraction 0–1. */
  readonly testAcc?: number;
}

/** A training to be drawn. */
export interface CurveRun {
  readonly name: string;
  /** As `train` gives them. */
  readonly epochs: readonly CurvePoint[];
}

/** Options of {@link curves}. */
export interface CurvesOptions extends DrawOptions {
  /** Above the picture. Default `'Loss and accuracy by epoch'`. */
  title?: string;
}

const spec = {
  ...drawSpec,
  title: text.or('Loss and accuracy by epoch'),
} satisfies SpecOf<CurvesOptions>;

type Point = readonly [epoch: number, value: number];

/** What one line of a panel shows. */
interface Series {
  readonly points: readonly Point[];
  readonly run: number;
  readonly isDashed: boolean;
}

// Pixels.
const width = 840;
const margin = 20;
const axisWidth = 48;
const top = 76;
const panelHeight = 220;
const panelWidth = (width - 2 * margin - 2 * axisWidth - 24) / 2;
const legendTop = top + panelHeight + 64;
const legendStep = 18;
const dashes = '5 4';

/**
 * Loss and accuracy by epoch, for one run or several. Runs differ in colour and in the shape of their
 * marks; training accuracy is dashed. An epoch whose number is not finite leaves a gap with a cross at
 * the upper edge.
 *
 * @param runs - Names and epochs, as `train` and `metrics.jsonl` give them.
 * @param options.title - Default `'Loss and accuracy by epoch'`.
 * @returns SVG.
 * @throws {TypeError} `ERR_INVALID_ARG` for no runs, a run without epochs, or epochs of another form.
 * @example
 * const epochs = [{ epoch: 1, loss: 0.9, trainAcc: 0.6, testAcc: 0.7 }];
 * torch.draw.curves([{ name: 'first', epochs }], { title: 'Loss' }).includes('first'); // → true
 */
export function curves(runs: readonly CurveRun[], options?: CurvesOptions): string {
  atMost('curves', 2, arguments.length);
  const what = 'draw.curves';
  const { theme, title } = readOptions(what, spec, options);
  requireRuns(what, runs);
  const series = (key: 'loss' | 'trainAcc' | 'testAcc'): Series[] =>
    runs.map(({ epochs }, run) => ({
      points: epochs
        .filter((epoch) => epoch[key] !== undefined)
        .map((epoch): Point => [epoch.epoch, epoch[key]!]),
      run,
      isDashed: key === 'trainAcc',
    }));
  const accuracies = [...series('trainAcc'), ...series('testAcc')];
  const left = margin + axisWidth;
  const names = runs.map(({ name }) => name).join(', ');
  return picture(
    { width, height: legendTop + runs.length * legendStep + 8 },
    theme,
    `${title}: ${names}`,
    label(margin, margin + 12, title, { size: 14, isBold: true }),
    drawPanel(left, 'loss', series('loss'), theme),
    drawPanel(left + panelWidth + axisWidth + 24, 'accuracy', accuracies, theme),
    drawKey(theme),
    ...runs.map(({ name }, run) => drawName(name, run, theme)),
  );
}

function requireRuns(what: string, runs: unknown): void {
  if (!Array.isArray(runs) || runs.length === 0) {
    throw invalidArgument(`${what}: runs: expected an array of at least one run`);
  }
  for (const run of runs as (Partial<CurveRun> | null)[]) {
    const { name, epochs } = run ?? {};
    if (typeof name !== 'string' || !Array.isArray(epochs) || epochs.length === 0) {
      throw invalidArgument(
        `${what}: runs: expected { name, epochs } with at least one epoch, got ${inspect(run, { depth: 1 })}`,
      );
    }
    const wrong = epochs.find((each) => !isPoint(each));
    if (wrong === undefined && !epochs.includes(undefined)) continue;
    throw invalidArgument(
      `${what}: run ${name}: expected epochs with numbers epoch ≥ 1, loss, trainAcc and testAcc, ` +
        `got ${inspect(wrong)}`,
    );
  }
}

function isPoint(each: Partial<CurvePoint> | null): boolean {
  const isOptional = (value: unknown): boolean => value === undefined || typeof value === 'number';
  return (
    typeof each === 'object' &&
    each !== null &&
    Number.isSafeInteger(each.epoch) &&
    each.epoch! >= 1 &&
    typeof each.loss === 'number' &&
    isOptional(each.trainAcc) &&
    isOptional(each.testAcc)
  );
}

function drawPanel(left: number, title: string, all: readonly Series[], theme: Theme): string {
  const points = all.flatMap((series) => series.points);
  const [first, last] = rangeOf(points.map(([epoch]) => epoch));
  const y = niceRange(rangeOf(points.map(([, value]) => value)), 6);
  // One epoch alone stands in the middle.
  const x: [number, number] = first < last ? [first, last] : [first - 1, first + 1];
  const panel: Panel = { left, top, width: panelWidth, height: panelHeight, x, y: y.range };
  const step = first < last ? Math.max(1, niceStep(last - first, 10)) : 1;
  const epochs = [];
  for (let epoch = Math.ceil(first / step) * step; epoch <= last; epoch += step) epochs.push(epoch);
  return [
    drawAxes(panel, { x: epochs, y: y.ticks }, { x: 'epoch', y: title }, theme),
    ...all.map((series) => drawSeries(series, panel, theme)),
  ].join('\n');
}

function drawSeries({ points, run, isDashed }: Series, panel: Panel, theme: Theme): string {
  const color = colorOf(run, theme);
  let path = '';
  let isOpen = false;
  const marks: string[] = [];
  for (const [epoch, value] of points) {
    if (!Number.isFinite(value)) {
      const [x] = pointIn(panel, epoch, panel.y[0]);
      marks.push(label(x, panel.top + 8, '×', { anchor: 'middle', isBold: true, fill: color }));
      isOpen = false;
      continue;
    }
    const [x, y] = pointIn(panel, epoch, value);
    path += `${isOpen ? 'L' : 'M'}${x.toFixed(1)} ${y.toFixed(1)}`;
    isOpen = true;
    if (points.length <= 40) marks.push(mark(run, [x, y], isDashed, theme));
  }
  const stroke: Attributes = {
    d: path,
    fill: 'none',
    stroke: color,
    'stroke-width': isDashed ? 1.5 : 2,
    'stroke-dasharray': isDashed ? dashes : undefined,
    'stroke-linejoin': 'round',
  };
  return group({}, path === '' ? '' : element('path', stroke), ...marks);
}

// What solid and dashed lines are, above the accuracies.
function drawKey(theme: Theme): string {
  const y = top - 18;
  const right = width - margin;
  const stroke = { stroke: theme.muted, 'stroke-width': 2 };
  const text = { size: 11, fill: theme.muted };
  const sample = (x: number, dash: string | undefined): string =>
    element('path', { d: `M${x} ${y}h26`, ...stroke, 'stroke-dasharray': dash });
  return [
    sample(right - 152, undefined),
    label(right - 120, y + 4, 'test', text),
    sample(right - 84, dashes),
    label(right, y + 4, 'training', { ...text, anchor: 'end' }),
  ].join('');
}

function drawName(name: string, run: number, theme: Theme): string {
  const y = legendTop + run * legendStep;
  const x = margin + axisWidth;
  const stroke = { stroke: colorOf(run, theme), 'stroke-width': 2 };
  return [
    element('path', { d: `M${x} ${y - 4}h28`, ...stroke }),
    mark(run, [x + 14, y - 4], false, theme),
    label(x + 38, y, fitText(name, 12, width - x - 38 - margin)),
  ].join('');
}
